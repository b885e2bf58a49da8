"""Circuit breaker for a store that fails: one log message, and no queue of waiting threads."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mockserver.model.errors import StoreError

SHORT_TIMEOUT = 0.1
"""Seconds to wait for a store that did not answer last time."""

_log = logging.getLogger("mockserver")


class StoreTimeout(StoreError):
    """The store did not answer in time."""


class CircuitBreaker:
    """Remember if a store fails, and log when that begins and ends.

    A store that never worked is not logged: the error goes to the caller that opened it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worked = False
        self._failing = False
        self._timed_out = False
        self._probe = threading.Lock()

    @property
    def failing(self) -> bool:
        """Return True if the last attempt to use the store failed."""
        return self._failing

    def record_failure(self, error: str) -> None:
        """Note that the store could not be read or written."""
        with self._lock:
            if self._worked and not self._failing:
                _log.error("the store fails, requests are answered with 500: %s", error)
            self._failing = True

    def record_success(self) -> None:
        """Note that something was written."""
        if self._failing or not self._worked:
            with self._lock:
                if self._worked:
                    _log.warning("the store works again")
                self._failing, self._worked = False, True

    @contextmanager
    def call(self) -> Iterator[None]:
        """Wrap a call to the store.

        While the store times out, one thread at a time waits for it; the others raise StoreError
        after `SHORT_TIMEOUT`. Otherwise a store that hangs would block every worker thread for
        its whole timeout, again for each request.
        """
        probing = self._timed_out and self._start_probe()
        timed_out = False
        try:
            yield
        except StoreTimeout:
            timed_out = True
            raise
        finally:
            self._timed_out = timed_out
            if probing:
                self._probe.release()

    def _start_probe(self) -> bool:
        """Return True if this thread has to find out if the store answers again."""
        if not self._probe.acquire(timeout=SHORT_TIMEOUT):
            raise StoreError("the store does not answer")
        # The thread that had the lock before may have got an answer.
        timed_out = self._timed_out
        if not timed_out:
            self._probe.release()
        return timed_out
