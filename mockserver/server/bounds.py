"""Where lines and blocks of lines end.

What is refused here is refused at the first byte that makes it wrong, however the bytes were cut
on their way: a client that sends nonsense is told so, and not left to a time limit.
"""

import re

from mockserver.server.protocol_error import UNREADABLE_FIELDS, ProtocolError

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]")


def line_end(buffer: bytearray, limit: int) -> int | None:
    """The index behind the request line at the front of `buffer`; None until it is whole.

    ProtocolError: 400 where no method begins, 414 over `limit` bytes.
    """
    if not _TOKEN.match(buffer):
        raise ProtocolError(400, "This is no HTTP/1.1 request.")
    end = buffer.find(b"\n", 0, limit)
    if end >= 0:
        return end + 1
    if len(buffer) >= limit:
        raise ProtocolError(414, f"The request line is over {limit} bytes.")
    return None


def block_end(buffer: bytearray, start: int, limit: int) -> int | None:
    """The index behind the first empty line from `start` on; None until it is there.

    ProtocolError: 400 for a line that ends without CR, 431 over `limit` bytes from the front.
    """
    end = buffer.find(b"\r\n\r\n", start, limit)
    if end >= 0:
        return end + 4
    lines = buffer[start:limit]
    if lines.count(b"\n") != lines.count(b"\r\n"):
        raise ProtocolError(400, UNREADABLE_FIELDS)
    if len(buffer) >= limit:
        raise ProtocolError(431, f"The header fields are over {limit} bytes.")
    return None
