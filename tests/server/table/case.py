"""The form of a case, and functions that make requests and expected responses."""

from dataclasses import dataclass
from http import HTTPStatus

from mockserver.server import Limits
from tests.server.echo import DATE, WIRE_DATE, line

LIMITS = Limits(line=256, head=512, body=64, read_ahead=128)
"""Small limits, so that a case can be cut at every byte."""

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
CLOSE = "Connection: close\r\n"
KEPT = "Connection: keep-alive\r\n"
PROBE = b"GET /probe HTTP/1.1\r\nHost: probe\r\n\r\n"


@dataclass(frozen=True)
class Case:
    """A case of the table.

    Attributes:
        name: The name of the test.
        sent: The bytes that the client sends.
        expected: The bytes that the server sends.
        closed: True if the server then closes the connection; otherwise it answers on.
        eof: True if the client closes its half of the connection after `sent`.
    """

    name: str
    sent: bytes
    expected: bytes
    closed: bool = False
    eof: bool = False

    @property
    def ends(self) -> bool:
        """True if the client sees the end of the connection."""
        return self.closed or self.eof or CLOSE.encode() in self.expected


def request(
    first: str, *fields: str, body: bytes = b"", host: str | None = "h", version: str = "1.1"
) -> bytes:
    """Return the request `first` ("GET /a") with `fields` ("Name: value"), Host before them."""
    hosts = [] if host is None else [f"Host: {host}"]
    lines = [f"{first} HTTP/{version}", *hosts, *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def sized(first: str, body: bytes, *fields: str) -> bytes:
    """Return a request with `body` and its Content-Length."""
    return request(first, *fields, f"Content-Length: {len(body)}", body=body)


def chunked(first: str, body: bytes, *fields: str) -> bytes:
    """Return a chunked request; `body` are its chunks as sent."""
    return request(first, *fields, "Transfer-Encoding: chunked", body=body)


def pipelined(name: str, *paths: str, eof: bool = False) -> Case:
    """Return a case of several requests in one piece."""
    expected = b"".join(LATER if "later" in path else ok(f"GET {path}") for path in paths)
    return Case(name, b"".join(request(f"GET {path}") for path in paths), expected, eof=eof)


def said(
    body: bytes, connection: str = "", status: str = "200 OK", *, more: str = "", head: bool = False
) -> bytes:
    """Return an answer of the echo; `more` are header lines before Date, `head` omits `body`."""
    start = f"HTTP/1.1 {status}\r\n{more}Date: {DATE}\r\nContent-Length: {len(body)}\r\n"
    text = f"{start}{connection}\r\n"
    return text.encode("latin-1") + (b"" if head else body)


def ok(first: str, query: str = "", connection: str = "", **parts: str | bytes) -> bytes:
    """Return the echo's answer to `first` ("GET /a")."""
    method, path = first.split(" ", 1)
    return said(line(method, path, query, **parts), connection)  # type: ignore[arg-type]


def wire(status: int, reason: str, connection: str = CLOSE, *, head: bool = False) -> bytes:
    """Return an answer of the connection itself."""
    body = f"{reason}\n".encode()
    text = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"  # worded by Python's version
        f"Content-Type: text/plain; charset=utf-8\r\n"
        f"Date: {WIRE_DATE}\r\n"
        f"Content-Length: {len(body)}\r\n{connection}\r\n"
    )
    return text.encode() + (b"" if head else body)


def bad(reason: str) -> bytes:
    """Return a 400 that ends the connection."""
    return wire(400, reason)


FAILED = wire(500, "An internal error occurred.", "")
EARLY = bad("The request ends early.")
FIELDS = bad("The header fields cannot be read.")
NO_REQUEST = bad("This is not an HTTP/1.1 request.")
NO_HOST = bad("The request has no Host.")
HOSTS = bad("The request's Host is not one host.")
TARGET = bad("The request target is not a path.")
CODING = bad("The only transfer coding is chunked, in HTTP/1.1.")
SIZE = bad("A chunk's size cannot be read.")
LONG_CHUNK = bad("A chunk is longer than its size.")
LONG_LINE = wire(414, f"The request line is over {LIMITS.line} bytes.")
LONG_HEAD = wire(431, f"The header fields are over {LIMITS.head} bytes.")
LONG_BODY = wire(413, f"The body is over {LIMITS.body} bytes.")
LATER = said(b"later")
