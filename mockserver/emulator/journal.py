"""The journal: the last requests and their responses, to be counted, found and waited for.

Entries hold requests as they were sent; secrets are redacted when an entry is shown.
"""

import threading
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from mockserver.emulator.journal_entry import Entry, Recorded
from mockserver.model.accounts import new_uuid
from mockserver.model.clock import real_seconds
from mockserver.model.http import Response, RoutedRequest
from mockserver.model.state_store import Collection

if TYPE_CHECKING:
    from mockserver.wiremock.request_pattern import RequestPattern

LENGTH = 1000
"""Requests that are kept."""

# Bytes that are kept of a body: a thousand bodies of 1 MiB would be 1 GB.
_LARGEST_BODY = 16 << 10
# Seconds after which `wait` looks for entries of other processes.
_POLL = 0.05


class Journal:
    """The last `LENGTH` entries, oldest first.

    Args:
        collection: The collection that keeps them.
        shared: True if other processes add entries too.
    """

    def __init__(self, collection: Collection[Entry], *, shared: bool) -> None:
        self._collection = collection
        self._shared = shared
        # 80 random bits, so that no other process counts the same numbers.
        self._numbers = count(int(new_uuid().replace("-", ""), 16) & ~((1 << 48) - 1))
        self._changed = threading.Condition()
        self._waiting = 0  # read without the lock: while it is 0 there is no one to notify
        self._noted = 0
        self._stopped = 0

    @property
    def dropped(self) -> int:
        """The number of entries that were removed to make room for newer ones."""
        return self._collection.trimmed

    @property
    def version(self) -> object:
        """A value that is different after each change."""
        return self._collection.version

    def note(  # noqa: PLR0913 - the fields of an entry
        self,
        routed: RoutedRequest,
        response: Response,
        microseconds: int,
        *,
        matched: bool,
        stub: str | None = None,
        recorded: Recorded = (),
    ) -> None:
        """Add an entry; of a long body only the beginning is kept."""
        request, length = routed.request, len(routed.request.body)
        if length > _LARGEST_BODY:
            kept = request._replace(body=request.body[:_LARGEST_BODY])
            routed = routed._replace(request=kept, cut_from=length)
        number = next(self._numbers)
        fields = number, routed, response, microseconds, matched, stub, recorded
        entry = tuple.__new__(Entry, fields)  # see `new_response`
        self._collection.put(f"{number:x}", entry, most=LENGTH)
        if self._waiting:
            with self._changed:
                self._noted += 1
                self._changed.notify_all()

    def clear(self) -> None:
        """Remove every entry, and set `dropped` to 0."""
        self._collection.clear()

    def all(self) -> list[Entry]:
        """Return every entry, oldest first."""
        return [entry for _, entry in self._collection.items()]

    def get(self, entry_id: str) -> Entry | None:
        """Return the entry with this id, or None."""
        from uuid import UUID  # noqa: PLC0415

        try:
            entry = self._collection.get(f"{UUID(entry_id).int:x}")
        except ValueError:
            return None
        return entry if entry is not None and entry.id == entry_id else None

    def find(self, pattern: "RequestPattern") -> list[Entry]:
        """Return the entries whose request matches, oldest first."""
        return [entry for entry in self.all() if pattern.matches(entry.routed)]

    def remove(self, unwanted: Callable[[Entry], bool]) -> list[Entry]:
        """Remove and return the entries for which `unwanted` is true."""
        found = [key for key, entry in self._collection.items() if unwanted(entry)]
        taken = [self._collection.take(key) for key in found]
        return [entry for entry in taken if entry is not None]

    def wait(
        self,
        pattern: "RequestPattern",
        count: int,
        seconds: float,
        over: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Return True once `count` requests match, or False after the timeout.

        Args:
            pattern: what a request must match.
            count: how many requests must match.
            seconds: real seconds to wait.
            over: returns True if no further request can come.
        """
        # Matching can be slow, so it happens outside the lock, once for each request.
        until, judged = real_seconds() + seconds, dict[int, bool]()
        seen = object()  # no version: that of an empty journal in Redis is None
        self._listen(+1)
        try:
            while True:
                noted, stopped, version = self._noted, self._stopped, self._collection.version
                if version != seen and self._count(pattern, judged) >= count:
                    return True
                seen = version
                rest = until - real_seconds()
                if rest <= 0 or over() or not self._pause(noted, stopped, rest):
                    return False
        finally:
            self._listen(-1)

    def wait_for_change(self, version: object, seconds: float) -> object:
        """Return the journal's version as soon as it is not `version`, or after real seconds."""
        until, stopped = real_seconds() + seconds, self._stopped
        self._listen(+1)
        try:
            while True:
                noted, current = self._noted, self._collection.version
                rest = until - real_seconds()
                if current != version or rest <= 0 or not self._pause(noted, stopped, rest):
                    return current
        finally:
            self._listen(-1)

    def stop_waiting(self) -> None:
        """End every `wait` that is running now."""
        with self._changed:
            self._stopped += 1
            self._changed.notify_all()

    def _listen(self, more: int) -> None:
        with self._changed:
            self._waiting += more

    def _count(self, pattern: "RequestPattern", judged: dict[int, bool]) -> int:
        entries = self.all()
        for entry in entries:
            if entry.number not in judged:
                judged[entry.number] = pattern.matches(entry.routed)
        return sum(judged[entry.number] for entry in entries)

    def _pause(self, noted: int, stopped: int, seconds: float) -> bool:
        """Wait until an entry may have been added, at most some real seconds.

        Returns:
            False if `stop_waiting` was called in the meantime.
        """
        pause = min(seconds, _POLL) if self._shared else seconds
        with self._changed:
            # Not wait_for: it reads time.monotonic, which time-machine before 3.0 stops.
            if (self._noted, self._stopped) == (noted, stopped):
                self._changed.wait(pause)
            return self._stopped == stopped
