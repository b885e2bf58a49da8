"""A body on the wire: how long it is, and where it ends."""

import re

from mockserver.model.http import Headers
from mockserver.server.bounds import block_end
from mockserver.server.fields import read_fields
from mockserver.server.limits import Limits
from mockserver.server.protocol_error import ProtocolError

_SIZE_LINE = 1024  # bytes of a chunk's first line, its extensions with it
_EXTENSIONS = rb"(?:[ \t]*;[\t -~\x80-\xff]*)?"
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})" + _EXTENSIONS + rb"\r\n")
_PART_OF_SIZE = re.compile(rb"(?:[0-9A-Fa-f]{1,16}[ \t]*" + _EXTENSIONS + rb"\r?)?")


class CountedBody:
    """A body with a Content-Length."""

    __slots__ = ("_length",)

    kept = 0
    """Bytes taken from the buffer so far."""

    def __init__(self, length: int) -> None:
        self._length = length

    def take(self, buffer: bytearray) -> bytes | None:
        """The body, removed from `buffer`; None until all of it is there."""
        if len(buffer) < self._length:
            return None
        body = bytes(buffer[: self._length])
        del buffer[: self._length]
        return body


class ChunkedBody:
    """A chunked body. Extensions and trailers are checked and dropped."""

    __slots__ = ("_body", "_limits", "_size")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._body = bytearray()
        self._size: int | None = None  # of the chunk that comes next, once known

    @property
    def kept(self) -> int:
        """Bytes taken from the buffer so far."""
        return len(self._body)

    def take(self, buffer: bytearray) -> bytes | None:
        """The body, removed from `buffer`; None until all of it is there.

        ProtocolError: 400 for broken chunks or trailers, 413 and 431 where one is too large.
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


Body = CountedBody | ChunkedBody


def body_of(headers: Headers, http_1_1: bool, limits: Limits) -> Body | None:
    """The body that `headers` announce, if any.

    ProtocolError: 400 for a length that is no number, or a transfer coding other than chunked, 413
    for too great a length.
    """
    coding = headers.get("Transfer-Encoding")
    if coding is not None:
        if coding.lower() != "chunked" or not http_1_1:
            raise ProtocolError(400, "The only transfer coding is chunked, in HTTP/1.1.")
        return ChunkedBody(limits)
    length = headers.get("Content-Length")
    if length is None:
        return None
    # llhttp lets nothing through but digits, few enough for 64 bits
    if int(length) > limits.body:
        raise ProtocolError(413, f"The body is over {limits.body} bytes.")
    return CountedBody(int(length))
