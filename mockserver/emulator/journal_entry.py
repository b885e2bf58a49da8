"""One entry of the journal, and the form in which a store keeps it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from mockserver.model.clock import moment_at
from mockserver.model.http import Fault, Headers, Request, Response, RoutedRequest
from mockserver.model.state_store import Codec


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
    def status(self) -> int:
        """The status that the client received; 0 if the connection broke before it."""
        is_broken = self.response.fault not in (None, Fault.MALFORMED_RESPONSE_CHUNK)
        return 0 if is_broken else self.response.status

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
