"""A worker's place: who is in it, and how soon another one takes it."""

import logging
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

STEADY = 10.0
"""Seconds of life after which a death is an accident, and no fault that comes again at once."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
"""Seconds until another takes the place of one that died young: twice as many each time."""

_log = logging.getLogger("mockserver")


class WorkerSlot:
    """The place of one worker after another. `start` makes one; `now` counts real seconds."""

    def __init__(
        self, start: Callable[[], BaseProcess], now: Callable[[], float] = time.monotonic
    ) -> None:
        self.process: BaseProcess | None = None
        self._start = start
        self._now = now
        self._since = 0.0
        self._due = now()
        self._pause = FIRST_PAUSE

    def keep(self) -> float | None:
        """See to it that somebody is here; None, or the seconds until that can be."""
        if self.process is not None and self.process.exitcode is not None:
            self._vacate(self.process)
        if self.process is not None:
            return None
        early = self._due - self._now()
        if early <= 0:
            self.fill()
            return None
        return early

    def fill(self) -> BaseProcess:
        """Start a worker here now."""
        self._since = self._now()
        self.process = self._start()
        return self.process

    def _vacate(self, process: BaseProcess) -> None:
        pause = self._after(self._now() - self._since)
        _log.warning("worker %s %s; another starts in %g s", process.pid, ending(process), pause)
        process.close()
        self.process, self._due = None, self._now() + pause

    def _after(self, lived: float) -> float:
        if lived >= STEADY:
            self._pause = FIRST_PAUSE
            return 0.0
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        return pause


def ending(process: BaseProcess) -> str:
    """How a process that is as good as gone ended, in words."""
    process.join()
    code = process.exitcode or 0
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    return f"ended {how}"
