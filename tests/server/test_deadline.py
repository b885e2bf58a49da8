"""A deadline that is set often and passes rarely."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from mockserver.server.event_loop import Deadline


class Timer:
    def __init__(self, when: float, call: Callable[[], None]) -> None:
        self.when, self.call, self.cancelled = when, call, False

    def cancel(self) -> None:
        self.cancelled = True


class Loop:
    """An event loop whose time the test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(when, call))
        return self.timers[-1]

    def go_to(self, now: float) -> None:
        self.now = now
        for timer in [timer for timer in self.timers if timer.when <= now]:
            self.timers.remove(timer)
            if not timer.cancelled:
                timer.call()

    @property
    def running(self) -> list[float]:
        return [timer.when for timer in self.timers if not timer.cancelled]


Step = tuple[float, str | float]

STEPS: dict[str, tuple[list[Step], list[float]]] = {
    "passes once": ([(0, 5), (4.9, ""), (5, ""), (6, ""), (20, "")], [5]),
    "an earlier one": ([(0, 50), (0, 5), (5, ""), (50, "")], [5]),
    "cleared": ([(0, 5), (0, "clear"), (10, ""), (10, 5), (15, "")], [15]),
    "cancelled": ([(0, 5), (0, "cancel"), (10, ""), (10, "cancel")], []),
    "later ones": ([(0, 5), (1, 5), (2, 5), (4, 5), (5, ""), (9, "")], [9]),
}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_deadline_passes_when_it_is_due(steps: tuple[list[Step], list[float]]) -> None:
    """At each moment the deadline is set, cleared, cancelled, or left alone."""
    loop, passed = Loop(), list[float]()
    deadline = Deadline(cast(asyncio.AbstractEventLoop, loop), lambda: passed.append(loop.now))
    for now, action in steps[0]:
        loop.go_to(now)
        if isinstance(action, str):
            getattr(deadline, action, lambda: None)()
        else:
            deadline.set(action)
        assert len(loop.running) <= 1
        assert action != "cancel" or loop.running == []
    assert (passed, loop.running) == (steps[1], [])


def test_later_deadline_starts_no_timer_and_may_be_set_while_one_passes() -> None:
    loop, passed = Loop(), list[float]()

    def again() -> None:
        passed.append(loop.now)
        deadline.set(5)

    deadline = Deadline(cast(asyncio.AbstractEventLoop, loop), again)
    deadline.set(5)
    first = loop.timers[0]
    loop.go_to(1)
    deadline.set(4)
    assert loop.timers == [first]
    loop.go_to(5)
    loop.go_to(10)
    assert passed == [5, 10]
