"""The answer function of these tests: an echo, and special responses by path."""

from collections.abc import Callable, Mapping

from mockserver.model.http import Fault, Request, Response

DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
WIRE_DATE = "Fri, 02 Jan 2026 00:00:00 GMT"
LARGE = 70_000
LATER = 0.02


def answer(request: Request) -> Response:
    """Return a line that describes the request; at some paths something else."""
    return _SPECIAL.get(request.path, _echo)(request)


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
    headers = request.headers
    body = line(
        request.method,
        request.path,
        request.query,
        host=headers.get("Host") or "",
        x=headers.get("X") or "",
        body=request.body,
    )
    return _dated(200, body)


def _dated(status: int, body: bytes = b"", *headers: tuple[str, str]) -> Response:
    return Response(status, (*headers, ("Date", DATE)), body)


def _raise(request: Request) -> Response:
    raise RuntimeError("not for the client")


def _none(request: Request) -> Response:
    return None  # type: ignore[return-value]


def _later(request: Request) -> Response:
    return Response(200, (("Date", DATE),), b"later", delay=LATER)


def _broken(fault: Fault, delay: float = 0.0) -> Callable[[Request], Response]:
    return lambda request: Response(200, delay=delay, fault=fault)


def _fixed(response: Response) -> Callable[[Request], Response]:
    return lambda request: response


_SPECIAL: Mapping[str, Callable[[Request], Response]] = {
    "/100": _fixed(_dated(100, b"dropped")),
    "/204": _fixed(_dated(204, b"dropped")),
    "/299": _fixed(_dated(299, b"unnamed")),
    "/304": _fixed(_dated(304, b"dropped")),
    "/99": _fixed(_dated(99)),
    "/1000": _fixed(_dated(1000)),
    "/close": _fixed(_dated(200, b"bye", ("Connection", "Close"))),
    "/framing": _fixed(
        _dated(
            200,
            b"ours",
            ("content-length", "99"),
            ("Transfer-Encoding", "chunked"),
            ("Connection", "x"),
        )
    ),
    "/headers": _fixed(_dated(200, b"", ("Set-Cookie", "a=1"), ("B", "é"), ("Set-Cookie", "b=2"))),
    "/large": _fixed(_dated(200, b"x" * LARGE)),
    "/later": _later,
    "/none": _none,
    "/raise": _raise,
    "/snowman": _fixed(_dated(200, b"", ("X", "☃"))),
    "/split-value": _fixed(_dated(200, b"", ("X", "a\r\nInjected: b"))),
    "/split-name": _fixed(_dated(200, b"", ("X\n: b\nY", "a"))),
    "/split-cr": _fixed(_dated(200, b"", ("X", "a\rInjected: b"))),
    "/thread": _echo,
    "/thread-later": _later,
    "/thread-raise": _raise,
    "/thread-none": _none,
    **{f"/{fault}": _broken(fault) for fault in Fault},
    **{f"/later/{fault}": _broken(fault, LATER) for fault in Fault},
}
