"""From a response to its bytes."""

from http import HTTPStatus

from mockserver.model.http import Response
from mockserver.server.request_head import CLOSE

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_STATUS_LINES = {status.value: f"HTTP/1.1 {status} {status.phrase}\r\n" for status in HTTPStatus}
_FRAMING = frozenset({"connection", "content-length", "transfer-encoding"})
_WITHOUT_BODY = frozenset({204, 304})


def encode(response: Response, method: str, connection: str) -> tuple[bytes, bool]:
    """The bytes of `response` to a request of `method`, and whether the connection ends there.

    `connection` is what they say of it: see `head.KEEP`. A `Connection: close` of the response
    goes before. Raises ValueError for a status or a header field that cannot be sent.
    """
    status, body = response.status, response.body
    lines = [_STATUS_LINES.get(status) or _unnamed(status)]
    for name, value in response.headers:
        key = name.lower()
        if key not in _FRAMING:
            lines.append(f"{name}: {value}\r\n")
        elif key == "connection" and "close" in value.lower():
            connection = CLOSE
    if status < 200:
        connection = CLOSE  # or the client would wait here for another answer
    if status < 200 or status in _WITHOUT_BODY:
        body = b""
    else:
        lines.append(f"Content-Length: {len(body)}\r\n")
    if connection:
        lines.append(connection)
    head = _joined(lines)
    return head if method == "HEAD" else head + body, connection == CLOSE


def _joined(lines: list[str]) -> bytes:
    text = "".join(lines)
    # a line end inside a name or a value would make two fields of one, or two answers
    if not text.count("\r") == text.count("\n") == len(lines):
        raise ValueError("a header field has a line end in it")
    return f"{text}\r\n".encode("latin-1")


def _unnamed(status: int) -> str:
    if not 100 <= status <= 999:
        raise ValueError(f"{status} is no status")
    return f"HTTP/1.1 {status} \r\n"
