"""Heads that are refused."""

from tests.server.table.case import (
    CODING,
    EARLY,
    FIELDS,
    HOSTS,
    NO_HOST,
    NO_REQUEST,
    TARGET,
    Case,
    ok,
    request,
    wire,
)

CLIENT_HELLO = bytes.fromhex("16030100750100007103035f")


def fields(name: str, *lines: str, body: bytes = b"") -> Case:
    """Return a case whose fields cannot be read; the request before it is answered."""
    sent = request("GET /a") + request("POST /b", *lines, body=body)
    return Case(name, sent, ok("GET /a") + FIELDS)


def no_request(name: str, sent: bytes) -> Case:
    return Case(name, sent, NO_REQUEST)


def no_path(target: str) -> Case:
    return Case(f"target {target}", request(f"GET {target}"), TARGET)


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
    fields(
        "a length with chunks", "Content-Length: 3", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"
    ),
    fields(
        "chunks with a length", "Transfer-Encoding: chunked", "Content-Length: 3", body=b"0\r\n\r\n"
    ),
    fields("an unknown coding", "Transfer-Encoding: gzip"),
    fields("chunks inside a coding", "Transfer-Encoding: chunked, gzip"),
    Case("a coding inside chunks", request("POST /a", "Transfer-Encoding: gzip, chunked"), CODING),
    fields("chunked twice", "Transfer-Encoding: chunked, chunked"),
    fields("chunked by two fields", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    Case(
        "chunks in HTTP/1.0",
        request("POST /a", "Transfer-Encoding: chunked", version="1.0"),
        CODING,
    ),
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
    Case("a space before the first field", b"GET / HTTP/1.1\r\n Host: h\r\n\r\n", FIELDS),
    Case("a bare LF", b"GET / HTTP/1.1\r\nHost: h\nX: a\r\n\r\n", FIELDS),
    Case("bare LFs", b"GET / HTTP/1.1\nHost: h\n\n", NO_REQUEST),
    Case("a bare LF at the end", b"GET / HTTP/1.1\r\nHost: h\r\n\n", FIELDS),
    Case("bare LFs at the end", b"GET / HTTP/1.1\r\nHost: h\n\n", FIELDS),
    Case(
        "an unknown expectation",
        request("POST /a", "Expect: 200-ok", "Content-Length: 3", body=b"abc"),
        wire(417, "The only expectation is 100-continue."),
    ),
    # hosts
    Case("no Host", request("GET /a", host=None), NO_HOST),
    Case("no Host but a whole URL", request("GET http://h/a", host=None), NO_HOST),
    Case("two Hosts", request("GET /a", "Host: i"), HOSTS),
    Case("the same Host twice", request("GET /a", "Host: h"), HOSTS),
    Case("two Hosts in HTTP/1.0", request("GET /a", "Host: i", version="1.0"), HOSTS),
    Case("two empty Hosts", request("GET /a", "Host:", host=""), HOSTS),
    Case("two Hosts and a whole URL", request("GET http://h/a", "Host: h"), HOSTS),
    Case("a Host with a path", request("GET /a", host="h/i"), HOSTS),
    Case("a Host with a space", request("GET /a", host="h i"), HOSTS),
    Case("a whole URL with a user", request("GET http://user:password@h/a"), HOSTS),
    # lines
    no_request("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"),
    no_request("HTTP/0.9", b"GET /\r\n"),
    no_request("HTTP/1.2", request("GET /", version="1.2")),
    no_request("HTTP/1.10", request("GET /", version="1.10")),
    no_request("HTTP/3", request("GET /", version="3")),
    no_request("http/1.1", b"GET / http/1.1\r\nHost: h\r\n\r\n"),
    no_request("another protocol", b"GET / RTSP/1.1\r\nHost: h\r\n\r\n"),
    no_request("no method", request("/a")),
    no_request("nothing but a method", b"GET\r\n"),
    no_request("two spaces", request("GET  /a")),
    no_request("a tab", request("GET\t/a")),
    no_request("a space behind", b"GET / HTTP/1.1 \r\nHost: h\r\n\r\n"),
    no_request("a space in front", b" " + request("GET /a")),
    no_request("a space in the target", request("GET /a b")),
    no_request("a control character in the target", request("GET /a\x01")),
    no_request("a bare CR in the target", request("GET /a\rb")),
    no_request("a bare CR in front", b"\r" + request("GET /a")),
    no_request("a bare LF in front", b"\n" + request("GET /a")),
    no_request("brackets in the method", request("G(T /a")),
    no_request("TLS without TLS", CLIENT_HELLO),
    no_request("JSON", b'{"jsonrpc": "2.0"}'),
    Case(
        "garbage behind a good request that is delayed",
        request("GET /thread") + request("GET /a") + b"\0\0\0\0",
        ok("GET /thread") + ok("GET /a") + NO_REQUEST,
    ),
    Case("CONNECT", request("CONNECT h:443"), wire(501, "This server is no proxy.")),
    *map(no_path, ("a", "*", "h:443", "ftp://h/a", "http:///a", "http://", "?a", "#a", "%2F")),
    # the end
    Case("the end in an empty line", b"\r", EARLY, eof=True),
    Case("the end in a line", b"GET /", EARLY, eof=True),
    Case("the end in a head", b"GET / HTTP/1.1\r\nHost: h\r\n", EARLY, eof=True),
    Case(
        "the end in a head behind a delayed answer",
        request("GET /thread") + b"GET / HTTP/1.1\r\n",
        ok("GET /thread") + EARLY,
        eof=True,
    ),
)
