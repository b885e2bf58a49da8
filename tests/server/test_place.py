"""When a worker's place is taken again: real processes, and a clock that is moved by hand."""

import os
import signal
import sys
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import pytest

from mockserver.server.worker_slot import FIRST_PAUSE, LONGEST_PAUSE, STEADY, WorkerSlot, ending


class Mortals:
    """Starts processes that end, each before it is handed over."""

    def __init__(self) -> None:
        self.now = 100.0
        self.started: list[float] = []

    def clock(self) -> float:
        return self.now

    def start(self) -> BaseProcess:
        self.started.append(self.now)
        return ended(3)


def ended(code: int) -> BaseProcess:
    """A process that has ended with this exit code, or by the signal of this negative number."""
    target, argument = (os._exit, code) if code >= 0 else (signal.raise_signal, -code)
    process = get_context("spawn").Process(target=target, args=(argument,))
    process.start()
    process.join()
    return process


@pytest.fixture
def mortals() -> Mortals:
    return Mortals()


@pytest.fixture
def place(mortals: Mortals) -> WorkerSlot:
    return WorkerSlot(mortals.start, mortals.clock)


def test_the_first_worker_is_there_at_once(place: WorkerSlot, mortals: Mortals) -> None:
    assert place.keep() is None
    assert mortals.started == [100.0]


def test_pauses_double_while_workers_die_young(place: WorkerSlot, mortals: Mortals) -> None:
    place.keep()
    pauses = []
    for _ in range(10):
        pause = place.keep()
        assert pause is not None
        pauses.append(pause)
        mortals.now += pause
        assert place.keep() is None
    doubled = [FIRST_PAUSE * 2**power for power in range(9)]
    assert pauses == pytest.approx([*doubled, LONGEST_PAUSE])


def test_nobody_comes_before_the_pause_is_over(place: WorkerSlot, mortals: Mortals) -> None:
    place.keep()
    assert place.keep() == pytest.approx(FIRST_PAUSE)
    mortals.now += FIRST_PAUSE / 2
    assert place.keep() == pytest.approx(FIRST_PAUSE / 2)
    assert (place.process, len(mortals.started)) == (None, 1)


def test_no_pause_after_a_long_life_and_pauses_begin_anew(
    place: WorkerSlot, mortals: Mortals
) -> None:
    place.keep()
    for _ in range(2):  # two that die young
        mortals.now += place.keep() or 0
        place.keep()
    mortals.now += STEADY
    assert place.keep() is None
    assert place.keep() == pytest.approx(FIRST_PAUSE)


def test_it_is_said_who_ended_how_and_when_another_comes(
    place: WorkerSlot, caplog: pytest.LogCaptureFixture
) -> None:
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
def test_an_ending_in_words(code: int, words: str) -> None:
    assert ending(ended(code)) == words
