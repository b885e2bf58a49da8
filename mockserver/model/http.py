"""Requests and responses as plain values, and functions that make responses.

Every adapter converts its library's messages to these values and back.
"""

import json
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote_plus

Pairs = tuple[tuple[str, str], ...]


class Headers:
    """Header fields in the order sent; looked up without regard to case.

    A field sent twice reads as one value joined by ", " (RFC 9110, 5.3), in every adapter.
    """

    __slots__ = ("_values", "pairs")

    def __init__(
        self, pairs: Iterable[tuple[str, str]] = (), values: dict[str, str] | None = None
    ) -> None:
        """Take the fields, and their values by lower-case name if these are known already."""
        self.pairs: Pairs = tuple(pairs)
        if values is not None:
            self._values = values
            return
        values = {}
        for name, value in self.pairs:
            key = name.lower()
            values[key] = f"{values[key]}, {value}" if key in values else value
        self._values = values

    def get(self, name: str) -> str | None:
        """Return the value of the field `name`, or None if it was not sent."""
        return self._values.get(name.lower())

    def several(self, names: tuple[str, ...]) -> list[str | None]:
        """Return the values of several fields, whose names are in lower case."""
        return [self._values.get(name) for name in names]

    def with_value(self, index: int, value: str) -> "Headers":
        """Return a copy in which one field has another value.

        Args:
            index: The index of the field in `pairs`. No other field may have its name.
            value: The value.
        """
        pairs, name = list(self.pairs), self.pairs[index][0]
        pairs[index] = (name, value)
        return Headers(pairs, {**self._values, name.lower(): value})

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._values

    def __repr__(self) -> str:
        # Only the names: values may be secrets.
        return f"Headers({list(self._values)})"


def without_userinfo(url: str) -> str:
    """Return a URL without user name and password; it may lack the scheme.

    Everything up to the last "@" is removed, because a password may contain an unencoded slash.
    """
    return re.sub(r"(?s)^(\w+://)?.*@", r"\1", url)


def is_field_value(text: str) -> bool:
    """Return True if a header field can carry a string: printable Latin-1, without outer blanks."""
    return text.isprintable() and text == text.strip() and all(ord(each) < 256 for each in text)


_NO_HEADERS = Headers()


Way = Literal["process", "plain", "proxy", "tls"]
"""How a request came.

"process" is without a socket, "plain" without TLS, "proxy" without TLS and with the whole URL, as
clients send it to a proxy, and "tls" inside TLS.
"""


class Request(NamedTuple):
    """A request as a client sent it.

    `path` is percent-decoded and begins with "/"; `query` is as sent, without "?"; `peer` is the
    address of the client. `target` has path and query as they stood in the request line, in
    ASCII; "" if that is not known. `scheme` is that of the client's URL. `connection` is the
    number of the connection, or of the task in this process; 0 if there is none.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = _NO_HEADERS
    body: bytes = b""
    peer: str = "127.0.0.1"
    target: str = ""
    scheme: str = "http"
    connection: int = 0
    way: "Way" = "process"

    def __repr__(self) -> str:
        # Neither query nor body: they may have secrets.
        return f"Request({self.method} {self.path}, {self.headers})"

    def at(self, path: str, target: str = "") -> "Request":
        """Return the request for another path; `target` replaces its target."""
        return self._replace(path=path, target=target)

    def query_value(self, name: str) -> str | None:
        """Return the first value of the query parameter `name`, decoded; None if it is absent."""
        # parse_qsl decodes the whole query; most of it is a token that needs no decoding.
        for field in self.query.split("&"):
            key, _, value = field.partition("=")
            if field and _unquoted(key) == name:
                return _unquoted(value)
        return None


def _unquoted(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


class RoutedRequest(NamedTuple):
    """A request and the vendor and endpoint that it is for, by name; None if there is none.

    `request` is the request as sent, `path` its path without the vendor's prefix. `cut_from` is
    the length in bytes of a body of which only the beginning was kept; None if all of it is here.
    """

    request: Request
    vendor: str | None = None
    endpoint: str | None = None
    path: str = ""
    cut_from: int | None = None


class Fault(StrEnum):
    """A way to break a connection instead of sending a response, in WireMock's words."""

    EMPTY_RESPONSE = "EMPTY_RESPONSE"
    CONNECTION_RESET_BY_PEER = "CONNECTION_RESET_BY_PEER"
    MALFORMED_RESPONSE_CHUNK = "MALFORMED_RESPONSE_CHUNK"
    RANDOM_DATA_THEN_CLOSE = "RANDOM_DATA_THEN_CLOSE"


Pull = Callable[[], bytes | None]
"""Return the next bytes of a body without a known end.

It returns b"" if there are none within about a second, and None at the end. It blocks: call it in
a thread.
"""


class Response(NamedTuple):
    """A response, and how the adapter sends it.

    Attributes:
        status: The HTTP status.
        headers: The header fields in order.
        body: The body.
        delay: The real seconds after which the adapter responds.
        fault: The way in which the adapter breaks the connection instead; None for a response.
        pull: Returns the bytes that are sent after `body`; None for no more.
        opened: Returns True if the delay may end early; None for a fixed delay.
        reason: Why the vendor refused, for the journal and the log. It may contain secrets and
            is not sent.
    """

    status: int
    headers: Pairs = ()
    body: bytes = b""
    delay: float = 0.0
    fault: Fault | None = None
    pull: Pull | None = None
    opened: Callable[[], bool] | None = None
    reason: str | None = None

    def __repr__(self) -> str:
        # Neither values nor body: they may have secrets.
        return f"Response({self.status}, {[name for name, _ in self.headers]})"

    def with_headers(self, *pairs: tuple[str, str]) -> "Response":
        """Return the response with `pairs` after its own header fields."""
        return self._replace(headers=self.headers + pairs)


# The constructors of named tuples are Python functions, also if their module is compiled. What each
# request needs is therefore made by `tuple.__new__`, which takes less than half of the time.
def new_response(  # noqa: PLR0913 - the fields of a response
    status: int,
    headers: Pairs,
    body: bytes,
    *,
    delay: float = 0.0,
    fault: Fault | None = None,
    reason: str | None = None,
) -> Response:
    """Return a `Response` whose body is complete."""
    return tuple.__new__(Response, (status, headers, body, delay, fault, None, None, reason))


Answer = Callable[[Request], Response]
"""The function that an adapter calls."""


def json_encoder(*, allow_nan: bool = True) -> Callable[[Any], str]:
    """Return a function that writes a value as compact JSON, ASCII only."""
    encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=allow_nan)
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # PyPy
        return encoder.encode
    # `encode` makes this anew for each value, which takes longer than most values do.
    ascii_only = json.encoder.encode_basestring_ascii
    chunks = make(None, encoder.default, ascii_only, None, ":", ",", False, False, allow_nan)
    return lambda value: "".join(chunks(value, 0))


_encode = json_encoder(allow_nan=False)
JSON_TYPE = ("Content-Type", "application/json")


def json_text(value: Any) -> str:
    """Return `value` as compact JSON, keys in their own order, ASCII only."""
    return _encode(value)


def json_response(status: int, value: Any, *headers: tuple[str, str]) -> Response:
    """Return an `application/json` response: `value` as compact JSON, keys in their own order."""
    return new_response(status, (JSON_TYPE, *headers), _encode(value).encode())


def problem(status: int, detail: str, **more: Any) -> Response:
    """Return problem details (RFC 9457), the form of all errors of our own HTTP interface.

    Args:
        status: The HTTP status, whose phrase is the title.
        detail: The explanation for the user.
        more: Further members.
    """
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    text = json_text({**body, "detail": detail, **more})
    return Response(status, (("Content-Type", "application/problem+json"),), text.encode())
