"""The body of a request with a chunked transfer coding."""

import re

from mockserver.server.limits import Limits, ProtocolError, block_end
from mockserver.server.request_head import read_fields

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
