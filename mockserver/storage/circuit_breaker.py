"""A store that fails: the log is told once, whatever that costs, and once when it is over."""

import logging
import threading

_log = logging.getLogger("mockserver")


class Outage:
    """Whether a store fails now, as far as was seen. One that never worked is no outage yet: who
    opens it is told.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lasts = False
        self._worked = False

    @property
    def lasts(self) -> bool:
        """Whether the last attempt to keep something failed."""
        return self._lasts

    def begins(self, error: str) -> None:
        """Something could not be read or kept."""
        with self._lock:
            if self._worked and not self._lasts:
                _log.error("the store fails, requests are answered with 500: %s", error)
            self._lasts = True

    def ends(self) -> None:
        """Something was kept."""
        if self._lasts or not self._worked:
            with self._lock:
                if self._worked:
                    _log.warning("the store works again")
                self._lasts, self._worked = False, True
