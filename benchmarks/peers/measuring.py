"""Start every system, apply load to one after the other in rounds, and keep the results."""

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from benchmarks.load import Ask, Load, load
from benchmarks.peers.systems import System
from benchmarks.processes import (
    CLIENT_CPU,
    answer,
    await_answer,
    free_port,
    memory,
    running,
)

Work = Literal["W1", "W2"]


@dataclass
class Seen:
    """The measurements of one system: starts in seconds, memory in MiB, loads by request."""

    system: System
    starts: list[float] = field(default_factory=list)
    memory: float = 0.0
    loads: dict[Work, list[Load]] = field(default_factory=lambda: {"W1": [], "W2": []})

    def rate(self, work: Work) -> float:
        """Return the median of requests per second."""
        return statistics.median(each.rate for each in self.loads[work])

    def latency(self, work: Work, name: Literal["p50", "p99"]) -> float:
        """Return the median in milliseconds."""
        values: list[float] = [getattr(each, name) for each in self.loads[work]]
        return statistics.median(values)

    @property
    def start(self) -> float:
        """Return the median of seconds from the start to the first correct answer."""
        return statistics.median(self.starts)


def measure(
    systems: Sequence[System], folder: Path, rounds: int, seconds: float, starts: int
) -> list[Seen]:
    """Measure the starts, then start all systems and apply load to each in every round."""
    seen = [Seen(system) for system in systems]
    for _ in range(starts):
        for each in seen:
            with ExitStack() as stack:
                _start(each, folder, stack)
    with ExitStack() as stack:
        started = [(each, *_start(each, folder, stack)) for each in seen]
        for number in range(rounds + 1):
            for each, url, pid in started:
                for work, ask in _asks(each.system, url).items():
                    loaded = load(url, ask, seconds, CLIENT_CPU)
                    answer(url, ask)  # still the right one
                    if number:  # the first round is there to warm up
                        each.loads[work].append(loaded)
                each.memory = memory(pid)
    return seen


def _start(seen: Seen, folder: Path, stack: ExitStack) -> tuple[str, int]:
    home, port = folder / seen.system.name, free_port()
    process = stack.enter_context(running(seen.system.command(home, port), home))
    url = f"http://127.0.0.1:{port}"
    seen.starts.append(await_answer(process, url, seen.system.token))
    return url, process.pid


def _asks(system: System, url: str) -> dict[Work, Ask]:
    bought = answer(url, system.token)
    return {"W1": system.token, "W2": system.info(bought)}
