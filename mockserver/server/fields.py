"""Header fields, as llhttp reads them."""

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from mockserver.server.protocol_error import UNREADABLE_FIELDS, ProtocolError

# llhttp sees a request line of ours: it refuses methods that it has no name for (a vendor may
# not), and with some that it has it goes on to read RTSP or ICE.
_ANY_LINE = b"POST / HTTP/1.1\r\n"


class _Fields:
    """What llhttp calls back."""

    __slots__ = ("pairs",)

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        pair = name.decode("latin-1"), value.rstrip(b" \t").decode("latin-1")
        self.pairs.append(pair)


def read_fields(block: bytes) -> list[tuple[str, str]]:
    """The fields of `block`, which ends with its empty line, in order; bytes as Latin-1.

    ProtocolError with 400: folded lines, spaced or empty names, control characters, line ends other
    than CRLF, lengths that differ or are doubled, a length along with a transfer coding.
    """
    fields = _Fields()
    try:
        # A new parser each time: it would wait for the body that the fields announce.
        HttpRequestParser(fields).feed_data(_ANY_LINE + block)
    except HttpParserUpgrade:
        pass  # an offer that is not taken: the request is answered as it is
    except HttpParserError:
        raise ProtocolError(400, UNREADABLE_FIELDS) from None
    return fields.pairs
