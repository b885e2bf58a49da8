"""The limits of what a client may send, the errors beyond them, and the ends of lines.

Input is refused at the first byte that makes it wrong, however the bytes were cut on their way:
a client that sends invalid bytes gets an answer instead of waiting for a time limit.
"""

import re
from dataclasses import dataclass

UNREADABLE_FIELDS = "The header fields cannot be read."

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one server. Sizes are in bytes, times in real seconds."""

    line: int = 16 << 10
    """The request line with its line end. A longer one is answered 414. Also the empty lines in
    front of a request: 400 beyond."""

    head: int = 32 << 10
    """The request line and the header fields; also the trailers of a chunked body. 431 beyond."""

    body: int = 8 << 20
    """A body, without the framing of its chunks. 413 beyond; vendors refuse smaller ones."""

    read_ahead: int = 64 << 10
    """Bytes of further requests that are read while one is answered. Then reading pauses."""

    kept: int = 256 << 20
    """Bytes of incomplete requests of all connections together. 503 beyond: a thousand clients
    could each begin a body of 8 MiB."""

    in_a_row: int = 16
    """Requests of one connection that are answered before other connections get their turn."""

    connections: int = 4096
    """Connections at a time. One more is answered 503 and closed."""

    first_byte: float = 30.0
    """From the connection to its first byte, and for a TLS handshake. Then it is closed."""

    head_time: float = 30.0
    """From the first byte of a head to its last. 408 beyond."""

    body_time: float = 120.0
    """From the first byte of a body to its last. 408 beyond."""

    idle: float = 120.0
    """From an answer to the first byte of the next request. Then the connection is closed."""

    take: float = 60.0
    """For the client to receive an answer. Then the connection is aborted."""

    tunnels: int = 512
    """Tunnels to other hosts at a time. One more is answered 503."""

    connect_time: float = 10.0
    """For another host to accept a tunnel. 504 beyond."""

    tunnel_idle: float = 300.0
    """Without a byte in a tunnel. Then it is closed."""

    linger: float = 5.0
    """How long, after the last answer, further input is read and dropped. Closing at once would
    reset the connection, and a client that still sends would lose the answer."""


class ProtocolError(Exception):
    """A request that is refused by the connection, which ends with the answer.

    Args:
        status: The status of the answer.
        reason: The body of the answer, a sentence.
        phrase: The answer's reason phrase instead of the usual one. Clients show no more than it
            of a proxy's answer to CONNECT.
    """

    def __init__(self, status: int, reason: str, phrase: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.phrase = phrase


def line_end(buffer: bytearray, limit: int) -> int | None:
    """Return the index after the request line in `buffer`; None while it is incomplete.

    Raises:
        ProtocolError: 400 if `buffer` does not begin with a method, 414 over `limit` bytes.
    """
    if not _TOKEN.match(buffer):
        raise ProtocolError(400, "This is not an HTTP/1.1 request.")
    end = buffer.find(b"\n", 0, limit)
    if end >= 0:
        return end + 1
    if len(buffer) >= limit:
        raise ProtocolError(414, f"The request line is over {limit} bytes.")
    return None


def block_end(buffer: bytearray, start: int, limit: int) -> int | None:
    """Return the index after the first empty line from `start` on; None while there is none.

    Raises:
        ProtocolError: 400 for a line that ends without CR, 431 over `limit` bytes in all.
    """
    end = buffer.find(b"\r\n\r\n", start, limit)
    if end >= 0:
        return end + 4
    lines = buffer[start:limit]
    # RFC 9112, 2.2 allows a bare LF as line end. Two parsers that disagree about it see different
    # requests, so it is refused.
    if lines.count(b"\n") != lines.count(b"\r\n"):
        raise ProtocolError(400, UNREADABLE_FIELDS)
    if len(buffer) >= limit:
        raise ProtocolError(431, f"The header fields are over {limit} bytes.")
    return None
