"""From responses to bytes, and from many small writes to few."""

import asyncio
from functools import lru_cache
from http import HTTPStatus

from mockserver.model.http import Pairs, Response
from mockserver.server.request_head import CLOSE

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_ANSWERS = 64  # in one batch; with more of them the first would be late
_BYTES = 64 << 10  # in one batch; a large answer shows at once if its client receives it

_STATUS_LINES = {status.value: f"HTTP/1.1 {status} {status.phrase}\r\n" for status in HTTPStatus}
_FRAMING = frozenset({"connection", "content-length", "transfer-encoding"})
_WITHOUT_BODY = frozenset({204, 304})


def encode(response: Response, method: str, connection: str) -> tuple[bytes, bool]:
    """Return the bytes of `response`, and True if the connection ends after them.

    Args:
        response: Its `Connection: close` overrides `connection`.
        method: The method of the request; an answer to HEAD has no body.
        connection: KEEP, KEEP_SAID or CLOSE of `request_head`.

    Raises:
        ValueError: If the status or a header field cannot be sent.
    """
    status, body = response.status, response.body
    length = len(body) if response.pull is None else None
    head, last = _head(status, response.headers, length, connection)
    if method == "HEAD" or status < 200 or status in _WITHOUT_BODY:
        return head, last
    return head + body, last


# Thousands of answers have the same head: all of one kind in one second.
@lru_cache(maxsize=64)
def _head(status: int, headers: Pairs, length: int | None, connection: str) -> tuple[bytes, bool]:
    lines = [_STATUS_LINES.get(status) or _unnamed(status)]
    for name, value in headers:
        key = name.lower()
        if key not in _FRAMING:
            lines.append(f"{name}: {value}\r\n")
        elif key == "connection" and "close" in value.lower():
            connection = CLOSE
    if status < 200:
        # RFC 9110, 15.2: a final answer follows a 1xx. There is none, so the connection ends.
        connection = CLOSE
    elif length is None:
        connection = CLOSE  # nothing but the end of the connection is the end of the body
    elif status not in _WITHOUT_BODY:
        lines.append(f"Content-Length: {length}\r\n")
    if connection:
        lines.append(connection)
    return _joined(lines), connection == CLOSE


def _joined(lines: list[str]) -> bytes:
    text = "".join(lines)
    # A line end inside a name or a value would make two fields of one, or two answers.
    if not text.count("\r") == text.count("\n") == len(lines):
        raise ValueError("a header field has a line end in it")
    return f"{text}\r\n".encode("latin-1")


def _unnamed(status: int) -> str:
    if not 100 <= status <= 999:
        raise ValueError(f"{status} is no status")
    return f"HTTP/1.1 {status} \r\n"


class WriteBatch:
    """Collects the writes of one turn of the event loop and makes them at its end, in order.

    Many answers or bytes are written before. Waking a client that sleeps can take longer than
    answering it; clients are woken for all answers of a turn at once.
    """

    __slots__ = ("_bytes", "_loop", "_waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: list[tuple[asyncio.WriteTransport, bytes]] = []
        self._bytes = 0

    def put(self, transport: asyncio.WriteTransport, data: bytes) -> None:
        """Add a write of `data` to `transport`."""
        if not self._waiting:
            self._loop.call_soon(self.flush)
        self._waiting.append((transport, data))
        self._bytes += len(data)
        if len(self._waiting) >= _ANSWERS or self._bytes > _BYTES:
            self.flush()

    def flush(self) -> None:
        """Make all writes now."""
        if self._waiting:
            waiting, self._waiting, self._bytes = self._waiting, [], 0
            for transport, data in waiting:
                if not transport.is_closing():
                    # asyncio's TLS transport copies bytes, but not a memoryview.
                    transport.write(memoryview(data))
