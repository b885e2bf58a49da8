"""What was asked and answered: the last requests, to be counted, found and waited for.

Entries keep references to what passed; it is redacted when it is shown.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import NamedTuple
from uuid import UUID, uuid4

from mockserver.model.clock import moment_at
from mockserver.model.http import Response, RoutedRequest
from mockserver.model.state_store import Collection
from mockserver.wiremock.request_pattern import RequestPattern

LENGTH = 1000
"""Requests that are kept."""

_LARGEST_BODY = 16 << 10  # bytes kept of a body: a thousand bodies of 1 MiB would be 1 GB
_real_time = time.monotonic  # taken now: who replaces it means other code
_LOOK = 0.05  # seconds after which who waits looks for what others have noted


class Entry(NamedTuple):
    """One request and its answer, at so many `microseconds` since 1970. `number`: its id's 128
    bits. `matched`: it reached an endpoint or a stub. `stub`: the id of the stub that acted.
    `reason`: why the vendor refused, or None.
    """

    number: int
    routed: RoutedRequest
    response: Response
    microseconds: int
    matched: bool
    stub: str | None = None
    reason: str | None = None

    @property
    def id(self) -> str:
        """A UUID."""
        return str(UUID(int=self.number))

    @property
    def at(self) -> datetime:
        """By the clock of the state."""
        return moment_at(self.microseconds)


class Journal:
    """The last `LENGTH` entries, oldest first. `shared`: others note entries too."""

    def __init__(self, shelf: Collection[Entry], *, shared: bool) -> None:
        self._shelf = shelf
        self._shared = shared
        self._numbers = count(uuid4().int & ~((1 << 48) - 1))  # nobody else begins there
        self._changed = threading.Condition()
        self._waiting = 0  # a hint: who notes a request need not call where nobody listens
        self._noted = 0
        self._hurried = 0

    @property
    def dropped(self) -> int:
        """How many entries had to make room for newer ones."""
        return self._shelf.trimmed

    def note(  # noqa: PLR0913 - the fields of an entry
        self,
        routed: RoutedRequest,
        response: Response,
        microseconds: int,
        *,
        matched: bool,
        stub: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Keep an entry under a number of its own."""
        request, length = routed.request, len(routed.request.body)
        if length > _LARGEST_BODY:
            kept = request._replace(body=request.body[:_LARGEST_BODY])
            routed = routed._replace(request=kept, cut_from=length)
        number = next(self._numbers)
        entry = Entry(number, routed, response, microseconds, matched, stub, reason)
        self._shelf.put(f"{number:x}", entry)
        self._shelf.trim(LENGTH)
        if self._waiting:
            with self._changed:
                self._noted += 1
                self._changed.notify_all()

    def clear(self) -> None:
        """Forget every entry, and how many were dropped."""
        self._shelf.clear()

    def all(self) -> list[Entry]:
        """Every entry, oldest first."""
        return [entry for _, entry in self._shelf.items()]

    def get(self, entry_id: str) -> Entry | None:
        """The entry with this id, or None."""
        try:
            entry = self._shelf.get(f"{UUID(entry_id).int:x}")
        except ValueError:
            return None
        return entry if entry is not None and entry.id == entry_id else None

    def find(self, pattern: RequestPattern) -> list[Entry]:
        """The entries whose request matches, oldest first."""
        return [entry for entry in self.all() if pattern.matches(entry.routed)]

    def remove(self, unwanted: Callable[[Entry], bool]) -> list[Entry]:
        """Forget and return the entries that are unwanted."""
        found = [key for key, entry in self._shelf.items() if unwanted(entry)]
        taken = [self._shelf.take(key) for key in found]
        return [entry for entry in taken if entry is not None]

    def wait(
        self,
        pattern: RequestPattern,
        count: int,
        seconds: float,
        over: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Whether `count` matching requests are here within real seconds; answers when they are,
        and when `over` says that none will come any more.

        Matching takes its time, so nobody waits for it, and each request is matched once.
        """
        until, judged = _real_time() + seconds, dict[int, bool]()
        seen: object = None
        self._listen(+1)
        try:
            while True:
                noted, hurried, version = self._noted, self._hurried, self._shelf.version
                if version != seen and self._count(pattern, judged) >= count:
                    return True
                seen = version
                rest = until - _real_time()
                if rest <= 0 or over() or not self._pause(noted, hurried, rest):
                    return False
        finally:
            self._listen(-1)

    def hurry(self) -> None:
        """Let all who wait now wait no longer."""
        with self._changed:
            self._hurried += 1
            self._changed.notify_all()

    def _listen(self, more: int) -> None:
        with self._changed:
            self._waiting += more

    def _count(self, pattern: RequestPattern, judged: dict[int, bool]) -> int:
        entries = self.all()
        for entry in entries:
            if entry.number not in judged:
                judged[entry.number] = pattern.matches(entry.routed)
        return sum(judged[entry.number] for entry in entries)

    def _pause(self, noted: int, hurried: int, seconds: float) -> bool:
        """Until something is noted, here or perhaps elsewhere; False if there is a hurry."""
        pause = min(seconds, _LOOK) if self._shared else seconds
        with self._changed:
            self._changed.wait_for(lambda: (self._noted, self._hurried) != (noted, hurried), pause)
            return self._hurried == hurried
