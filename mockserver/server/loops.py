"""Event loops."""

import asyncio
import importlib
import time
from collections.abc import Callable
from functools import partial


def _steady_clock() -> Callable[[], float]:
    """A monotonic clock that no test stops.

    freezegun replaces `time.monotonic`, even in modules that have imported it by name. Neither
    freezegun nor time-machine touches this one.
    """
    if hasattr(time, "clock_gettime"):
        return partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    return time.monotonic


class SteadyLoop(asyncio.SelectorEventLoop):
    """asyncio's loop, whose timers run in real time also while a test has stopped time."""

    _clock = staticmethod(_steady_clock())  # in a class freezegun would not find it either

    def time(self) -> float:
        """Seconds of real time."""
        return self._clock()


def fast_loop() -> asyncio.AbstractEventLoop:
    """The loop of uvloop if it is installed, else of asyncio."""
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return SteadyLoop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
