"""The journal: the last requests and their responses, to be counted, found and waited for.

Entries hold requests as they were sent; secrets are redacted when an entry is shown.
"""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.model.accounts import new_uuid
from mockserver.model.clock import moment_at, real_seconds
from mockserver.model.http import Fault, Headers, Request, Response, RoutedRequest
from mockserver.model.state_store import Codec, Collection

if TYPE_CHECKING:
    from mockserver.wiremock.request_pattern import RequestPattern

LENGTH = 1000
"""Requests that are kept."""

# Bytes that are kept of a body: a thousand bodies of 1 MiB would be 1 GB.
_LARGEST_BODY = 16 << 10
# Seconds after which `wait` looks for entries of other processes.
_POLL = 0.05


class Facts(NamedTuple):
    """The facts about an entry that the rules for token clients need, besides request and response.

    Attributes:
        started: The moment of the response, in real seconds.
        setting: The number of the clock's setting; it changes when a test moves the clock.
        client: The number of the connection, task or thread that sent the request; 0 if that is
            not known.
        refusal: The term for what is wrong with the token; None if nothing is.
        gate: The id of the stub that held the response; None if none did.
    """

    started: float = 0.0
    setting: int = 0
    client: int = 0
    refusal: str | None = None
    gate: str | None = None


Recorded = tuple[()] | tuple[float, int, int, str | None, str | None]
"""The fields of `Facts` as a request records them: a plain tuple takes a third of the time."""


class Entry(NamedTuple):
    """One request and its response.

    Attributes:
        number: The 128 bits of the id.
        routed: The request, and the names of its vendor and endpoint.
        response: The response.
        microseconds: The moment by the clock of the state, since 1970.
        matched: True if the request reached an endpoint or a stub.
        stub: The id of the stub that fired; None if none did.
        recorded: The fields of `facts`.
    """

    number: int
    routed: RoutedRequest
    response: Response
    microseconds: int
    matched: bool
    stub: str | None = None
    recorded: Recorded = ()

    @property
    def reason(self) -> str | None:
        """Why the vendor refused; None if it did not."""
        return self.response.reason

    @property
    def facts(self) -> Facts:
        """The facts for the rules for token clients."""
        return Facts(*self.recorded)

    @property
    def id(self) -> str:
        """The id, a UUID."""
        from uuid import UUID  # noqa: PLC0415 - for what shows the journal, as below

        return str(UUID(int=self.number))

    @property
    def at(self) -> datetime:
        """The moment by the clock of the state."""
        return moment_at(self.microseconds)


def resends(entries: Iterable[Entry]) -> dict[int, Entry]:
    """Return the entries that repeat a request whose answer a fault broke, by their numbers.

    A client that repeats such a request automatically hides the lost response from its caller.

    Args:
        entries: The journal, the oldest entry first.

    Returns:
        For the number of each repeated request, the entry of the request that it repeats.
    """
    last: dict[tuple[object, ...], Entry] = {}
    found = {}
    for entry in entries:
        request = entry.routed.request
        sent = (request.method, request.path, request.query, request.body, entry.routed.vendor)
        before = last.get(sent)
        if before is not None and before.response.fault:
            found[entry.number] = before
        last[sent] = entry
    return found


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
        entry = Entry(number, routed, response, microseconds, matched, stub, recorded)
        self._collection.put(f"{number:x}", entry)
        self._collection.trim(LENGTH)
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


def _encode(entry: Entry) -> dict[str, Any]:
    routed = entry.routed
    return {
        "number": entry.number,
        "request": _encode_request(routed.request),
        "for": [*routed[1:]],
        "response": _encode_response(entry.response),
        "at": entry.microseconds,
        "rest": [entry.matched, entry.stub, entry.reason],
        "facts": [*entry.recorded],
    }


def _decode(value: dict[str, Any]) -> Entry:
    request = _decode_request(value["request"])
    routed = RoutedRequest(request, *value["for"])
    recorded: Recorded = tuple(value.get("facts", ()))
    matched, stub, reason = value["rest"]
    response = _decode_response(value["response"], reason)
    return Entry(value["number"], routed, response, int(value["at"]), matched, stub, recorded)


def _encode_request(request: Request) -> list[Any]:
    headers, body = request.headers.pairs, request.body.decode("latin-1")
    parts = request.method, request.path, request.query, headers, body
    more = request.target, request.scheme, request.connection, request.way
    return [*parts, request.peer, *more]


def _decode_request(value: list[Any]) -> Request:
    method, path, query, headers, body, *rest = value
    return Request(method, path, query, Headers(map(tuple, headers)), body.encode("latin-1"), *rest)


def _encode_response(response: Response) -> list[Any]:
    body = response.body.decode("latin-1")
    return [response.status, response.headers, body, response.delay, response.fault]


def _decode_response(value: list[Any], reason: str | None) -> Response:
    status, headers, body, delay, fault = value
    pairs = tuple(map(tuple, headers))
    broken = fault and Fault(fault)
    return Response(status, pairs, body.encode("latin-1"), delay, broken, reason=reason)


ENTRY: Codec[Entry] = Codec(_encode, _decode, until=lambda _: 0)
