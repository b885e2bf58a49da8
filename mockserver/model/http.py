"""One request and one response, as plain values that every door converts to and from."""

import json
from collections.abc import Callable, Iterable
from enum import StrEnum
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

Pairs = tuple[tuple[str, str], ...]


class Headers:
    """Header fields in the order sent; looked up without regard to case.

    A field sent twice reads as one value joined by ", " (RFC 9110, 5.3), through every door.
    """

    __slots__ = ("_values", "pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs: Pairs = tuple(pairs)
        values: dict[str, str] = {}
        for name, value in self.pairs:
            key = name.lower()
            values[key] = f"{values[key]}, {value}" if key in values else value
        self._values = values

    def get(self, name: str) -> str | None:
        """The value of `name`, or None where it was not sent."""
        return self._values.get(name.lower())

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._values

    def __repr__(self) -> str:
        return f"Headers({list(self._values)})"  # names only: values may be secrets


def is_field_value(text: str) -> bool:
    """Whether a header field can carry a text as it is: Latin-1 that can be seen, trimmed."""
    return text.isprintable() and text == text.strip() and all(ord(each) < 256 for each in text)


_NO_HEADERS = Headers()


class Request(NamedTuple):
    """What a client sent.

    `path` is percent-decoded and begins with "/"; `query` is as sent, without "?";
    `peer` is the address of the client. `target`: path and query as they stood in the request
    line, in ASCII; "" where nobody knows.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = _NO_HEADERS
    body: bytes = b""
    peer: str = "127.0.0.1"
    target: str = ""

    def __repr__(self) -> str:
        return f"Request({self.method} {self.path}, {self.headers})"  # the rest may hold secrets

    def at(self, path: str, target: str = "") -> "Request":
        """The same request for another path, and the target that would have led there."""
        return self._replace(path=path, target=target)

    def query_value(self, name: str) -> str | None:
        """The first value of the query parameter `name`, decoded; None where it is absent."""
        pairs = parse_qsl(self.query, keep_blank_values=True, errors="replace")
        return next((value for key, value in pairs if key == name), None)


class RoutedRequest(NamedTuple):
    """A request and the vendor and endpoint that it is for, by name; None where there is none.

    `request` is the request as sent, `path` its path without the vendor's prefix. `cut_from` is
    the length in bytes of a body of which only the beginning was kept; None if all of it is here.
    """

    request: Request
    vendor: str | None = None
    endpoint: str | None = None
    path: str = ""
    cut_from: int | None = None


class Fault(StrEnum):
    """A way in which a connection breaks instead of carrying an answer, in WireMock's words."""

    EMPTY_RESPONSE = "EMPTY_RESPONSE"
    CONNECTION_RESET_BY_PEER = "CONNECTION_RESET_BY_PEER"
    MALFORMED_RESPONSE_CHUNK = "MALFORMED_RESPONSE_CHUNK"
    RANDOM_DATA_THEN_CLOSE = "RANDOM_DATA_THEN_CLOSE"


class Response(NamedTuple):
    """What is answered: a status, header fields in order, and the body's bytes.

    The door sends it `delay` real seconds later, and breaks the connection by `fault` instead
    if there is one.
    """

    status: int
    headers: Pairs = ()
    body: bytes = b""
    delay: float = 0.0
    fault: Fault | None = None

    def __repr__(self) -> str:
        return f"Response({self.status}, {[name for name, _ in self.headers]})"  # no secrets

    def with_headers(self, *pairs: tuple[str, str]) -> "Response":
        """The same answer with `pairs` after its own header fields."""
        return Response(self.status, self.headers + pairs, self.body, self.delay, self.fault)

    def later(self, seconds: float) -> "Response":
        """The same answer, so many real seconds late."""
        return self._replace(delay=seconds)


Answer = Callable[[Request], Response]
"""What a door calls."""

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
JSON_TYPE = ("Content-Type", "application/json")


def json_text(value: Any) -> str:
    """`value` as compact JSON, keys in their own order, ASCII only."""
    return _encode(value)


def json_response(status: int, value: Any, *headers: tuple[str, str]) -> Response:
    """An `application/json` answer: `value` as compact JSON, keys in their own order."""
    return Response(status, (JSON_TYPE, *headers), _encode(value).encode())


def problem(status: int, detail: str, **more: Any) -> Response:
    """Return problem details (RFC 9457), the errors of our own HTTP interface.

    Args:
        status: the HTTP status, which also gives the title.
        detail: a text for people.
        more: further members.
    """
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    text = json_text({**body, "detail": detail, **more})
    return Response(status, (("Content-Type", "application/problem+json"),), text.encode())
