"""Requests that are refused: heads, bodies, sizes over a limit, and streams that end early."""

from tests.server.table.case import (
    CODING,
    CONTINUE,
    EARLY,
    FIELDS,
    HOSTS,
    LIMITS,
    LONG_BODY,
    LONG_CHUNK,
    LONG_HEAD,
    LONG_LINE,
    NO_HOST,
    NO_REQUEST,
    SIZE,
    TARGET,
    Case,
    chunked,
    ok,
    request,
    sized,
    wire,
)

A, OK = request("GET /a"), ok("GET /a")
CHUNKED = "Transfer-Encoding: chunked"
CLIENT_HELLO = bytes.fromhex("16030100750100007103035f")
EXPECT = "Expect: 100-continue"
HTTP_2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
LONG = "/" + "a" * (LIMITS.line - len("GET / HTTP/1.1\r\n"))
FIT = LIMITS.head - len(request("GET /a", "Y: "))
WIDE = b"a" * (LIMITS.head - len(b"Y: \r\n\r\n"))
OVER = b"x" * (LIMITS.body + 1)


def fields(name: str, *lines: str, body: bytes = b"") -> Case:
    """Return a case whose fields cannot be read; the request before it is answered."""
    return Case(name, A + request("POST /b", *lines, body=body), OK + FIELDS)


def head(name: str, sent: bytes, expected: bytes = NO_REQUEST, *, eof: bool = False) -> Case:
    return Case(name, sent, expected, eof=eof)


def hosts(name: str, *lines: str, expected: bytes = HOSTS, **parts: str | None) -> Case:
    target = parts.pop("target", "/a")
    return Case(name, request(f"GET {target}", *lines, **parts), expected)  # type: ignore[arg-type]


def no_size(name: str, body: bytes) -> Case:
    """Return a case whose chunks cannot be read; the request before it is answered."""
    return Case(name, A + chunked("POST /b", body), OK + SIZE)


def chunks(name: str, body: bytes, expected: bytes, *, eof: bool = False) -> Case:
    return Case(name, chunked("POST /a", body), expected, eof=eof)


CASES = (
    # lengths and codings
    fields("differing lengths", "Content-Length: 3", "Content-Length: 4", body=b"abcd"),
    fields("doubled lengths", "Content-Length: 3", "content-length: 3", body=b"abc"),
    fields("a list of lengths", "Content-Length: 3, 3", body=b"abc"),
    fields("two lengths in one", "Content-Length: 3 3", body=b"abc"),
    fields("a negative length", "Content-Length: -3"),
    fields("a signed length", "Content-Length: +3", body=b"abc"),
    fields("a hexadecimal length", "Content-Length: 0x3", body=b"abc"),
    fields("an empty length", "Content-Length: "),
    fields("a length beyond all numbers", "Content-Length: 99999999999999999999"),
    fields("a length with chunks", "Content-Length: 3", CHUNKED, body=b"0\r\n\r\n"),
    fields("chunks with a length", CHUNKED, "Content-Length: 3", body=b"0\r\n\r\n"),
    fields("an unknown coding", "Transfer-Encoding: gzip"),
    fields("chunks inside a coding", "Transfer-Encoding: chunked, gzip"),
    head("a coding inside chunks", request("POST /a", "Transfer-Encoding: gzip, chunked"), CODING),
    fields("chunked twice", "Transfer-Encoding: chunked, chunked"),
    fields("chunked by two fields", CHUNKED, CHUNKED),
    head("chunks in HTTP/1.0", request("POST /a", CHUNKED, version="1.0"), CODING),
    # fields
    fields("a bare CR", "X: a\rY: b"),
    fields("a CR before the line end", "X: a\r"),
    fields("NUL", "X: a\0"),
    fields("a control character", "X: a\x01"),
    fields("DEL", "X: a\x7f"),
    fields("a folded line", "X: a", " b"),
    fields("a line folded with a tab", "X: a", "\tb"),
    fields("a folded empty value", "X: ", " b"),
    fields("a space before the colon", "X : a"),
    fields("a space in a name", "X Y: a"),
    fields("a name in brackets", "(X): a"),
    fields("a name that is not ASCII", "\xe9: a"),
    fields("an empty name", ": a"),
    fields("no colon", "X"),
    head("a space before the first field", b"GET / HTTP/1.1\r\n Host: h\r\n\r\n", FIELDS),
    head("a bare LF", b"GET / HTTP/1.1\r\nHost: h\nX: a\r\n\r\n", FIELDS),
    head("bare LFs", b"GET / HTTP/1.1\nHost: h\n\n"),
    head("a bare LF at the end", b"GET / HTTP/1.1\r\nHost: h\r\n\n", FIELDS),
    head("bare LFs at the end", b"GET / HTTP/1.1\r\nHost: h\n\n", FIELDS),
    head("an unknown expectation",
         request("POST /a", "Expect: 200-ok", "Content-Length: 3", body=b"abc"),
         wire(417, "The only expectation is 100-continue.")),
    # hosts
    hosts("no Host", host=None, expected=NO_HOST),
    hosts("no Host but a whole URL", target="http://h/a", host=None, expected=NO_HOST),
    hosts("two Hosts", "Host: i"),
    hosts("the same Host twice", "Host: h"),
    hosts("two Hosts in HTTP/1.0", "Host: i", version="1.0"),
    hosts("two empty Hosts", "Host:", host=""),
    hosts("two Hosts and a whole URL", "Host: h", target="http://h/a"),
    hosts("a Host with a path", host="h/i"),
    hosts("a Host with a space", host="h i"),
    hosts("a whole URL with a user", target="http://user:password@h/a"),
    # lines
    head("HTTP/2", HTTP_2),
    head("HTTP/0.9", b"GET /\r\n"),
    *(head(f"HTTP/{one}", request("GET /", version=one)) for one in ("1.2", "1.10", "3")),
    head("http/1.1", b"GET / http/1.1\r\nHost: h\r\n\r\n"),
    head("another protocol", b"GET / RTSP/1.1\r\nHost: h\r\n\r\n"),
    head("no method", request("/a")),
    head("nothing but a method", b"GET\r\n"),
    head("two spaces", request("GET  /a")),
    head("a tab", request("GET\t/a")),
    head("a space behind", b"GET / HTTP/1.1 \r\nHost: h\r\n\r\n"),
    head("a space in front", b" " + A),
    head("a space in the target", request("GET /a b")),
    head("a control character in the target", request("GET /a\x01")),
    head("a bare CR in the target", request("GET /a\rb")),
    head("a bare CR in front", b"\r" + A),
    head("a bare LF in front", b"\n" + A),
    head("brackets in the method", request("G(T /a")),
    head("TLS without TLS", CLIENT_HELLO),
    head("JSON", b'{"jsonrpc": "2.0"}'),
    head("garbage behind a good request that is delayed",
         request("GET /thread") + A + b"\0\0\0\0", ok("GET /thread") + OK + NO_REQUEST),
    head("CONNECT", request("CONNECT h:443"), wire(501, "This server is not a proxy.")),
    *(
        head(f"target {target}", request(f"GET {target}"), TARGET)
        for target in ("a", "*", "h:443", "ftp://h/a", "http:///a", "http://", "?a", "#a", "%2F")
    ),
    # bodies
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
    chunks("a chunk too long", b"1\r\nxy\r\n0\r\n\r\n", LONG_CHUNK),
    chunks("a chunk ended by LF", b"1\r\nx\n0\r\n\r\n", LONG_CHUNK),
    chunks("a chunk ended by CR", b"1\r\nx\r0\r\n\r\n", LONG_CHUNK),
    chunks("a bad trailer", b"0\r\nX : a\r\n\r\n", FIELDS),
    chunks("a bare LF behind a trailer", b"0\r\nX: a\n\r\n", FIELDS),
    chunks("a bare LF for the last line", b"0\r\n\n", FIELDS),
    chunks("a bare LF behind trailers", b"0\r\nX: a\r\n\n", FIELDS),
    # sizes
    head("the longest line", request(f"GET {LONG}"), ok(f"GET {LONG}")),
    head("a line too long", request(f"GET {LONG}a"), LONG_LINE),
    head("a line without end", b"GET /" + b"a" * LIMITS.line, LONG_LINE),
    head("a method without end", b"a" * LIMITS.line, LONG_LINE),
    head("a long line behind a request", A + b"GET " * 99, OK + LONG_LINE),
    head("the largest head", request("GET /a", "Y: " + "a" * FIT), OK),
    head("a head too large", request("GET /a", "Y: " + "a" * (FIT + 1)), LONG_HEAD),
    head("a head of space", request("GET /a", "Y: " + " " * (FIT + 1)), LONG_HEAD),
    head("a head without end", A[:-2] + b"Y: a\r\n" * 99, LONG_HEAD),
    head("a field without end", A[:-2] + b"Y" * LIMITS.head, LONG_HEAD),
    chunks("the largest trailers", b"0\r\nY: " + WIDE + b"\r\n\r\n", ok("POST /a")),
    chunks("trailers too large", b"0\r\nY: a" + WIDE + b"\r\n\r\n", LONG_HEAD),
    chunks("trailers without end", b"0\r\n" + b"Y: a\r\n" * 99, LONG_HEAD),
    head("a body too large", sized("POST /a", OVER), LONG_BODY),
    head("a body too large, announced", request("POST /a", f"Content-Length: {10**18}"), LONG_BODY),
    head("a body too large, nothing to continue",
         request("POST /a", f"Content-Length: {10**9}", EXPECT), LONG_BODY),
    chunks("a chunk too large", b"41\r\n" + OVER + b"\r\n0\r\n\r\n", LONG_BODY),
    chunks("a chunk of any size", b"ffffffffffffffff\r\n", LONG_BODY),
    chunks("chunks too large", b"40\r\n" + OVER[1:] + b"\r\n1\r\nx\r\n0\r\n\r\n", LONG_BODY),
    head("a body too large behind a request", A + sized("POST /b", OVER) + A, OK + LONG_BODY),
    # streams that end early
    head("the end in an empty line", b"\r", EARLY, eof=True),
    head("the end in a line", b"GET /", EARLY, eof=True),
    head("the end in a head", b"GET / HTTP/1.1\r\nHost: h\r\n", EARLY, eof=True),
    head("the end in a head behind a delayed answer",
         request("GET /thread") + b"GET / HTTP/1.1\r\n", ok("GET /thread") + EARLY, eof=True),
    head("the end in a body", request("POST /a", "Content-Length: 3", body=b"ab"), EARLY, eof=True),
    head("the end before a body", request("POST /a", "Content-Length: 3"), EARLY, eof=True),
    chunks("the end in a chunk", b"3\r\nab", EARLY, eof=True),
    chunks("the end between chunks", b"3\r\nabc\r\n", EARLY, eof=True),
    chunks("the end before the last line", b"0\r\n", EARLY, eof=True),
    chunks("the end in a trailer", b"0\r\nX: a\r\n", EARLY, eof=True),
    head("the end where a body was to come",
         request("POST /a", "Content-Length: 3", EXPECT), CONTINUE + EARLY, eof=True),
)  # fmt: skip
