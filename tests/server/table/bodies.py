"""Valid requests with a body, or with an offer to change the protocol."""

from tests.server.table.case import CONTINUE, LIMITS, Case, chunked, ok, request, sized

FULL = bytes(range(256))[-LIMITS.body :]
H2C = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
EXPECT = "Expect: 100-Continue"


def posted(body: bytes) -> bytes:
    return ok("POST /a", body=body)


CASES = (
    Case("a length", sized("POST /a", b"\0\r\n\r\nGET"), posted(b"\0\r\n\r\nGET")),
    Case("the largest body", sized("POST /a", FULL), posted(FULL)),
    Case("no length, no body", request("POST /a"), posted(b"")),
    Case("length 0", sized("POST /a", b""), posted(b"")),
    Case(
        "zeros before a length",
        request("POST /a", "Content-Length: 0003", body=b"abc"),
        posted(b"abc"),
    ),
    Case(
        "space behind a length",
        request("POST /a", "Content-Length: 3 ", body=b"abc"),
        posted(b"abc"),
    ),
    Case("a body with GET", sized("GET /a", b"abc"), ok("GET /a", body=b"abc")),
    Case(
        "three bodies at once",
        sized("POST /a", b"abc")
        + sized("PUT /b", b"")
        + sized("POST /a", b"GET / HTTP/1.1\r\n\r\n"),
        posted(b"abc") + ok("PUT /b") + posted(b"GET / HTTP/1.1\r\n\r\n"),
    ),
    Case(
        "a body behind a thread's", sized("POST /thread", b"abc"), ok("POST /thread", body=b"abc")
    ),
    # chunks
    Case("one chunk", chunked("POST /a", b"3\r\nabc\r\n0\r\n\r\n"), posted(b"abc")),
    Case("no chunk", chunked("POST /a", b"0\r\n\r\n"), posted(b"")),
    Case(
        "chunks",
        chunked("POST /a", b"3\r\na\r\n\r\n1\r\n0\r\n00A\r\n0123456789\r\n00\r\n\r\n"),
        posted(b"a\r\n00123456789"),
    ),
    Case(
        "capitals",
        request("POST /a", "transfer-encoding: CHUNKED", body=b"a\r\n0123456789\r\n0\r\n\r\n"),
        posted(b"0123456789"),
    ),
    Case(
        "extensions are dropped",
        chunked("POST /a", b'3;a=b;c\r\nabc\r\n1 ;d="e f"\r\nd\r\n0;\r\n\r\n'),
        posted(b"abcd"),
    ),
    Case(
        "trailers are dropped",
        chunked("POST /a", b"3\r\nabc\r\n0\r\nX: 1\r\nAuthorization: Basic eA==\r\n\r\n"),
        posted(b"abc"),
    ),
    Case(
        "a trailer and a request behind",
        chunked("POST /a", b"0\r\nX: 1\r\n\r\n") + request("GET /b"),
        posted(b"") + ok("GET /b"),
    ),
    Case(
        "the largest body in chunks",
        chunked("POST /a", b"20\r\n" + FULL[:32] + b"\r\n20\r\n" + FULL[32:] + b"\r\n0\r\n\r\n"),
        posted(FULL),
    ),
    Case(
        "chunks and requests behind",
        chunked("POST /a", b"1\r\nx\r\n0\r\n\r\n") * 2 + request("GET /b"),
        posted(b"x") * 2 + ok("GET /b"),
    ),
    # 100-continue
    Case("told to continue", sized("POST /a", b"abc", EXPECT), CONTINUE + posted(b"abc")),
    Case(
        "told to continue with chunks",
        chunked("POST /a", b"3\r\nabc\r\n0\r\n\r\n", EXPECT),
        CONTINUE + posted(b"abc"),
    ),
    Case(
        "told to continue in its turn",
        sized("POST /a", b"abc", EXPECT) * 2,
        (CONTINUE + posted(b"abc")) * 2,
    ),
    Case("told to continue, and no body", sized("POST /a", b"", EXPECT), CONTINUE + posted(b"")),
    Case("nothing to continue", request("GET /a", EXPECT), ok("GET /a")),
    Case(
        "HTTP/1.0 expects nothing",
        request(
            "POST /a",
            EXPECT,
            "Connection: keep-alive",
            "Content-Length: 3",
            version="1.0",
            body=b"abc",
        ),
        ok("POST /a", connection="Connection: keep-alive\r\n", body=b"abc"),
    ),
    # offers
    Case("an upgrade is not taken", request("GET /a", *H2C), ok("GET /a")),
    Case("an upgrade with a body", sized("POST /a", b"abc", *H2C), posted(b"abc")),
    Case(
        "an upgrade with chunks",
        chunked("POST /a", b"3\r\nabc\r\n0\r\n\r\n", *H2C),
        posted(b"abc"),
    ),
    Case(
        "upgrades at once",
        sized("POST /a", b"abc", *H2C) * 2 + request("GET /b", *H2C) * 2,
        posted(b"abc") * 2 + ok("GET /b") * 2,
    ),
    Case(
        "a WebSocket is not taken",
        request("GET /a", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
        ok("GET /a"),
    ),
    Case("an upgrade that is not offered here", request("GET /a", "Upgrade: h2c"), ok("GET /a")),
)
