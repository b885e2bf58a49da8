"""When a dead worker is replaced: real processes, and a clock that the test sets."""

import os
import signal
import sys
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import pytest

from mockserver.server.workers import FIRST_PAUSE, LONGEST_PAUSE, STEADY, WorkerSlot, ending


class DyingProcesses:
    """Starts processes that have ended when `start` returns."""

    def __init__(self) -> None:
        self.now = 100.0
        self.started: list[float] = []

    def clock(self) -> float:
        return self.now

    def start(self) -> BaseProcess:
        self.started.append(self.now)
        return ended(3)


def ended(code: int) -> BaseProcess:
    """Return a process that ended with an exit code, or by a signal if it is negative."""
    target, argument = (os._exit, code) if code >= 0 else (signal.raise_signal, -code)
    process = get_context("spawn").Process(target=target, args=(argument,))
    process.start()
    process.join()
    return process


@pytest.fixture
def dying() -> DyingProcesses:
    return DyingProcesses()


@pytest.fixture
def place(dying: DyingProcesses) -> WorkerSlot:
    return WorkerSlot(dying.start, dying.clock)


def test_first_worker_starts_at_once(place: WorkerSlot, dying: DyingProcesses) -> None:
    assert place.keep() is None
    assert dying.started == [100.0]


def test_pause_doubles_while_workers_die_soon(place: WorkerSlot, dying: DyingProcesses) -> None:
    place.keep()
    pauses = []
    for _ in range(10):
        pause = place.keep()
        assert pause is not None
        pauses.append(pause)
        dying.now += pause
        assert place.keep() is None
    doubled = [FIRST_PAUSE * 2**power for power in range(9)]
    assert pauses == pytest.approx([*doubled, LONGEST_PAUSE])


def test_no_worker_starts_during_the_pause(place: WorkerSlot, dying: DyingProcesses) -> None:
    place.keep()
    assert place.keep() == pytest.approx(FIRST_PAUSE)
    dying.now += FIRST_PAUSE / 2
    assert place.keep() == pytest.approx(FIRST_PAUSE / 2)
    assert (place.process, len(dying.started)) == (None, 1)


def test_steady_worker_is_replaced_at_once(place: WorkerSlot, dying: DyingProcesses) -> None:
    place.keep()
    for _ in range(2):  # two that die young
        dying.now += place.keep() or 0
        place.keep()
    dying.now += STEADY
    assert place.keep() is None
    assert place.keep() == pytest.approx(FIRST_PAUSE)


def test_end_of_a_worker_is_logged(place: WorkerSlot, caplog: pytest.LogCaptureFixture) -> None:
    place.keep()
    assert place.process
    pid = place.process.pid
    place.keep()
    assert caplog.messages == [f"worker {pid} ended with exit code 3; another starts in 0.1 s"]


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "ended with exit code 0"), (3, "ended with exit code 3"), (-9, "ended by SIGKILL")],
)
def test_ending_in_words(code: int, words: str) -> None:
    assert ending(ended(code)) == words
