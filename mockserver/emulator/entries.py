"""Entries of the journal as JSON."""

from typing import Any

from mockserver.emulator.journal import Entry
from mockserver.model.http import Fault, Headers, Request, Response, RoutedRequest
from mockserver.model.state_store import Codec


def _encode(entry: Entry) -> dict[str, Any]:
    routed = entry.routed
    return {
        "number": entry.number,
        "request": _encode_request(routed.request),
        "for": [*routed[1:]],
        "response": _encode_response(entry.response),
        "at": entry.microseconds,
        "rest": [entry.matched, entry.stub, entry.reason],
    }


def _decode(value: dict[str, Any]) -> Entry:
    request, response = _decode_request(value["request"]), _decode_response(value["response"])
    routed = RoutedRequest(request, *value["for"])
    return Entry(value["number"], routed, response, int(value["at"]), *value["rest"])


def _encode_request(request: Request) -> list[Any]:
    headers, body = request.headers.pairs, request.body.decode("latin-1")
    parts = request.method, request.path, request.query, headers, body
    return [*parts, request.peer, request.target]


def _decode_request(value: list[Any]) -> Request:
    method, path, query, headers, body, *rest = value
    return Request(method, path, query, Headers(map(tuple, headers)), body.encode("latin-1"), *rest)


def _encode_response(response: Response) -> list[Any]:
    body = response.body.decode("latin-1")
    return [response.status, response.headers, body, response.delay, response.fault]


def _decode_response(value: list[Any]) -> Response:
    status, headers, body, delay, fault = value
    pairs = tuple(map(tuple, headers))
    return Response(status, pairs, body.encode("latin-1"), delay, fault and Fault(fault))


ENTRY: Codec[Entry] = Codec(_encode, _decode, until=lambda _: 0)
