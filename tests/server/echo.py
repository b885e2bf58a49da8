"""The answer function of these tests: an echo, and special responses by path."""

from collections.abc import Mapping
from typing import cast

from mockserver.model.http import Fault, Request, Response

DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
WIRE_DATE = "Fri, 02 Jan 2026 00:00:00 GMT"
LARGE = 70_000
LATER = 0.02


def answer(request: Request) -> Response:
    """Return a line that describes the request; at some paths something else."""
    if request.path in ("/raise", "/thread-raise"):
        raise RuntimeError("not for the client")
    return _FIXED[request.path] if request.path in _FIXED else _echo(request)


def in_thread(request: Request) -> bool:
    return request.path.startswith("/thread")


def http_date() -> str:
    return WIRE_DATE


def line(
    method: str, path: str, query: str = "", *, host: str = "h", x: str = "", body: bytes = b""
) -> bytes:
    """Return the echo's line for a request; `x` is the header X, "-" if it was not sent."""
    return f"{method} {path} ?{query} host={host} x={x or '-'} body=".encode() + body


def _echo(request: Request) -> Response:
    host, x = (request.headers.get(name) or "" for name in ("Host", "X"))
    asked = (request.method, request.path, request.query)
    return _dated(200, line(*asked, host=host, x=x, body=request.body))


def _dated(status: int, body: bytes = b"", *headers: tuple[str, str]) -> Response:
    return Response(status, (*headers, ("Date", DATE)), body)


_LATE = _dated(200, b"later")._replace(delay=LATER)
_NONE = cast(Response, None)
_FRAMING = (("content-length", "99"), ("Transfer-Encoding", "chunked"), ("Connection", "x"))


_FIXED: Mapping[str, Response] = {
    "/100": _dated(100, b"dropped"),
    "/204": _dated(204, b"dropped"),
    "/299": _dated(299, b"unnamed"),
    "/304": _dated(304, b"dropped"),
    "/99": _dated(99),
    "/1000": _dated(1000),
    "/close": _dated(200, b"bye", ("Connection", "Close")),
    "/framing": _dated(200, b"ours", *_FRAMING),
    "/headers": _dated(200, b"", ("Set-Cookie", "a=1"), ("B", "é"), ("Set-Cookie", "b=2")),
    "/large": _dated(200, b"x" * LARGE),
    "/snowman": _dated(200, b"", ("X", "☃")),
    "/split-value": _dated(200, b"", ("X", "a\r\nInjected: b")),
    "/split-name": _dated(200, b"", ("X\n: b\nY", "a")),
    "/split-cr": _dated(200, b"", ("X", "a\rInjected: b")),
    **dict.fromkeys(("/later", "/thread-later"), _LATE),
    **dict.fromkeys(("/none", "/thread-none"), _NONE),
    **{f"/{fault}": Response(200, fault=fault) for fault in Fault},
    **{f"/later/{fault}": Response(200, delay=LATER, fault=fault) for fault in Fault},
}
