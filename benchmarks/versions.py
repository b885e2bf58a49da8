"""`python -m benchmarks.versions`: this version of the server beside another one.

Both are started once for each store and loaded in turns. Ratios are those of medians. The processor
time of the server per request depends less on what else the machine does than the rate does.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from benchmarks.load import Ask, load, program
from benchmarks.processes import (
    CLIENT_CPU,
    answer,
    await_answer,
    cpu_seconds,
    free_port,
    running,
)
from benchmarks.serving import TOKEN, info

_STORES = ("memory", "sqlite", "redis")


class Seen(NamedTuple):
    """One period of load: requests per second, ms, and µs of the server's time per request."""

    rate: float
    p99: float
    cpu: float


@dataclass
class Version:
    """A version of the server, by the Python that it is installed for."""

    name: str
    python: str
    seen: dict[str, list[Seen]] = field(default_factory=dict)

    def median(self, work: str, which: str) -> float:
        """Return the median of one field of `Seen`."""
        values: list[float] = [getattr(each, which) for each in self.seen[work]]
        return statistics.median(values)


def main() -> None:
    """Measure this version and the other, store by store."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.versions", description=__doc__)
    parser.add_argument("base", help="the Python of an environment with the other version")
    parser.add_argument("--this", default=sys.executable, help="the Python of this version")
    parser.add_argument("--stores", nargs="*", default=_STORES, choices=_STORES)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of load in each turn")
    parser.add_argument("--works", nargs="*", default=["W1", "W2", "W1 differing"])
    options = parser.parse_args()
    os.environ.pop("PYTHONPATH", None)  # it would lead both to one version
    for store in options.stores:
        versions = [Version("base", options.base), Version("this", options.this)]
        _measure(versions, store, options)
        _print(versions, store)


def _measure(versions: Sequence[Version], store: str, options: argparse.Namespace) -> None:
    with ExitStack() as stack:
        started = [
            (each, *stack.enter_context(_served(each, store, options.workers))) for each in versions
        ]
        for number in range(options.rounds + 1):
            for version, url, pid in started:
                for work in options.works:
                    ask = info(url) if work == "W2" else TOKEN
                    seen = _loaded(url, pid, ask, options.seconds, differing="differing" in work)
                    if number:  # the first round is there to warm up
                        version.seen.setdefault(work, []).append(seen)


def _loaded(url: str, pid: int, ask: Ask, seconds: float, *, differing: bool) -> Seen:
    before = cpu_seconds(pid)
    done = load(url, ask, seconds, CLIENT_CPU, differing=differing)
    used = cpu_seconds(pid) - before
    answer(url, ask)  # still the right one
    return Seen(done.rate, done.p99, used / done.requests * 1e6)


@contextmanager
def _served(version: Version, store: str, workers: int) -> Iterator[tuple[str, int]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        flags = {
            "memory": [],
            "sqlite": ["--store", f"sqlite:///{folder}/state.db"],
            "redis": ["--store", stack.enter_context(_redis(folder))] if store == "redis" else [],
        }[store]
        if workers > 1:
            flags = [*flags, "--workers", str(workers)]
        port = free_port()
        command = [version.python, "-m", "mockserver", "serve", "--port", str(port), *flags]
        cpus = None if workers > 1 else 0
        process = stack.enter_context(running(command, folder, cpus))
        url = f"http://127.0.0.1:{port}"
        await_answer(process, url, TOKEN)
        yield url, process.pid


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """Start a Redis server of one version, on the processor of the client."""
    path = folder / "redis.sock"
    command = [program("redis-server"), "--port", "0", "--unixsocket", str(path), "--save", ""]
    with (folder / "redis.log").open("wb") as log:
        server = subprocess.Popen(
            ["taskset", "-c", str(CLIENT_CPU), *command], stdout=log, cwd=folder
        )
        try:
            while not path.exists():
                os.sched_yield()
            yield f"unix://{path}"
        finally:
            server.kill()
            server.wait()


def _print(versions: Sequence[Version], store: str) -> None:
    base, this = versions
    figures = ("requests/s", "p99 ms", "CPU µs")
    heads = [head for name in figures for head in (f"base {name}", "this", "ratio")]
    print(f"\n| {store} | {' | '.join(heads)} |")
    print("| --- |" + " --: |" * 9)
    for work in base.seen:
        cells = []
        for which, form in (("rate", ",.0f"), ("p99", ".2f"), ("cpu", ".1f")):
            old, new = base.median(work, which), this.median(work, which)
            ratio = old / new if which == "cpu" else new / old
            cells += [f"{old:{form}}", f"{new:{form}}", f"{ratio:.2f}"]
        print(f"| {work} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
