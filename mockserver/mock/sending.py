"""How controls reach what they control: by a call, or over HTTP. Both speak `/__admin`."""

import json
from collections.abc import Callable
from typing import Any

from mockserver.core.errors import MockServerError
from mockserver.core.http import Headers, Request, Response

Send = Callable[[str, str, Any], Any]
"""Method, path under `/__admin`, JSON in (None for no body); JSON out. Raises ControlError."""


class ControlError(MockServerError):
    """A control call was refused. `status`: of its answer; the text says what was wrong."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def near(
    answer: Callable[[Request], Response], host: Callable[[], str] = lambda: "localhost"
) -> Send:
    """Controls of what is in this process. `host`: under which it is reached, if it is."""

    def send(method: str, path: str, body: Any) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        headers = Headers([("Host", host())])
        response = answer(Request(method, f"/__admin{path}", query, headers, content))
        return received(response.status, response.body)

    return send


def received(status: int, body: bytes) -> Any:
    """The JSON of an answer. Raises ControlError for a refusal, with the text of its `detail`."""
    try:
        value = json.loads(body)
    except ValueError:
        value = {}
    if status < 400:
        return value
    detail = value.get("detail") if isinstance(value, dict) else None
    raise ControlError(status, detail or f"status {status} from the control interface")
