"""One of several workers: its process, and when a dead one is replaced."""

import logging
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

STEADY = 10.0
"""Seconds after which the death of a worker counts as an accident: it is replaced at once."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
"""Seconds until a worker that died sooner is replaced; the pause doubles each time."""

_log = logging.getLogger("mockserver")


class WorkerSlot:
    """A slot that holds one worker process after another.

    Args:
        start: Start a process.
        now: Return real seconds.
    """

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
        """Replace a dead worker if it is time. Return the seconds until then, None if one runs."""
        if self.process is not None and self.process.exitcode is not None:
            self._clear(self.process)
        if self.process is not None:
            return None
        early = self._due - self._now()
        if early <= 0:
            self.fill()
            return None
        return early

    def fill(self) -> BaseProcess:
        """Start a worker now."""
        self._since = self._now()
        self.process = self._start()
        return self.process

    def end(self, seconds: float) -> None:
        """Wait at most so many seconds for the worker to end, then kill it."""
        process = self.process
        if process is None:
            return
        process.join(max(0, seconds))
        if process.exitcode is None:
            _log.warning("worker %s does not end and is killed", process.pid)
            process.kill()
            process.join()
        # Before it is closed: a second signal, which kills all workers, may come in between.
        self.process = None
        process.close()

    def _clear(self, process: BaseProcess) -> None:
        pause = self._pause_after(self._now() - self._since)
        _log.warning("worker %s %s; another starts in %g s", process.pid, ending(process), pause)
        self.process, self._due = None, self._now() + pause
        process.close()

    def _pause_after(self, lived: float) -> float:
        if lived >= STEADY:
            self._pause = FIRST_PAUSE
            return 0.0
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        return pause


def ending(process: BaseProcess) -> str:
    """Return how a process ended, in words; wait for its end."""
    process.join()
    code = process.exitcode or 0
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    return f"ended {how}"
