"""Valid requests: connections, targets, methods, fields, bodies, and answers of all kinds."""

from mockserver.adapters.framing import FINAL_BYTES
from mockserver.model.http import Fault
from tests.server.echo import DATE, LARGE, line
from tests.server.table.case import (
    CLOSE,
    CONTINUE,
    FAILED,
    KEPT,
    LIMITS,
    Case,
    chunked,
    ok,
    pipelined,
    request,
    said,
    sized,
    wire,
)

A, OK = request("GET /a"), ok("GET /a")
CLOSED = ok("GET /a", connection=CLOSE)
ABC = b"3\r\nabc\r\n0\r\n\r\n"
FULL = bytes(range(256))[-LIMITS.body :]
H2C = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
WEBSOCKET = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
EXPECT = "Expect: 100-Continue"
OLD_EXPECT = (EXPECT, "Connection: keep-alive", "Content-Length: 3")
CHUNKS = b"3\r\na\r\n\r\n1\r\n0\r\n00A\r\n0123456789\r\n00\r\n\r\n"
TRAILERS = b"3\r\nabc\r\n0\r\nX: 1\r\nAuthorization: Basic eA==\r\n\r\n"
FULL_CHUNKS = b"20\r\n" + FULL[:32] + b"\r\n20\r\n" + FULL[32:] + b"\r\n0\r\n\r\n"


def get(name: str, target: str, query: str = "", **shown: str) -> Case:
    """Return a case of a GET; the path that the echo shows is /a unless `path` says otherwise."""
    path = shown.pop("path", "/a")
    return Case(name, request(f"GET {target}"), ok(f"GET {path}", query, **shown))


def fields(name: str, *lines: str, connection: str = "", **shown: str) -> Case:
    """Return a case of GET /a with header fields."""
    return Case(name, request("GET /a", *lines), ok("GET /a", connection=connection, **shown))


def old(name: str, *lines: str, connection: str = CLOSE) -> Case:
    """Return a case of HTTP/1.0."""
    return Case(name, request("GET /a", *lines, version="1.0"), ok("GET /a", "", connection))


def posted(name: str, sent: bytes, body: bytes = b"abc", first: bytes = b"") -> Case:
    """Return a case of a body; `first` comes before its answer."""
    return Case(name, sent, first + ok("POST /a", body=body))


def bare(name: str, sent: str, status: str) -> Case:
    """Return a case of an answer without a body, and of a request behind it."""
    head = f"HTTP/1.1 {status}\r\nDate: {DATE}\r\n\r\n".encode()
    return Case(name, request(sent) + A, head + OK)


def failed(path: str) -> Case:
    return Case(f"failed: {path}", request(f"GET {path}") + A, FAILED + OK)


def faults(name: str, before: str, behind: bytes = b"") -> list[Case]:
    """Return a case for each fault that ends a connection in order."""
    return [
        Case(f"{fault} {name}", request(f"GET {before}/{fault}") + behind, words, closed=True)
        for fault, words in FINAL_BYTES.items()
    ]


CASES = (
    # connections
    pipelined("a connection is kept", "/a"),
    pipelined("two requests at once", "/a", "/b"),
    pipelined("three at once, the second delayed", "/a", "/later", "/c"),
    pipelined("three at once, the second in a thread", "/a", "/thread", "/c"),
    pipelined("three at once, the second in a thread and delayed", "/a", "/thread-later", "/c"),
    pipelined("nine at once, more than is read ahead", *["/a"] * 9),
    pipelined("nine behind a delayed one, more than is read ahead", "/later", *["/a"] * 9),
    fields("asked to close", "Connection: close", connection=CLOSE),
    fields("asked to close, among other options", "Connection: TE,  Close ,x", connection=CLOSE),
    fields("an option that sounds like it", "Connection: closed"),
    Case("nothing is answered after close", request("GET /a", "Connection: close") + A, CLOSED),
    old("HTTP/1.0"),
    Case("HTTP/1.0 without Host", request("GET /a", host=None, version="1.0"),
         ok("GET /a", connection=CLOSE, host="")),
    old("HTTP/1.0 kept", "Connection: Keep-Alive", connection=KEPT),
    old("HTTP/1.0 of two minds", "Connection: keep-alive, close"),
    pipelined("half closed", "/a", eof=True),
    pipelined("half closed behind two", "/a", "/a", eof=True),
    pipelined("half closed before a delayed answer", "/later", eof=True),
    pipelined("half closed before a thread's", "/thread", eof=True),
    pipelined("half closed, one waiting behind a delayed one", "/later", "/a", eof=True),
    pipelined("half closed at once", eof=True),
    Case("empty lines in front", b"\r\n\r\n" + A, OK),
    Case("empty lines between", A + b"\r\n" + A + b"\r\n\r\n\r\n", OK * 2),
    # targets
    get("a query as sent", "/a?b=%20&c=d?e", "b=%20&c=d?e"),
    get("an empty query", "/a?"),
    get("Latin-1 in a query", "/a?\xe9", "é"),
    get("a path percent-decoded", "/a%20b%C3%A9%2f", path="/a bé/"),
    get("a path that is no UTF-8", "/%ff", path="/\ufffd"),
    get("a path of raw UTF-8", "/\xc3\xa9", path="/é"),
    get("a percent that is one", "/100%/%zz%2", path="/100%/%zz%2"),
    get("two slashes are kept", "//a//b", path="//a//b"),
    get("encoded slashes are kept, too", "/%2Fa", path="//a"),
    get("a fragment is dropped", "/a?b#c?d", "b"),
    get("a whole URL goes before Host", "http://other:80/a?b", "b", host="other:80"),
    Case("a whole URL without Host, HTTP/1.0",
         request("GET HTTPS://other/a", host=None, version="1.0"),
         ok("GET /a", connection=CLOSE, host="other")),
    get("a whole URL without path", "http://o", path="/", host="o"),
    get("a whole URL without path but query", "http://o?q", "q", path="/", host="o"),
    get("a whole URL with a fragment", "http://o/a#/b", host="o"),
    *(
        Case(first, request(first), ok(first))
        for first in ("OPTIONS *", "OPTIONS /a", "FROBNICATE /a", "get /a", "DESCRIBE /a")
    ),
    Case("a method of all characters", request("!#$%&'*+-.^_`|~ /"), ok("!#$%&'*+-.^_`|~ /")),
    # fields
    fields("a value is trimmed", "X: \t 1 2\t ", x="1 2"),
    fields("no space before a value", "X:1", x="1"),
    fields("an empty value", "X:", "Y: "),
    fields("Latin-1 in a value", "X: \xe9", x="é"),
    fields("a field sent twice", "X: 1", "x: 2", x="1, 2"),
    fields("a name of odd characters", "X!#$%&'*+-.^_`|~: 1"),
    Case("a Host with a port", request("GET /a", host="[::1]:80"), ok("GET /a", host="[::1]:80")),
    Case("an empty Host", request("GET /a", host=""), ok("GET /a", host="")),
    # bodies
    posted("a length", sized("POST /a", b"\0\r\n\r\nGET"), b"\0\r\n\r\nGET"),
    posted("the largest body", sized("POST /a", FULL), FULL),
    posted("no length, no body", request("POST /a"), b""),
    posted("length 0", sized("POST /a", b""), b""),
    posted("zeros before a length", request("POST /a", "Content-Length: 0003", body=b"abc")),
    posted("space behind a length", request("POST /a", "Content-Length: 3 ", body=b"abc")),
    Case("a body with GET", sized("GET /a", b"abc"), ok("GET /a", body=b"abc")),
    posted("three bodies at once",
           sized("POST /a", b"abc") + sized("PUT /b", b"") + sized("POST /a", A), A,
           ok("POST /a", body=b"abc") + ok("PUT /b")),
    Case("a body for a thread", sized("POST /thread", b"abc"), ok("POST /thread", body=b"abc")),
    posted("one chunk", chunked("POST /a", ABC)),
    posted("no chunk", chunked("POST /a", b"0\r\n\r\n"), b""),
    posted("chunks", chunked("POST /a", CHUNKS), b"a\r\n00123456789"),
    posted("capitals", request("POST /a", "transfer-encoding: CHUNKED", body=ABC)),
    posted("extensions are dropped",
           chunked("POST /a", b'3;a=b;c\r\nabc\r\n1 ;d="e f"\r\nd\r\n0;\r\n\r\n'), b"abcd"),
    posted("trailers are dropped", chunked("POST /a", TRAILERS)),
    Case("a trailer and a request behind",
         chunked("POST /a", b"0\r\nX: 1\r\n\r\n") + A, ok("POST /a") + OK),
    posted("the largest body in chunks", chunked("POST /a", FULL_CHUNKS), FULL),
    Case("chunks and requests behind",
         chunked("POST /a", ABC) * 2 + A, ok("POST /a", body=b"abc") * 2 + OK),
    # 100-continue
    posted("told to continue", sized("POST /a", b"abc", EXPECT), first=CONTINUE),
    posted("told to continue with chunks", chunked("POST /a", ABC, EXPECT), first=CONTINUE),
    posted("told to continue in its turn", sized("POST /a", b"abc", EXPECT) * 2,
           first=CONTINUE + ok("POST /a", body=b"abc") + CONTINUE),
    posted("told to continue, and no body", sized("POST /a", b"", EXPECT), b"", CONTINUE),
    fields("nothing to continue", EXPECT),
    Case("HTTP/1.0 expects nothing", request("POST /a", *OLD_EXPECT, version="1.0", body=b"abc"),
         ok("POST /a", connection=KEPT, body=b"abc")),
    # offers
    fields("an upgrade is not taken", *H2C),
    posted("an upgrade with a body", sized("POST /a", b"abc", *H2C)),
    posted("an upgrade with chunks", chunked("POST /a", ABC, *H2C)),
    Case("upgrades at once", sized("POST /a", b"abc", *H2C) * 2 + request("GET /a", *H2C) * 2,
         ok("POST /a", body=b"abc") * 2 + OK * 2),
    fields("a WebSocket is not taken", *WEBSOCKET),
    fields("an upgrade that is not offered here", "Upgrade: h2c"),
    # answers other than a 200 with a body
    Case("HEAD", request("HEAD /a") + A, said(line("HEAD", "/a"), head=True) + OK),
    Case("HEAD of what fails", request("HEAD /raise") + A, FAILED.split(b"An ")[0] + OK),
    bare("HEAD without a body", "HEAD /204", "204 No Content"),
    bare("204", "GET /204", "204 No Content"),
    bare("304", "GET /304", "304 Not Modified"),
    Case("a status without a name", request("GET /299") + A, said(b"unnamed", "", "299 ") + OK),
    Case("no final status", request("GET /100"),
         f"HTTP/1.1 100 Continue\r\nDate: {DATE}\r\n{CLOSE}\r\n".encode()),
    Case("a close of its own", request("GET /close") + A, said(b"bye", CLOSE)),
    Case("framing is the wire's", request("GET /framing") + A, said(b"ours") + OK),
    Case("header fields in order", request("GET /headers"),
         said(b"", more="Set-Cookie: a=1\r\nB: é\r\nSet-Cookie: b=2\r\n")),
    Case("a large body", request("GET /large") * 3, said(b"x" * LARGE) * 3),
    Case("a large last body", request("GET /large", "Connection: close"),
         said(b"x" * LARGE, CLOSE)),
    *map(failed, ("/raise", "/none", "/99", "/1000", "/snowman")),
    *map(failed, ("/split-value", "/split-name", "/split-cr", "/thread-raise", "/thread-none")),
    Case("failed and asked to close", request("GET /raise", "Connection: close"),
         wire(500, "An internal error occurred.")),
    *faults("at once", ""),
    *faults("delayed", "/later"),
    *faults("ends what is behind", "", A),
    Case("a fault behind an answer", A + request(f"GET /{Fault.RANDOM_DATA_THEN_CLOSE}"),
         OK + FINAL_BYTES[Fault.RANDOM_DATA_THEN_CLOSE], closed=True),
)  # fmt: skip
