"""Transports of control calls: to an application in the process, or over HTTP."""

import json
from collections.abc import Callable
from typing import Any, Protocol

from mockserver.admin.application import Application
from mockserver.model.errors import ControlError

_NOT_ADMIN = "not from /__admin: the address must be that of a server, or of a namespace on it"


class Send(Protocol):
    """A function that makes a control call."""

    def __call__(self, name: str, body: Any = None, /, **places: str) -> Any:
        """Return the JSON of the response.

        Args:
            name: The name of a route of the admin API.
            body: A JSON value; None for no body.
            places: The parameters of the route's path.

        Raises:
            ControlError: If the call is refused.
        """


def local(application: Application, host: Callable[[], str] = lambda: "localhost") -> Send:
    """Return the transport to an application in this process, which is reached at `host()`."""

    def send(name: str, body: Any = None, /, **places: str) -> Any:
        return application.call(name, body, places, host())

    return send


def received(status: int, body: bytes) -> Any:
    """Return the JSON value of a response; None if its body is not JSON.

    Raises:
        ControlError: For an error status, with the text of the response's `detail`, or with the
            error of its store where the server is unhealthy.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if status < 400:
        return value
    said = value if isinstance(value, dict) else {}
    detail = said.get("detail") or ("store" in said and f"unhealthy: {said['store']}")
    raise ControlError(status, detail or f"status {status}, {_NOT_ADMIN}")
