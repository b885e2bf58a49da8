"""A time limit that is set for every request and passes for hardly any."""

import asyncio
from collections.abc import Callable


class Deadline:
    """Calls `passed` once the time set last is over.

    Setting it later costs no timer: the one that runs finds out that it is early, and runs on.
    """

    __slots__ = ("_due", "_handle", "_loop", "_passed", "_rings")

    def __init__(self, loop: asyncio.AbstractEventLoop, passed: Callable[[], None]) -> None:
        self._loop = loop
        self._passed = passed
        self._due: float | None = None
        self._rings = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Pass `seconds` from now, whatever was set before."""
        self._due = self._loop.time() + seconds
        if self._handle is None or self._due < self._rings:
            self._start(self._due)

    def clear(self) -> None:
        """Do not pass."""
        self._due = None

    def cancel(self) -> None:
        """Do not pass, and let go of the loop."""
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
