"""How controls reach what they control: by a call, or over HTTP. Both speak `/__admin`."""

import json
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import unquote

from mockserver.admin.routes import request_line
from mockserver.model.errors import MockServerError
from mockserver.model.http import Answer, Headers, Request


class Send(Protocol):
    """A call by its name in the table of routes, JSON in and out, the places of its path filled."""

    def __call__(self, name: str, body: Any = None, /, **places: str) -> Any:
        """The answer; `body` None sends none. Raises ControlError."""


class ControlError(MockServerError):
    """A control call was refused. `status`: of its answer; the text says what was wrong."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def near(answer: Answer, host: Callable[[], str] = lambda: "localhost") -> Send:
    """Controls of what is in this process. `host`: under which it is reached, if it is."""

    def send(name: str, body: Any = None, /, **places: str) -> Any:
        method, path = request_line(name, places)
        headers = Headers([("Host", host())])
        response = answer(Request(method, unquote(path), "", headers, content_of(body)))
        return received(response.status, response.body)

    return send


def content_of(body: Any) -> bytes:
    """JSON to send; nothing for None."""
    return b"" if body is None else json.dumps(body).encode()


def received(status: int, body: bytes) -> Any:
    """The JSON of an answer, None where it is none. Raises ControlError for a refusal, with the
    text of its `detail`.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if status < 400:
        return value
    detail = value.get("detail") if isinstance(value, dict) else None
    raise ControlError(status, detail or f"status {status} from the control interface")
