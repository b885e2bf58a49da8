"""Bodies that are refused."""

from tests.server.table.case import (
    CONTINUE,
    EARLY,
    FIELDS,
    LONG_CHUNK,
    SIZE,
    Case,
    chunked,
    ok,
    request,
)


def no_size(name: str, body: bytes) -> Case:
    """Return a case whose chunks cannot be read; the request before it is answered."""
    return Case(name, request("GET /a") + chunked("POST /b", body), ok("GET /a") + SIZE)


CASES = (
    no_size("a size that is no number", b"g\r\n"),
    no_size("a size that ends as none", b"1g\r\n"),
    no_size("no size", b"\r\n"),
    no_size("no size but an extension", b";a\r\n"),
    no_size("a negative size", b"-1\r\n"),
    no_size("a signed size", b"+1\r\nx\r\n0\r\n\r\n"),
    no_size("a size with a prefix", b"0x1\r\nx\r\n0\r\n\r\n"),
    no_size("a size with an underscore", b"1_0\r\n"),
    no_size("a space before a size", b" 1\r\nx\r\n0\r\n\r\n"),
    no_size("a space behind a size", b"1 \r\nx\r\n0\r\n\r\n"),
    no_size("a size of 17 digits", b"00000000000000001\r\nx\r\n0\r\n\r\n"),
    no_size("a bare LF behind a size", b"1\nx\r\n0\r\n\r\n"),
    no_size("a bare CR behind a size", b"1\rx\r\n0\r\n\r\n"),
    no_size("a control character in an extension", b"1;a\0\r\nx\r\n0\r\n\r\n"),
    no_size("an endless extension", b"1;" + b"a" * 1022),
    no_size("a large extension", b"1;" + b"a" * 1022 + b"\r\nx\r\n0\r\n\r\n"),
    no_size("garbage instead of the last size", b"1\r\nx\r\n\r\n\r\n"),
    Case("a chunk too long", chunked("POST /a", b"1\r\nxy\r\n0\r\n\r\n"), LONG_CHUNK),
    Case("a chunk ended by LF", chunked("POST /a", b"1\r\nx\n0\r\n\r\n"), LONG_CHUNK),
    Case("a chunk ended by CR", chunked("POST /a", b"1\r\nx\r0\r\n\r\n"), LONG_CHUNK),
    Case("a bad trailer", chunked("POST /a", b"0\r\nX : a\r\n\r\n"), FIELDS),
    Case("a bare LF behind a trailer", chunked("POST /a", b"0\r\nX: a\n\r\n"), FIELDS),
    Case("a bare LF for the last line", chunked("POST /a", b"0\r\n\n"), FIELDS),
    Case("a bare LF behind trailers", chunked("POST /a", b"0\r\nX: a\r\n\n"), FIELDS),
    # the end
    Case("the end in a body", request("POST /a", "Content-Length: 3", body=b"ab"), EARLY, eof=True),
    Case("the end before a body", request("POST /a", "Content-Length: 3"), EARLY, eof=True),
    Case("the end in a chunk", chunked("POST /a", b"3\r\nab"), EARLY, eof=True),
    Case("the end between chunks", chunked("POST /a", b"3\r\nabc\r\n"), EARLY, eof=True),
    Case("the end before the last line", chunked("POST /a", b"0\r\n"), EARLY, eof=True),
    Case("the end in a trailer", chunked("POST /a", b"0\r\nX: a\r\n"), EARLY, eof=True),
    Case(
        "the end where a body was to come",
        request("POST /a", "Content-Length: 3", "Expect: 100-continue"),
        CONTINUE + EARLY,
        eof=True,
    ),
)
