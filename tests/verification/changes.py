"""Ways in which a vendor can differ from its pages: each changes one thing, and can be combined."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from mockserver.model.http import Headers, Request, Response

Edit = Callable[[Any], Any]


def as_asked(request: Request) -> Request:
    return request


def as_answered(_request: Request, response: Response) -> Response:
    return response


@dataclass(frozen=True)
class Change:
    """What a service does otherwise: to what it is asked, to what it answers, in its settings."""

    ask: Callable[[Request], Request] = as_asked
    answer: Callable[[Request, Response], Response] = as_answered
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


UNCHANGED = Change()


def success(path: str, edit: Edit) -> Change:
    """Successes of this path have another JSON body."""
    return Change(
        answer=lambda asked, came: _edited(came, edit) if _good(asked, path, came) else came
    )


def error(path: str, edit: Callable[[Response], Response]) -> Change:
    """Refusals of this path are another answer."""

    def answer(asked: Request, came: Response) -> Response:
        return edit(came) if path in asked.path and came.status >= 400 else came

    return Change(answer=answer)


def whole(path: str, edit: Callable[[Response], Response]) -> Change:
    """Successes of this path are another answer."""
    return Change(answer=lambda asked, came: edit(came) if _good(asked, path, came) else came)


def status(number: int) -> Callable[[Response], Response]:
    return lambda came: came._replace(status=number)


def content_type(value: str) -> Callable[[Response], Response]:
    return lambda came: came._replace(headers=(("Content-Type", value),))


def renamed(name: str, other: str) -> Edit:
    return lambda body: {other if key == name else key: value for key, value in body.items()}


def without(name: str) -> Edit:
    return lambda body: {key: value for key, value in body.items() if key != name}


def nested(body: Any) -> Any:
    return {"result": body}


def with_(**fields: Any) -> Edit:
    return lambda body: {**body, **fields}


def below(name: str, edit: Edit) -> Edit:
    return lambda body: {**body, name: edit(body[name])}


def token(path: str, *where: str, edit: Callable[[str], str]) -> Change:
    """The tokens handed out at `where` are spelled otherwise; the service takes them so."""
    spelled: dict[str, str] = {}

    def answer(asked: Request, came: Response) -> Response:
        if not _good(asked, path, came):
            return came
        return _edited(came, lambda body: _at(body, where, respelled))

    def respelled(original: str) -> str:
        changed = edit(original)
        spelled[changed] = original
        return changed

    def ask(request: Request) -> Request:
        def back(text: str) -> str:
            for changed, original in spelled.items():
                text = text.replace(changed, original)
            return text

        pairs = [(name, back(value)) for name, value in request.headers.pairs]
        body = back(request.body.decode("latin-1")).encode("latin-1")
        return request._replace(query=back(request.query), headers=Headers(pairs), body=body)

    return Change(ask, answer)


def header_sent(path: str, name: str, value: str) -> Change:
    """Whatever is sent in this header, the service acts as if it were the right thing."""

    def ask(request: Request) -> Request:
        if path not in request.path:
            return request
        pairs = [pair for pair in request.headers.pairs if pair[0].lower() != name.lower()]
        return request._replace(headers=Headers([*pairs, (name, value)]))

    return Change(ask)


def header_ignored(path: str, name: str) -> Change:
    """This header is not looked at."""

    def ask(request: Request) -> Request:
        pairs = [pair for pair in request.headers.pairs if pair[0].lower() != name.lower()]
        return request._replace(headers=Headers(pairs)) if path in request.path else request

    return Change(ask)


def body_sent(path: str, edit: Edit) -> Change:
    """Whatever JSON is sent, the service acts as if it were another."""

    def ask(request: Request) -> Request:
        try:
            body = json.loads(request.body)
        except ValueError:
            return request
        if path not in request.path or not isinstance(body, dict):
            return request
        return request._replace(body=json.dumps(edit(body)).encode())

    return Change(ask)


def claims(edit: Edit) -> Callable[[str], str]:
    """A JWT with other claims, after whatever prefix it has."""
    return lambda text: _respelled(text, lambda head: head, edit)


def head(edit: Edit) -> Callable[[str], str]:
    """A JWT with another header."""
    return lambda text: _respelled(text, edit, lambda said: said)


def _respelled(text: str, edit_head: Edit, edit_claims: Edit) -> str:
    prefix, _, bare = text.rpartition(" ")
    parts = jwt.decode_complete(bare, options={"verify_signature": False})
    pieces = [_piece(edit_head(parts["header"])), _piece(edit_claims(parts["payload"]))]
    signed = ".".join([*pieces, bare.rpartition(".")[2]])
    return f"{prefix} {signed}" if prefix else signed


def _piece(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _good(asked: Request, path: str, came: Response) -> bool:
    return path in asked.path and came.status < 300


def _edited(came: Response, edit: Edit) -> Response:
    if not came.body:
        return came
    return came._replace(body=json.dumps(edit(json.loads(came.body))).encode())


def _at(body: Any, where: tuple[str, ...], edit: Callable[[str], str]) -> Any:
    first, *rest = where
    return {**body, first: _at(body[first], tuple(rest), edit) if rest else edit(body[first])}
