"""Real time: event loops whose clock no test stops, and a time limit that is cheap to set."""

import asyncio
import importlib
from collections.abc import Callable

from mockserver.model.clock import real_seconds


class SteadyLoop(asyncio.SelectorEventLoop):
    """asyncio's event loop with timers in real time, also while a test has stopped time."""

    # An attribute of a class, because freezegun replaces those of modules; a partial, because
    # asyncio calls it several times a turn and a method costs a Python frame each time.
    time = staticmethod(real_seconds)


def fast_loop() -> asyncio.AbstractEventLoop:
    """Return a loop of uvloop if it is installed, else a SteadyLoop."""
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return SteadyLoop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


class Deadline:
    """A time limit that is set for every request and passes for few.

    Setting it later starts no timer: the running timer finds out that it is early, and runs on.
    """

    __slots__ = ("_due", "_handle", "_loop", "_passed", "_rings")

    def __init__(self, loop: asyncio.AbstractEventLoop, passed: Callable[[], None]) -> None:
        self._loop = loop
        self._passed = passed
        self._due: float | None = None
        self._rings = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Call `passed` in `seconds`, instead of at any moment set before."""
        self._due = self._loop.time() + seconds
        if self._handle is None or self._due < self._rings:
            self._start(self._due)

    def clear(self) -> None:
        """Do not call `passed`; keep the timer."""
        self._due = None

    def cancel(self) -> None:
        """Do not call `passed`; cancel the timer."""
        self._due = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _start(self, when: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._rings = when
        self._handle = self._loop.call_at(when, self._ring)

    def _ring(self) -> None:
        self._handle = None
        if self._due is None:
            return
        if self._rings < self._due:
            self._start(self._due)
        else:
            self._due = None
            self._passed()
