"""Engines, requests written as short lines, and responses read as plain values."""

import json as codec
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote

import time_machine

from mockserver.admin.application import Application
from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Settings, engine_factory
from mockserver.model.http import Headers, Request, Response
from mockserver.model.state_store import StorageBackend

NOW = 1_767_225_600
"""2026-01-01T00:00:00Z, at which the clock of a fresh engine is frozen."""

_NOTHING = object()


def fresh_engine(settings: Settings | None = None, backend: StorageBackend | None = None) -> Engine:
    """Return an engine with all vendors and a new state; its clock is frozen at NOW."""
    return _begun(engine_factory(settings or {}, backend=backend), "")


def fresh_application(backend: StorageBackend | None = None) -> Application:
    """Return an application; the clock of each namespace is frozen at NOW."""
    return Application(partial(_begun, engine_factory({}, backend=backend)))


def _begun(begin: Callable[[str], Engine], name: str) -> Engine:
    with time_machine.travel(NOW, tick=False):
        engine = begin(name)
        engine.state.clock.freeze()
    return engine


def reset(engine: Engine) -> None:
    """Restore the initial state; the clock is frozen at NOW again."""
    with time_machine.travel(NOW, tick=False):
        engine.reset()
        engine.state.clock.freeze()


def request(
    line: str,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    *,
    json: object = _NOTHING,
    body: bytes = b"",
    peer: str = "127.0.0.1",
) -> Request:
    """Return the request of a line such as "GET /path?query"; `json` is its JSON body."""
    method, _, target = line.partition(" ")
    path, _, query = target.partition("?")
    pairs = [*(headers.items() if isinstance(headers, Mapping) else headers)]
    if json is not _NOTHING:
        body = codec.dumps(json).encode()
        pairs.append(("Content-Type", "application/json"))
    sent = target if target.isascii() else ""
    return Request(method, unquote(path), query, Headers(pairs), body, peer, sent)


def ask(
    engine: Engine,
    line: str,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    *,
    json: object = _NOTHING,
    body: bytes = b"",
) -> Response:
    """Return the vendor's response to a request."""
    return engine.answer(request(line, headers, json=json, body=body))


def admin(engine: Engine, line: str, *, json: object = _NOTHING, body: bytes = b"") -> Response:
    """Return the admin API's response to a program on this machine."""
    asked = request(line.replace(" ", " /__admin", 1), {"Host": "localhost"}, json=json, body=body)
    return Application(lambda _: engine).answer(asked)


def value(engine: Engine, line: str, **json: Any) -> Any:
    """Return the JSON of the response to a call of the admin API, which must succeed."""
    response = admin(engine, line, json=json)
    assert response.status in (200, 201), content(response)
    return content(response)


def refused(response: Response, status: int = 400) -> str:
    """Return the detail of a refusal by the admin API, and check its form."""
    problem = content(response)
    assert header(response, "Content-Type") == "application/problem+json"
    assert (response.status, problem["status"], problem["type"]) == (status, status, "about:blank")
    assert problem["title"]
    assert problem["detail"]
    return str(problem["detail"])


def content(response: Response) -> Any:
    """Return the JSON value of a body."""
    return codec.loads(response.body)


def status_and_body(response: Response) -> tuple[int, dict[str, Any]]:
    """Return status and JSON body of a response, without `operationID`, which always differs."""
    body = content(response)
    return response.status, {name: body[name] for name in body if name != "operationID"}


def header(response: Response, name: str) -> str | None:
    """Return the value of a header field, which must occur at most once, or None."""
    values = [value for key, value in response.headers if key.lower() == name.lower()]
    assert len(values) < 2, f"{name} was sent twice"
    return values[0] if values else None


def bearer(token: str) -> dict[str, str]:
    """Return the header field with a bearer token."""
    return {"Authorization": f"Bearer {token}"}


def basic(user: str, password: str) -> dict[str, str]:
    """Return the header field of Basic authentication."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def jwt_parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the header and the claims of a JWT, unverified."""
    head, claims, _ = (
        urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")
    )
    return codec.loads(head), codec.loads(claims)
