"""How controls reach what they control: by a call, or over HTTP. Both speak `/__admin`."""

import json
from collections.abc import Callable
from typing import Any, Protocol

from mockserver.admin.application import Application
from mockserver.model.errors import ControlError


class Send(Protocol):
    """A call by its name in the table of routes, JSON in and out, the places of its path filled."""

    def __call__(self, name: str, body: Any = None, /, **places: str) -> Any:
        """The answer; `body` None sends none. Raises ControlError."""


def local(application: Application, host: Callable[[], str] = lambda: "localhost") -> Send:
    """Return the transport to an application in this process, which is reached at `host()`."""

    def send(name: str, body: Any = None, /, **places: str) -> Any:
        return application.call(name, body, places, host())

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
