"""`python -m benchmarks.peers`: install the peers, measure, print a table, draw a picture."""

import argparse
import os
import platform
from pathlib import Path

from benchmarks.peers.installing import ROOT
from benchmarks.peers.measuring import Seen, Work, measure
from benchmarks.peers.picture import draw
from benchmarks.peers.systems import SYSTEMS, System

CACHE = ROOT / "benchmarks" / ".cache"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of load in each turn")
    parser.add_argument("--starts", type=int, default=3, help="of each system, to be timed")
    parser.add_argument("--only", nargs="*", help="names of systems")
    parser.add_argument("--picture", type=Path, default=ROOT / "docs" / "peers.svg")
    options = parser.parse_args()
    wanted = [each for each in SYSTEMS if not options.only or each.name in options.only]
    systems = [each for each in wanted if _installed(each)]
    seen = measure(systems, CACHE, options.rounds, options.seconds, options.starts)
    print(conditions())
    print(table(seen))
    options.picture.write_text(draw(seen))


def conditions() -> str:
    """Return the machine, its load and the version of Python, as a sentence."""
    model = next(
        (line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "",
    ).partition(": ")[2]
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({model}), {platform.system()} {platform.release()}, Python"
        f" {platform.python_version()}; load of the machine at the end {load:.1f}\n"
    )


def _installed(system: System) -> bool:
    try:
        system.package.install(CACHE / system.name)
    except RuntimeError as error:
        print(f"NOT MEASURED: {system.name}: {error}")
        return False
    return True


def table(seen: list[Seen]) -> str:
    """Return Markdown. `times`: the rate of the first system divided by that of the row."""
    heads = "system|W1 requests/s|times|p50 ms|p99 ms|W2 requests/s|times|start s|MiB|W1 here"
    rules = "---|--:|--:|--:|--:|--:|--:|--:|--:|---"
    rows = [_row(each, seen[0]) for each in seen]
    return "\n".join(f"| {line.replace('|', ' | ')} |" for line in (heads, rules, *rows))


def _row(each: Seen, first: Seen) -> str:
    def rate(work: Work) -> str:
        return f"{each.rate(work):,.0f}|{first.rate(work) / each.rate(work):.1f}"

    latencies = f"{each.latency('W1', 'p50'):.1f}|{each.latency('W1', 'p99'):.1f}"
    rest = f"{each.start:.2f}|{each.memory:.0f}|{each.system.note}"
    name = f"{each.system.name} {each.system.package.version}".strip()
    return f"{name}|{rate('W1')}|{latencies}|{rate('W2')}|{rest}"


if __name__ == "__main__":
    main()
