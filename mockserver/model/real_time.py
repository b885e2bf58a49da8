"""Real seconds for time limits, also while a test has stopped time."""

import time
from collections.abc import Callable
from functools import partial


def _steady_clock() -> Callable[[], float]:
    # freezegun replaces `time.monotonic` by value, also in modules that have imported it. A
    # partial is another value, and `clock_gettime` is the real one even if this module is imported
    # while time is frozen.
    if hasattr(time, "clock_gettime"):
        return partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    return partial(time.monotonic)


real_seconds = _steady_clock()
"""Return seconds that never go back and never stand still; only differences mean something."""
