"""How much and how long a client may ask of the server. Sizes are bytes, times real seconds."""

from dataclasses import dataclass

LINE = 16 << 10
"""The request line with its line end. 414 where it is longer."""

HEAD = 32 << 10
"""The request line and the header fields; also a chunked body's trailers. 431 beyond."""

BODY = 8 << 20
"""A body, without the framing of its chunks. 413 beyond; the vendors refuse less themselves."""

READ_AHEAD = 64 << 10
"""What is read of further requests while one is answered; then the client has to wait."""

KEPT = 256 << 20
"""What is kept of requests that are not whole yet, of all connections together. Who sends more is
answered 503: a thousand clients could each begin a body of 8 MiB."""

IN_A_ROW = 16
"""Requests of one connection that are answered before others have their turn."""

CONNECTIONS = 4096
"""Connections at a time. One more is answered 503 and closed."""

FIRST_BYTE = 30.0
"""From the connection to its first byte, and for a TLS handshake. Closed without a word."""

HEAD_TIME = 30.0
"""From a head's first byte to its last. Answered 408 beyond."""

BODY_TIME = 120.0
"""From a body's first byte to its last. Answered 408 beyond."""

IDLE = 120.0
"""From an answer to the next request's first byte. Closed without a word."""

TAKE = 60.0
"""For the client to take an answer. Cut off beyond."""

LINGER = 5.0
"""How long, behind the last answer, what the client still sends is read away. To close at once
would reset the connection, and the client, still sending, would lose the answer."""

TLS_LINGER = 0.5
"""The same under TLS, which has no half-closed connections: a client that waits for the end of
this one has to wait until then."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one server."""

    line: int = LINE
    head: int = HEAD
    body: int = BODY
    read_ahead: int = READ_AHEAD
    kept: int = KEPT
    in_a_row: int = IN_A_ROW
    connections: int = CONNECTIONS
    first_byte: float = FIRST_BYTE
    head_time: float = HEAD_TIME
    body_time: float = BODY_TIME
    idle: float = IDLE
    take: float = TAKE
    linger: float = LINGER
    tls_linger: float = TLS_LINGER
