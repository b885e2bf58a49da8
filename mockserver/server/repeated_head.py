"""Heads that follow on one connection: what a head shares with the last one is not read again."""

from mockserver.server.limits import Limits
from mockserver.server.request_head import DECIDING, Head

_LONGEST = 2048  # bytes of a head that is remembered; there may be thousands of connections
_MOST_VARYING = 4  # fields; each of them takes time in each request


class RepeatedHead:
    """The last head of a connection, and those of its fields whose values vary.

    On a kept connection most clients send the same head again and again. Some send another value
    of a few fields in each request, such as the id of a trace.
    """

    __slots__ = ("_after", "_head", "_limits", "_lines", "_start", "_varying")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.forget()

    def forget(self) -> None:
        """Forget the head."""
        self._head: Head | None = None
        self._lines: list[bytes] = []  # of the head; the first one is the request line
        self._varying: frozenset[int] = frozenset()  # indexes of lines
        self._start = b""  # up to the value of the first field that varies, or the whole head
        # For each field that varies: its index in `Headers.pairs`, and the bytes that follow its
        # value, up to the value of the next such field or to the end of the head.
        self._after: list[tuple[int, bytes]] = []

    def take(self, buffer: bytearray) -> Head | None:
        """Remove a head from the start of `buffer` and return it.

        None if what `buffer` starts with differs from the last head in more than the values of the
        fields that vary. It may be incomplete or invalid, and nothing was removed.
        """
        head = self._head
        if head is None or not buffer.startswith(self._start):
            return None
        at = len(self._start)
        for index, after in self._after:
            end = buffer.find(b"\r\n", at)
            value = buffer[at:end].strip(b" \t").decode("latin-1")
            # A printable text has no control characters. A head with another value, such as one
            # with a tab, may be valid, but has to be read.
            if not value.isprintable() or not buffer.startswith(after, end):
                return None
            head = head.with_headers(head.headers.with_value(index, value))
            at = end + len(after)
        if at > self._limits.head:
            return None
        del buffer[:at]
        return head

    def remember(self, raw: bytes, head: Head) -> None:
        """Remember `head`, which was read from the bytes `raw`, as the last one."""
        if len(raw) > _LONGEST:
            self.forget()
            return
        lines = raw.split(b"\r\n")
        varying = self._all_varying(lines, head)
        self._head, self._lines, self._varying = head, lines, varying
        if varying:
            self._divide(sorted(varying), head)
        else:
            self._start, self._after = raw, []

    def _all_varying(self, lines: list[bytes], head: Head) -> frozenset[int]:
        """Return the lines in which `lines` or a head before it differs; none if it is too much."""
        last = self._lines
        if len(lines) != len(last) or lines[0] != last[0]:
            return frozenset()
        differing = {number for number, line in enumerate(lines) if line != last[number]}
        varying = self._varying | differing
        may_vary = len(varying) <= _MOST_VARYING and all(
            len(_indexes(lines[number], head)) == 1
            and _name(lines[number]).decode().lower() not in DECIDING
            for number in differing
        )
        return varying if may_vary else frozenset()

    def _divide(self, varying: list[int], head: Head) -> None:
        """Set the bytes around the values of the fields in the lines `varying`."""
        lines = self._lines
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


def _indexes(line: bytes, head: Head) -> list[int]:
    """Return where in `head` there are fields with the name in `line`."""
    name = _name(line).decode().lower()
    return [index for index, pair in enumerate(head.headers.pairs) if pair[0].lower() == name]
