"""Valid requests without a body."""

from tests.server.table.case import CLOSE, KEPT, LATER, Case, ok, request

A = request("GET /a")

CASES = (
    # connections
    Case("a connection is kept", A, ok("GET /a")),
    Case("two requests at once", A + request("GET /b"), ok("GET /a") + ok("GET /b")),
    Case(
        "three at once, answered in order, the second delayed",
        A + request("GET /later") + request("GET /c"),
        ok("GET /a") + LATER + ok("GET /c"),
    ),
    Case(
        "three at once, answered in order, the second in a thread",
        A + request("GET /thread") + request("GET /c"),
        ok("GET /a") + ok("GET /thread") + ok("GET /c"),
    ),
    Case(
        "three at once, answered in order, the second in a thread and delayed",
        A + request("GET /thread-later") + request("GET /c"),
        ok("GET /a") + LATER + ok("GET /c"),
    ),
    Case("nine at once, more than is read ahead", A * 9, ok("GET /a") * 9),
    Case(
        "nine behind a delayed one, more than is read ahead",
        request("GET /later") + A * 9,
        LATER + ok("GET /a") * 9,
    ),
    Case("asked to close", request("GET /a", "Connection: close"), ok("GET /a", connection=CLOSE)),
    Case(
        "asked to close, among other options",
        request("GET /a", "Connection: TE,  Close ,x"),
        ok("GET /a", connection=CLOSE),
    ),
    Case("an option that sounds like it", request("GET /a", "Connection: closed"), ok("GET /a")),
    Case(
        "what follows the last request is not answered",
        request("GET /a", "Connection: close") + request("GET /b"),
        ok("GET /a", connection=CLOSE),
    ),
    Case("HTTP/1.0", request("GET /a", version="1.0"), ok("GET /a", connection=CLOSE)),
    Case(
        "HTTP/1.0 without Host",
        request("GET /a", host=None, version="1.0"),
        ok("GET /a", connection=CLOSE, host=""),
    ),
    Case(
        "HTTP/1.0 kept",
        request("GET /a", "Connection: Keep-Alive", version="1.0"),
        ok("GET /a", connection=KEPT),
    ),
    Case(
        "HTTP/1.0 of two minds",
        request("GET /a", "Connection: keep-alive, close", version="1.0"),
        ok("GET /a", connection=CLOSE),
    ),
    Case("half closed", A, ok("GET /a"), eof=True),
    Case("half closed behind two", A + A, ok("GET /a") * 2, eof=True),
    Case("half closed before a delayed answer", request("GET /later"), LATER, eof=True),
    Case("half closed before a thread's", request("GET /thread"), ok("GET /thread"), eof=True),
    Case(
        "half closed, one waiting behind a delayed one",
        request("GET /later") + A,
        LATER + ok("GET /a"),
        eof=True,
    ),
    Case("half closed at once", b"", b"", eof=True),
    Case("empty lines in front", b"\r\n\r\n" + A, ok("GET /a")),
    Case("empty lines between", A + b"\r\n" + A + b"\r\n\r\n\r\n", ok("GET /a") * 2),
    # targets
    Case("a query as sent", request("GET /a?b=%20&c=d?e"), ok("GET /a", "b=%20&c=d?e")),
    Case("an empty query", request("GET /a?"), ok("GET /a")),
    Case("Latin-1 in a query", request("GET /a?\xe9"), ok("GET /a", "é")),
    Case("a path percent-decoded", request("GET /a%20b%C3%A9%2f"), ok("GET /a bé/")),
    Case("a path that is no UTF-8", request("GET /%ff"), ok("GET /\ufffd")),
    Case("a path of raw UTF-8", request("GET /\xc3\xa9"), ok("GET /é")),
    Case("a percent that is one", request("GET /100%/%zz%2"), ok("GET /100%/%zz%2")),
    Case("two slashes are kept", request("GET //a//b"), ok("GET //a//b")),
    Case("encoded slashes are kept, too", request("GET /%2Fa"), ok("GET //a")),
    Case("a fragment is dropped", request("GET /a?b#c?d"), ok("GET /a", "b")),
    Case(
        "a whole URL goes before Host",
        request("GET http://other:80/a?b", "X: 1"),
        ok("GET /a", "b", host="other:80", x="1"),
    ),
    Case(
        "a whole URL without Host, HTTP/1.0",
        request("GET HTTPS://other/a", host=None, version="1.0"),
        ok("GET /a", connection=CLOSE, host="other"),
    ),
    Case("a whole URL without path", request("GET http://o"), ok("GET /", host="o")),
    Case(
        "a whole URL without path but query", request("GET http://o?q"), ok("GET /", "q", host="o")
    ),
    Case("a whole URL with a fragment", request("GET http://o/a#/b"), ok("GET /a", host="o")),
    Case("OPTIONS *", request("OPTIONS *"), ok("OPTIONS *")),
    Case("OPTIONS of a path", request("OPTIONS /a"), ok("OPTIONS /a")),
    # methods
    Case("a method that is not known", request("FROBNICATE /a"), ok("FROBNICATE /a")),
    Case("a method of small letters", request("get /a"), ok("get /a")),
    Case("a method of RTSP", request("DESCRIBE /a"), ok("DESCRIBE /a")),
    Case("a method of all characters", request("!#$%&'*+-.^_`|~ /"), ok("!#$%&'*+-.^_`|~ /")),
    # fields
    Case("a value is trimmed", request("GET /a", "X: \t 1 2\t "), ok("GET /a", x="1 2")),
    Case("no space before a value", request("GET /a", "X:1"), ok("GET /a", x="1")),
    Case("an empty value", request("GET /a", "X:", "Y: "), ok("GET /a")),
    Case("Latin-1 in a value", request("GET /a", "X: \xe9"), ok("GET /a", x="é")),
    Case("a field sent twice", request("GET /a", "X: 1", "x: 2"), ok("GET /a", x="1, 2")),
    Case("a name of odd characters", request("GET /a", "X!#$%&'*+-.^_`|~: 1"), ok("GET /a")),
    Case("a Host with a port", request("GET /a", host="[::1]:80"), ok("GET /a", host="[::1]:80")),
    Case("an empty Host", request("GET /a", host=""), ok("GET /a", host="")),
)
