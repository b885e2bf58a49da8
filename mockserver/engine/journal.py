"""What was asked and answered: the last requests, to be counted, found and waited for.

Entries keep references to what passed; it is redacted when it is shown.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from mockserver.core.http import Response
from mockserver.engine.matching.pattern import Arrival, RequestPattern

LENGTH = 1000
"""Requests that are kept."""

_LARGEST_BODY = 16 << 10  # bytes kept of a body: a thousand bodies of 1 MiB would be 1 GB


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and its answer. `matched`: it reached an endpoint or a stub. `stub`: the id of
    the stub that acted. `reason`: why the vendor refused, or None.
    """

    number: int
    arrival: Arrival
    response: Response
    at: datetime
    matched: bool
    stub: str | None = None
    reason: str | None = None


class Journal:
    """The last `LENGTH` entries, oldest first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._entries: deque[Entry] = deque(maxlen=LENGTH)
        self._ids = uuid4().int & ~((1 << 48) - 1)  # an entry's id: these bits and its number
        self._count = 0  # of all that were ever noted: no id is given twice
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many entries had to make room for newer ones."""
        return self._dropped

    def note(self, entry: Entry) -> None:
        """Keep `entry` under the next number."""
        request = entry.arrival.request
        arrival = entry.arrival
        if len(request.body) > _LARGEST_BODY:
            arrival = arrival._replace(request=replace(request, body=request.body[:_LARGEST_BODY]))
        with self._changed:
            self._count += 1
            self._dropped += len(self._entries) == LENGTH
            self._entries.append(replace(entry, number=self._count, arrival=arrival))
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget every entry, and how many were dropped."""
        with self._changed:
            self._entries.clear()
            self._dropped = 0

    def id_of(self, entry: Entry) -> str:
        """The entry's UUID."""
        return str(UUID(int=self._ids + entry.number))

    def all(self) -> list[Entry]:
        """Every entry, oldest first."""
        with self._changed:
            return list(self._entries)

    def get(self, entry_id: str) -> Entry | None:
        """The entry with this id, or None."""
        return next((entry for entry in self.all() if self.id_of(entry) == entry_id), None)

    def find(self, pattern: RequestPattern) -> list[Entry]:
        """The entries whose request matches, oldest first."""
        return [entry for entry in self.all() if pattern.matches(entry.arrival)]

    def remove(self, unwanted: Callable[[Entry], bool]) -> list[Entry]:
        """Forget and return the entries that are unwanted."""
        with self._changed:
            gone = [entry for entry in self._entries if unwanted(entry)]
            numbers = {entry.number for entry in gone}
            kept = [entry for entry in self._entries if entry.number not in numbers]
            self._entries = deque(kept, maxlen=LENGTH)
        return gone

    def wait(self, pattern: RequestPattern, count: int, seconds: float) -> bool:
        """Whether `count` matching requests are here within real seconds; answers when they are."""
        with self._changed:
            return self._changed.wait_for(
                lambda: sum(pattern.matches(entry.arrival) for entry in self._entries) >= count,
                timeout=seconds,
            )
