"""A request's head: its line and its header fields."""

import re
from typing import NamedTuple

from mockserver.model.http import Headers
from mockserver.server.fields import read_fields
from mockserver.server.limits import Limits
from mockserver.server.protocol_error import ProtocolError
from mockserver.server.request_body import Body, body_of
from mockserver.server.target import Target, read_target

KEEP, KEEP_SAID, CLOSE = "", "Connection: keep-alive\r\n", "Connection: close\r\n"
"""What the answer says of the connection: it is kept, as HTTP/1.1 has it unsaid; it is kept, as
an HTTP/1.0 client has to be told; it is closed."""

_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!-~\x80-\xff]+) HTTP/1\.([01])\r\n")
_HOST = re.compile(r"[!$%&'()*+\-.0-9:;=A-Z\[\]_a-z~]*")


class Line(NamedTuple):
    """A request line."""

    method: str
    target: bytes
    http_1_1: bool


class Head(NamedTuple):
    """All of a request but its body. `waits`: the client wants a 100 before it sends the body.

    `connection` is KEEP, KEEP_SAID or CLOSE.
    """

    method: str
    path: str
    query: str
    target: str
    headers: Headers
    connection: str
    body: Body | None
    waits: bool


def read_line(raw: bytes) -> Line:
    """Parse the request line `raw`. Raises ProtocolError (400) for other than HTTP/1.0 and 1.1."""
    match = _LINE.fullmatch(raw)
    if match is None:
        raise ProtocolError(400, "This is no HTTP/1.1 request.")
    return Line(match[1].decode("ascii"), match[2], match[3] == b"1")


def read_head(line: Line, block: bytes, limits: Limits) -> Head:
    """The head of `line` and the fields in `block`.

    Raises ProtocolError: 400 for what cannot be understood, 413 for an announced body that is too
    large, 417 for an unknown expectation, 501 for CONNECT.
    """
    headers = Headers(read_fields(block))
    if line.method == "CONNECT":
        raise ProtocolError(501, "This server is no proxy.")
    target = read_target(line.method, line.target)
    headers = _addressed(headers, target, line.http_1_1)
    body = body_of(headers, line.http_1_1, limits)
    return Head(
        line.method,
        target.path,
        target.query,
        target.sent,
        headers,
        _connection(headers, line.http_1_1),
        body,
        _waits(headers, line.http_1_1) and body is not None,
    )


def _addressed(headers: Headers, target: Target, http_1_1: bool) -> Headers:
    """The header fields, the authority of a whole URL in the place of Host (RFC 9112, 3.2.2)."""
    host = headers.get("Host")
    if host is None and http_1_1:
        raise ProtocolError(400, "The request has no Host.")
    for text in (host, target.authority):
        if text is not None and not _HOST.fullmatch(text):  # two of them read as one with a comma
            raise ProtocolError(400, "The request's Host is not one host.")
    if target.authority is None:
        return headers
    others = (pair for pair in headers.pairs if pair[0].lower() != "host")
    return Headers((("Host", target.authority), *others))


def _connection(headers: Headers, http_1_1: bool) -> str:
    options = _options(headers.get("Connection"))
    if "close" in options:
        return CLOSE
    if http_1_1:
        return KEEP
    return KEEP_SAID if "keep-alive" in options else CLOSE


def _options(text: str | None) -> list[str]:
    return [] if text is None else [option.strip().lower() for option in text.split(",")]


def _waits(headers: Headers, http_1_1: bool) -> bool:
    expectation = headers.get("Expect")
    if expectation is None or not http_1_1:
        return False
    if expectation.lower() != "100-continue":
        raise ProtocolError(417, "The only expectation is 100-continue.")
    return True
