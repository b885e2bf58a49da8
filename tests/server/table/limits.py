"""Requests at a limit and over it."""

from tests.server.table.case import (
    LIMITS,
    LONG_BODY,
    LONG_HEAD,
    LONG_LINE,
    Case,
    chunked,
    ok,
    request,
    sized,
)

LONG = "/" + "a" * (LIMITS.line - len("GET / HTTP/1.1\r\n"))
FIT = LIMITS.head - len(request("GET /a", "Y: "))
WIDE = b"a" * (LIMITS.head - len(b"Y: \r\n\r\n"))
OVER = b"x" * (LIMITS.body + 1)


CASES = (
    Case("the longest line", request(f"GET {LONG}"), ok(f"GET {LONG}")),
    Case("a line too long", request(f"GET {LONG}a"), LONG_LINE),
    Case("a line without end", b"GET /" + b"a" * LIMITS.line, LONG_LINE),
    Case("a method without end", b"a" * LIMITS.line, LONG_LINE),
    Case(
        "a long line behind a request", request("GET /a") + b"GET " * 99, ok("GET /a") + LONG_LINE
    ),
    Case("the largest head", request("GET /a", "Y: " + "a" * FIT), ok("GET /a")),
    Case("a head too large", request("GET /a", "Y: " + "a" * (FIT + 1)), LONG_HEAD),
    Case("a head of space", request("GET /a", "Y: " + " " * (FIT + 1)), LONG_HEAD),
    Case("a head without end", request("GET /a")[:-2] + b"Y: a\r\n" * 99, LONG_HEAD),
    Case("a field without end", request("GET /a")[:-2] + b"Y" * LIMITS.head, LONG_HEAD),
    Case(
        "the largest trailers",
        chunked("POST /a", b"0\r\nY: " + WIDE + b"\r\n\r\n"),
        ok("POST /a"),
    ),
    Case("trailers too large", chunked("POST /a", b"0\r\nY: a" + WIDE + b"\r\n\r\n"), LONG_HEAD),
    Case("trailers without end", chunked("POST /a", b"0\r\n" + b"Y: a\r\n" * 99), LONG_HEAD),
    Case("a body too large", sized("POST /a", OVER), LONG_BODY),
    Case("a body too large, announced", request("POST /a", f"Content-Length: {10**18}"), LONG_BODY),
    Case(
        "a body too large, nothing to continue",
        request("POST /a", f"Content-Length: {10**9}", "Expect: 100-continue"),
        LONG_BODY,
    ),
    Case("a chunk too large", chunked("POST /a", b"41\r\n" + OVER + b"\r\n0\r\n\r\n"), LONG_BODY),
    Case("a chunk of any size", chunked("POST /a", b"ffffffffffffffff\r\n"), LONG_BODY),
    Case(
        "chunks too large",
        chunked("POST /a", b"40\r\n" + OVER[1:] + b"\r\n1\r\nx\r\n0\r\n\r\n"),
        LONG_BODY,
    ),
    Case(
        "a body too large behind a request",
        request("GET /a") + sized("POST /b", OVER) + request("GET /c"),
        ok("GET /a") + LONG_BODY,
    ),
)
