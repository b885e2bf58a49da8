"""`python -m benchmarks.soak`: a million requests through `serve`, and its use of resources.

After each part: memory, threads and descriptors of the server. Exits with 1 if an answer was
wrong, or if something grew after the first 100,000 requests.
"""

import argparse
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from benchmarks.load import CONNECTIONS, program
from benchmarks.processes import CLIENT_CPU, descriptors, memory, threads
from benchmarks.serving import serve

SCRIPT = Path(__file__).with_name("soak.lua")
EXPECTED = {"200", "201", "401", "404"}
"""Tokens of three vendors, a refused exchange, an unknown address."""

WARM = 100_000
"""Requests after which the journal and the token list are full, so that nothing may grow."""

GROWTH = 2.0
"""Growth after that in MiB that is due to the allocator and not a leak."""


@dataclass(frozen=True)
class Part:
    """The requests so far and the resources of the server. Memory in MiB."""

    requests: int
    rate: float
    memory: float
    threads: int
    descriptors: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5.0, help="of load in each part")
    parser.add_argument("flags", nargs="*", help="of serve, after --")
    options = parser.parse_args()
    parts = soak(options.requests, options.seconds, options.flags)
    warm = next((part for part in parts if part.requests >= WARM), parts[-1])
    print(f"warm: {warm.memory:.1f} MiB; at the end: {parts[-1].memory:.1f} MiB")
    grown = [name for name in ("threads", "descriptors") if _grew(name, warm, parts[-1])]
    if grown or parts[-1].memory > warm.memory + GROWTH:
        raise SystemExit(f"more than at first: {', '.join(grown) or 'memory'}")


def soak(requests: int, seconds: float, flags: list[str]) -> list[Part]:
    """Send requests in parts until `requests` are answered.

    Raises:
        SystemExit: An answer was wrong.
    """
    parts: list[Part] = []
    print(f"{'requests':>10} {'each second':>12} {'MiB':>7} {'threads':>8} {'descriptors':>12}")
    with serve(*flags) as (process, url):
        done = 0
        while done < requests:
            answered, rate = _load(url, seconds)
            done += answered
            with urlopen(
                f"{url}/__admin/requests?limit=10"
            ) as listed:  # the admin API is used meanwhile
                assert listed.status == 200
            time.sleep(0.3)  # for connections to be closed
            pid = process.pid
            part = Part(done, rate, memory(pid), threads(pid), descriptors(pid))
            parts.append(part)
            numbers = f"{part.memory:>7.1f} {part.threads:>8} {part.descriptors:>12}"
            print(f"{part.requests:>10,} {part.rate:>12,.0f} {numbers}", flush=True)
    return parts


def _load(url: str, seconds: float) -> tuple[int, float]:
    command = [program("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-s", str(SCRIPT), url]
    pinned = ["taskset", "-c", str(CLIENT_CPU), *command]
    done = subprocess.run(pinned, capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout.splitlines()[-1])
    answers = seen["answers"]
    if seen["failed"] or set(answers) != EXPECTED:
        raise SystemExit(f"not what was expected: {seen}")
    answered = sum(answers.values())
    return answered, answered / seen["seconds"]


def _grew(name: str, warm: Part, last: Part) -> bool:
    return bool(getattr(last, name) > getattr(warm, name))


if __name__ == "__main__":
    main()
