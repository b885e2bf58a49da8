"""Requests written as short lines, answers read as plain values, and engines to ask."""

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
"""2026-01-01T00:00:00Z: where the clock of a fresh engine stands."""

_NOTHING = object()


def fresh_engine(settings: Settings | None = None, backend: StorageBackend | None = None) -> Engine:
    """All vendors with a state of their own, begun at NOW, where the clock stands."""
    return _begun(engine_factory(settings or {}, backend=backend), "")


def fresh_application(backend: StorageBackend | None = None) -> Application:
    """Namespaces, each of them begun at NOW, where its clock stands."""
    return Application(partial(_begun, engine_factory({}, backend=backend)))


def _begun(begin: Callable[[str], Engine], name: str) -> Engine:
    with time_machine.travel(NOW, tick=False):
        engine = begin(name)
        engine.state.clock.freeze()
    return engine


def reset(engine: Engine) -> None:
    """Everything as at the start; the clock stands at NOW again."""
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
    """The request of a line such as "GET /path?query"; `json` gives it a JSON body."""
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
    """The vendor's answer."""
    return engine.answer(request(line, headers, json=json, body=body))


def admin(engine: Engine, line: str, *, json: object = _NOTHING, body: bytes = b"") -> Response:
    """The control interface's answer to a program on this machine."""
    asked = request(line.replace(" ", " /__admin", 1), {"Host": "localhost"}, json=json, body=body)
    return Application(lambda _: engine).answer(asked)


def value(engine: Engine, line: str, **json: Any) -> Any:
    """Return the JSON of a call to the control interface, which must succeed."""
    response = admin(engine, line, json=json)
    assert response.status in (200, 201), content(response)
    return content(response)


def refused(response: Response, status: int = 400) -> str:
    """Return the detail of a refusal of the control interface, after a check of its form."""
    problem = content(response)
    assert header(response, "Content-Type") == "application/problem+json"
    assert (response.status, problem["status"], problem["type"]) == (status, status, "about:blank")
    assert problem["title"]
    assert problem["detail"]
    return str(problem["detail"])


def content(response: Response) -> Any:
    """The body, read as JSON."""
    return codec.loads(response.body)


def status_and_body(response: Response) -> tuple[int, dict[str, Any]]:
    """Status and JSON body of an answer, without the id of an operation: it is never the same."""
    body = content(response)
    return response.status, {name: body[name] for name in body if name != "operationID"}


def header(response: Response, name: str) -> str | None:
    """The one value of a header field, or None."""
    values = [value for key, value in response.headers if key.lower() == name.lower()]
    assert len(values) < 2, f"{name} was sent twice"
    return values[0] if values else None


def bearer(token: str) -> dict[str, str]:
    """The header field that carries a bearer token."""
    return {"Authorization": f"Bearer {token}"}


def basic(user: str, password: str) -> dict[str, str]:
    """The header field of Basic authentication."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def jwt_parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims of a JWT, unverified."""
    head, claims, _ = (
        urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")
    )
    return codec.loads(head), codec.loads(claims)
