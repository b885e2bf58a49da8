"""A deadline that is set often and passes rarely."""

import asyncio
from typing import cast

import pytest

from mockserver.server.deadline import Deadline


class Loop:
    """An event loop whose time the test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, call: object) -> "Timer":
        self.timers.append(Timer(when, call))
        return self.timers[-1]

    def go_to(self, now: float) -> None:
        self.now = now
        for timer in [timer for timer in self.timers if timer.when <= now]:
            self.timers.remove(timer)
            timer.ring()

    @property
    def running(self) -> list[float]:
        return [timer.when for timer in self.timers if not timer.cancelled]


class Timer:
    def __init__(self, when: float, call: object) -> None:
        self.when = when
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def ring(self) -> None:
        if not self.cancelled and callable(self.call):
            self.call()


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def passed() -> list[float]:
    """When the deadline passed."""
    return []


@pytest.fixture
def deadline(loop: Loop, passed: list[float]) -> Deadline:
    return Deadline(cast(asyncio.AbstractEventLoop, loop), lambda: passed.append(loop.now))


def test_deadline_passes_once(loop: Loop, deadline: Deadline, passed: list[float]) -> None:
    deadline.set(5)
    for now in (4.9, 5.0, 6.0, 20.0):
        loop.go_to(now)
    assert passed == [5.0]


def test_later_deadline_starts_no_timer(
    loop: Loop, deadline: Deadline, passed: list[float]
) -> None:
    for now in range(5):
        loop.go_to(now)
        deadline.set(5)
    assert loop.running == [5.0]
    loop.go_to(5)
    assert (passed, loop.running) == ([], [9.0])
    loop.go_to(9)
    assert passed == [9.0]


def test_earlier_deadline_starts_a_timer(
    loop: Loop, deadline: Deadline, passed: list[float]
) -> None:
    deadline.set(50)
    deadline.set(5)
    assert loop.running == [5.0]
    loop.go_to(5)
    loop.go_to(50)
    assert passed == [5.0]


def test_cleared_deadline_does_not_pass(
    loop: Loop, deadline: Deadline, passed: list[float]
) -> None:
    deadline.set(5)
    deadline.clear()
    loop.go_to(10)
    assert (passed, loop.running) == ([], [])
    deadline.set(5)
    loop.go_to(15)
    assert passed == [15.0]


def test_cancelled_deadline_does_not_pass(
    loop: Loop, deadline: Deadline, passed: list[float]
) -> None:
    deadline.set(5)
    deadline.cancel()
    assert loop.running == []
    loop.go_to(10)
    assert passed == []
    deadline.cancel()


def test_set_again_while_it_passes(loop: Loop) -> None:
    passed = []

    def again() -> None:
        passed.append(loop.now)
        repeated.set(5)

    repeated = Deadline(cast(asyncio.AbstractEventLoop, loop), again)
    repeated.set(5)
    loop.go_to(5)
    loop.go_to(10)
    assert passed == [5, 10]
