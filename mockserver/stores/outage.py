"""A store that fails: the log is told once, whatever that costs, and once when it is over."""

import logging
import threading

_log = logging.getLogger("mockserver")


class Outage:
    """Whether a store fails now, as far as was seen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lasts = False

    @property
    def lasts(self) -> bool:
        """Whether the last attempt to keep something failed."""
        return self._lasts

    def begins(self, error: str) -> None:
        """Something could not be read or kept."""
        with self._lock:
            if not self._lasts:
                _log.error("the store fails, requests are answered with 500: %s", error)
            self._lasts = True

    def ends(self) -> None:
        """Something was kept."""
        if self._lasts:
            with self._lock:
                self._lasts = False
                _log.warning("the store works again")
