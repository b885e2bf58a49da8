"""From bytes, however they were cut on their way, to requests: no socket, no time."""

import re
from enum import Enum, auto
from typing import NamedTuple

from mockserver.model.http import Request
from mockserver.server.limits import Limits, ProtocolError, block_end, line_end
from mockserver.server.repeated_head import RepeatedHead
from mockserver.server.request_head import Head, HeadReader, read_fields

_EMPTY_LINES = re.compile(rb"(?:\r\n)+")
_CR = ord("\r")
_SIZE_LINE = 1024  # bytes of the first line of a chunk, with its extensions
_EXTENSIONS = rb"(?:[ \t]*;[\t -~\x80-\xff]*)?"
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})" + _EXTENSIONS + rb"\r\n")
_PART_OF_SIZE = re.compile(rb"(?:[0-9A-Fa-f]{1,16}[ \t]*" + _EXTENSIONS + rb"\r?)?")


class ChunkedBody:
    """A chunked body. Extensions and trailers are checked and dropped."""

    __slots__ = ("_body", "_limits", "_size")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._body = bytearray()
        self._size: int | None = None  # of the next chunk, once its first line was read

    @property
    def kept(self) -> int:
        """The number of bytes taken from the buffer so far."""
        return len(self._body)

    def take(self, buffer: bytearray) -> bytes | None:
        """Remove the body from `buffer` and return it; None while it is incomplete.

        Raises:
            ProtocolError: 400 for invalid chunks or trailers, 413 and 431 for too large ones.
        """
        while self._begin_chunk(buffer):
            if self._size == 0:
                return bytes(self._body) if self._end(buffer) else None
            if not self._take_chunk(buffer):
                return None
        return None

    def _begin_chunk(self, buffer: bytearray) -> bool:
        if self._size is None:
            end = buffer.find(b"\n", 0, _SIZE_LINE) + 1
            line = bytes(buffer[: end or _SIZE_LINE])
            match = (_SIZE if end else _PART_OF_SIZE).fullmatch(line)
            if match is None or (not end and len(line) == _SIZE_LINE):
                raise ProtocolError(400, "A chunk's size cannot be read.")
            if end:
                self._size = self._checked(int(match[1], 16))
                del buffer[:end]
        return self._size is not None

    def _checked(self, size: int) -> int:
        if len(self._body) + size > self._limits.body:
            raise ProtocolError(413, f"The body is over {self._limits.body} bytes.")
        return size

    def _take_chunk(self, buffer: bytearray) -> bool:
        size = self._size or 0
        if len(buffer) < size + 2:
            return False
        if buffer[size : size + 2] != b"\r\n":
            raise ProtocolError(400, "A chunk is longer than its size.")
        self._body += buffer[:size]
        del buffer[: size + 2]
        self._size = None
        return True

    def _end(self, buffer: bytearray) -> bool:
        if buffer.startswith(b"\r\n"):
            del buffer[:2]
            return True
        end = block_end(buffer, 0, self._limits.head)
        if end is None:
            return False
        read_fields(bytes(buffer[:end]))
        del buffer[:end]
        return True


class ReceivedRequest(NamedTuple):
    """A complete request, and the Connection field of its answer: see `request_head.KEEP`.

    `scheme` is "http" or "https" if its target was an absolute URL, as clients send it to a proxy.
    """

    request: Request
    connection: str
    scheme: str


class Progress(Enum):
    """The part of the next request that was received so far."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()
    EXPECTS_CONTINUE = auto()  # a whole head; the client sends its body after a 100

    def limit(self, limits: Limits) -> float:
        """Return how many seconds a connection waits for the next part."""
        if self is Progress.NOTHING:
            return limits.idle
        return limits.head_time if self is Progress.HEAD else limits.body_time


class RequestReader:
    """The requests of one connection, one after another; `heads` is that of the server."""

    __slots__ = (
        "_buffer",
        "_chunks",
        "_empty",
        "_head",
        "_heads",
        "_limits",
        "_repeated",
        "connection",
        "peer",
        "scheme",
    )

    def __init__(self, limits: Limits, heads: HeadReader) -> None:
        self.peer = ""
        self.connection = 0
        self.scheme = "http"  # of the connection
        self._limits = limits
        self._heads = heads
        self._buffer = bytearray()
        self._empty = 0  # bytes of empty lines since the last request
        self._head: Head | None = None  # of the request whose body is incomplete
        self._chunks: ChunkedBody | None = None  # of the same request
        self._repeated = RepeatedHead(limits)

    def receive(self, data: bytes) -> None:
        """Add `data` to the received bytes."""
        self._buffer += data

    @property
    def unread(self) -> int:
        """The number of received bytes that belong to no request yet."""
        return len(self._buffer)

    @property
    def kept(self) -> int:
        """The number of bytes held here."""
        return len(self._buffer) + (0 if self._chunks is None else self._chunks.kept)

    def take_all(self) -> bytes:
        """Remove all received bytes and return them."""
        data = bytes(self._buffer)
        self.forget()
        return data

    def forget(self) -> None:
        """Drop all received bytes."""
        self._buffer.clear()
        self._head = self._chunks = None
        self._repeated.forget()

    def next(self) -> ReceivedRequest | Progress:
        """Return the next request, or the progress if it is incomplete.

        EXPECTS_CONTINUE is returned once; the call after it goes on with the body.

        Raises:
            ProtocolError: If there can be no further request. Do not call `next` again.
        """
        head = self._head
        if head is None:
            head = self._take_head()
            if head is None:
                return Progress.HEAD if self._buffer else Progress.NOTHING
            if head.chunked:
                self._chunks = ChunkedBody(self._limits)
            if head.expects_continue:
                self._head = head
                return Progress.EXPECTS_CONTINUE
        body = self._take_body(head) if head.chunked or head.length else b""
        if body is None:
            self._head = head
            return Progress.BODY
        self._head = self._chunks = None
        fields = (
            head.method,
            head.path,
            head.query,
            head.headers,
            body,
            self.peer,
            head.target,
            head.scheme or self.scheme,
            self.connection,
            "tls" if self.scheme == "https" else "proxy" if head.scheme else "plain",
        )
        request = tuple.__new__(Request, fields)  # see `new_response`
        return tuple.__new__(ReceivedRequest, (request, head.connection, head.scheme))

    def _take_body(self, head: Head) -> bytes | None:
        buffer = self._buffer
        if self._chunks is not None:
            return self._chunks.take(buffer)
        if len(buffer) < head.length:
            return None
        body = bytes(buffer[: head.length])
        del buffer[: head.length]
        return body

    def _take_head(self) -> Head | None:
        buffer = self._buffer
        if not buffer:
            return None
        repeated = self._repeated.take(buffer)
        if repeated is not None:
            self._empty = 0
            return repeated
        empty = _EMPTY_LINES.match(buffer) if buffer[0] == _CR else None
        if empty:
            # RFC 9112, 2.2: some clients send an empty line after a body.
            self._empty += empty.end()
            if self._empty > self._limits.line:
                raise ProtocolError(400, "There are too many empty lines before a request.")
            del buffer[: empty.end()]
        if not buffer or buffer == b"\r":
            return None
        first = line_end(buffer, self._limits.line)
        if first is None:
            return None
        line = bytes(buffer[:first])
        end = buffer.find(b"\r\n\r\n", first - 2, self._limits.head) + 4
        if end < 4:
            self._heads.check_line(line)
            block_end(buffer, first - 2, self._limits.head)  # raises an error if it cannot end
            return None
        raw = bytes(buffer[:end])
        del buffer[:end]
        self._empty = 0
        head = self._heads.read(line, raw[first:])
        self._repeated.remember(raw, head)
        return head
