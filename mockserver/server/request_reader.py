"""From bytes, however they were cut on their way, to requests: no socket, no time."""

import re
from enum import Enum, auto
from typing import NamedTuple

from mockserver.model.http import Request
from mockserver.server.chunked_body import ChunkedBody
from mockserver.server.limits import Limits, ProtocolError, block_end, line_end
from mockserver.server.request_head import DECIDING, Head, HeadReader

_EMPTY_LINES = re.compile(rb"(?:\r\n)+")
_CR = ord("\r")
_LONGEST = 2048  # bytes of a head that is remembered; there may be thousands of connections
_MOST_VARYING = 4  # fields; each of them takes time in each request
_MOST_COMPARED = 8  # heads of a connection that turn out to differ in something else


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


class RepeatedHead:
    """The last head of a connection, and those of its fields whose values vary.

    On a kept connection most clients send the same head again and again. Some send another value
    of a few fields in each request, such as the id of a trace.
    """

    __slots__ = ("_after", "_compared", "_head", "_limits", "_line", "_raw", "_start", "_varying")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._compared = 0  # in vain
        self.forget()

    def forget(self) -> None:
        """Forget the head."""
        self._head: Head | None = None
        self._line = b""  # the request line
        self._raw = b""  # the whole head
        self._varying: frozenset[int] = frozenset()  # indexes of lines
        self._start = b""  # up to the value of the first field that varies, or the whole head
        # For each field that varies: its index in `Headers.pairs`, and the bytes that follow its
        # value, up to the value of the next such field or to the end of the head.
        self._after: list[tuple[int, bytes]] = []

    def take(self, buffer: bytearray) -> Head | None:
        """Remove a head from the start of `buffer` and return it.

        Return None, and remove nothing, if `buffer` does not begin with the last head, other values
        of the varying fields aside. It may then begin with another, an incomplete or an invalid
        head.
        """
        head = self._head
        if head is None or not buffer.startswith(self._start):
            return None
        at = len(self._start)
        if not self._after:
            del buffer[:at]
            return head
        headers = head.headers
        for index, after in self._after:
            end = buffer.find(b"\r\n", at)
            value = buffer[at:end].strip(b" \t").decode("latin-1")
            # A printable text has no control characters. A head with another value, such as one
            # with a tab, may be valid, but has to be read.
            if not value.isprintable() or not buffer.startswith(after, end):
                return None
            headers = headers.with_value(index, value)
            at = end + len(after)
        if at > self._limits.head:
            return None
        del buffer[:at]
        return head.with_headers(headers)

    def remember(self, line: bytes, raw: bytes, head: Head) -> None:
        """Remember `head` as the last one; `raw` are its bytes, which begin with `line`."""
        if len(raw) > _LONGEST:
            self.forget()
            return
        varying: frozenset[int] = frozenset()
        if line == self._line and self._compared < _MOST_COMPARED:
            lines = raw.split(b"\r\n")
            varying = self._all_varying(lines, head)
            if not varying:
                self._compared += 1
        self._head, self._line, self._raw, self._varying = head, line, raw, varying
        if varying:
            self._divide(lines, sorted(varying), head)
        else:
            self._start, self._after = raw, []

    def _all_varying(self, lines: list[bytes], head: Head) -> frozenset[int]:
        """Return the indexes of the lines that differ from the last head, or have differed before.

        Return none if there are more than `_MOST_VARYING`, or if one of them must not vary.
        """
        last = self._raw.split(b"\r\n")
        if len(lines) != len(last):
            return frozenset()
        differing = [number for number, line in enumerate(lines) if line != last[number]]
        varying = self._varying.union(differing)
        if len(varying) > _MOST_VARYING:
            return frozenset()
        for number in differing:
            if _key(lines[number]) in DECIDING or len(_indexes(lines[number], head)) > 1:
                return frozenset()
        return varying

    def _divide(self, lines: list[bytes], varying: list[int], head: Head) -> None:
        """Set the bytes around the values of the fields in the lines `varying`."""
        ends = [*varying[1:], len(lines)]
        self._start = b"\r\n".join([*lines[: varying[0]], _name(lines[varying[0]]) + b":"])
        self._after = []
        for number, end in zip(varying, ends, strict=True):
            between = [b"", *lines[number + 1 : end]]
            if end < len(lines):
                between.append(_name(lines[end]) + b":")
            index = _indexes(lines[number], head)[0]
            self._after.append((index, b"\r\n".join(between)))


def _name(line: bytes) -> bytes:
    return line.partition(b":")[0]


def _key(line: bytes) -> str:
    return _name(line).decode().lower()


def _indexes(line: bytes, head: Head) -> list[int]:
    """Return where in `head` there are fields with the name in `line`."""
    key = _key(line)
    return [index for index, pair in enumerate(head.headers.pairs) if pair[0].lower() == key]


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
        self._repeated.remember(line, raw, head)
        return head
