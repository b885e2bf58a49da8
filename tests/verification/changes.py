"""Ways in which a vendor can differ from its documentation; they can be combined."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import jwt

from mockserver.model.http import Headers, Request, Response

Edit = Callable[[Any], Any]
When = Callable[[Request, Response], bool]


@dataclass(frozen=True)
class Change:
    """A difference of a service: in its requests, its responses or its settings."""

    ask: Callable[[Request], Request] = lambda request: request
    answer: Callable[[Request, Response], Response] = lambda _request, response: response
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def only(self, when: When) -> "Change":
        """Return the change for some responses only."""
        return replace(
            self, answer=lambda asked, came: self.answer(asked, came) if when(asked, came) else came
        )


UNCHANGED = Change()


def together(*changes: Change) -> Change:
    """All of these changes."""

    def ask(request: Request) -> Request:
        return reduce(lambda asked, each: each.ask(asked), changes, request)

    def answer(request: Request, response: Response) -> Response:
        return reduce(lambda came, each: each.answer(request, came), changes, response)

    return Change(ask, answer, {name: it for each in changes for name, it in each.settings.items()})


def answers(edit: Callable[[Response], Response]) -> Change:
    """Return a change that edits every response."""
    return Change(answer=lambda _asked, came: edit(came))


def success(path: str, edit: Edit) -> Change:
    """Return a change that edits the JSON of successes at a path."""
    return whole(path, body(edit))


def whole(path: str, edit: Callable[[Response], Response]) -> Change:
    """Return a change that edits successes at a path."""
    return answers(edit).only(lambda asked, came: path in asked.path and came.status < 300)


def error(path: str, edit: Callable[[Response], Response]) -> Change:
    """Return a change that edits refusals at a path."""
    return answers(edit).only(lambda asked, came: path in asked.path and came.status >= 400)


def status(number: int, of: int = 0) -> Callable[[Response], Response]:
    """Return an edit of the status; with `of`, only of that status."""
    return lambda came: came._replace(status=number) if came.status == of or not of else came


def content_type(value: str) -> Callable[[Response], Response]:
    return lambda came: came._replace(headers=(("Content-Type", value),))


def raw(content: bytes) -> Callable[[Response], Response]:
    """Return an edit that replaces the body."""
    return lambda came: came._replace(body=content)


def body(edit: Edit) -> Callable[[Response], Response]:
    """Return an edit of the JSON body."""
    return lambda came: (
        came._replace(body=json.dumps(edit(json.loads(came.body))).encode()) if came.body else came
    )


def renamed(name: str, other: str) -> Edit:
    return lambda said: {other if key == name else key: value for key, value in said.items()}


def without(name: str) -> Edit:
    return lambda said: {key: value for key, value in said.items() if key != name}


def nested(said: Any) -> Any:
    return {"result": said}


def with_(**fields: Any) -> Edit:
    return lambda said: {**said, **fields}


def times(factor: int, *names: str) -> Edit:
    """Return an edit that multiplies numbers."""
    return lambda said: {**said, **{name: said[name] * factor for name in names}}


def plus(seconds: int, *names: str) -> Edit:
    """Return an edit that adds seconds to numbers."""
    return lambda said: {**said, **{name: said[name] + seconds for name in names}}


def below(name: str, edit: Edit) -> Edit:
    return lambda said: {**said, name: edit(said[name])}


def token(path: str, *where: str, edit: Callable[[str], str]) -> Change:
    """Return a change that edits the issued tokens at `where`; the service accepts them so."""
    spelled: dict[str, str] = {}

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
        sent = back(request.body.decode("latin-1")).encode("latin-1")
        return request._replace(query=back(request.query), headers=Headers(pairs), body=sent)

    return replace(success(path, lambda said: _at(said, where, respelled)), ask=ask)


def header_sent(path: str, name: str, value: str | None) -> Change:
    """Return a change that replaces a request header, so that the service ignores what was sent."""

    def ask(request: Request) -> Request:
        pairs = [pair for pair in request.headers.pairs if pair[0].lower() != name.lower()]
        added = [] if value is None else [(name, value)]
        return (
            request._replace(headers=Headers([*pairs, *added])) if path in request.path else request
        )

    return Change(ask)


def body_sent(path: str, edit: Edit) -> Change:
    """Return a change that edits the JSON of requests at a path."""

    def ask(request: Request) -> Request:
        try:
            sent = json.loads(request.body)
        except ValueError:
            return request
        if path not in request.path or not isinstance(sent, dict):
            return request
        return request._replace(body=json.dumps(edit(sent)).encode())

    return Change(ask)


def claims(edit: Edit) -> Callable[[str], str]:
    """Return an edit of the claims of a JWT, which may have a prefix."""
    return lambda text: _respelled(text, lambda head: head, edit)


def head(edit: Edit) -> Callable[[str], str]:
    """Return an edit of the header of a JWT."""
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


def _at(said: Any, where: tuple[str, ...], edit: Callable[[str], str]) -> Any:
    first, *rest = where
    return {**said, first: _at(said[first], tuple(rest), edit) if rest else edit(said[first])}
