"""From bytes, however they were cut on their way, to requests. Knows no socket and no time."""

import re
from enum import Enum, auto
from typing import NamedTuple

from mockserver.model.http import Request
from mockserver.server.bounds import block_end, line_end
from mockserver.server.limits import Limits
from mockserver.server.request_body import ChunkedBody
from mockserver.server.request_head import Head, read_head, read_line

_EMPTY_LINES = re.compile(rb"(?:\r\n)+")
_SHORT = 2048  # bytes of a head that is kept; there may be thousands of connections


class Stage(Enum):
    """What of a request is there so far."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class Incoming(NamedTuple):
    """A whole request, and what its answer says of the connection: see `head.KEEP`."""

    request: Request
    connection: str


class Waiting:
    """A client sends its body once it is told to continue."""


WAITING = Waiting()


class Reader:
    """The requests of one connection, one after another."""

    __slots__ = ("_buffer", "_head", "_last", "_limits", "peer")

    def __init__(self, limits: Limits) -> None:
        self.peer = ""
        self._limits = limits
        self._buffer = bytearray()
        self._head: Head | None = None  # of the request whose body is on its way
        self._last: tuple[bytes, Head] | None = None  # bytes, and what they say

    def receive(self, data: bytes) -> None:
        """Take `data` from the client."""
        self._buffer += data

    @property
    def unread(self) -> int:
        """How many bytes were received that no request has used."""
        return len(self._buffer)

    @property
    def kept(self) -> int:
        """How many bytes are held here."""
        body = None if self._head is None else self._head.body
        return len(self._buffer) + (0 if body is None else body.kept)

    def forget(self) -> None:
        """Let go of all that was received."""
        self._buffer.clear()
        self._head = self._last = None

    @property
    def stage(self) -> Stage:
        """What is there of the request that `next` could not give yet."""
        if self._head is not None:
            return Stage.BODY
        return Stage.HEAD if self._buffer else Stage.NOTHING

    def next(self) -> Incoming | Waiting | None:
        """The next request, if it is whole; WAITING once where its client waits for a 100.

        Raises ProtocolError where there will be none. After that nothing more may be asked.
        """
        head = self._head
        if head is None:
            head = self._take_head()
            if head is None:
                return None
            if head.waits:
                self._head = head
                return WAITING
        body = b"" if head.body is None else head.body.take(self._buffer)
        self._head = head if body is None else None
        if body is None:
            return None
        return Incoming(_request(head, body, self.peer), head.connection)

    def _take_head(self) -> Head | None:
        buffer = self._buffer
        if not buffer:
            return None
        last = self._last
        if last is not None and buffer.startswith(last[0]):
            del buffer[: len(last[0])]
            return last[1]
        empty = _EMPTY_LINES.match(buffer)
        if empty:
            del buffer[: empty.end()]  # RFC 9112, 2.2: some clients send one too many
        if not buffer or buffer == b"\r":
            return None
        first = line_end(buffer, self._limits.line)
        if first is None:
            return None
        line = read_line(bytes(buffer[:first]))
        end = block_end(buffer, first - 2, self._limits.head)
        if end is None:
            return None
        raw = bytes(buffer[:end])
        del buffer[:end]
        head = read_head(line, raw[first:], self._limits)
        self._remember(raw, head)
        return head

    def _remember(self, raw: bytes, head: Head) -> None:
        """On a kept connection most clients send the same head again and again."""
        again = len(raw) <= _SHORT and not isinstance(head.body, ChunkedBody)  # has a state
        self._last = (raw, head) if again else None


def _request(head: Head, body: bytes, peer: str) -> Request:
    return Request(head.method, head.path, head.query, head.headers, body, peer, head.target)
