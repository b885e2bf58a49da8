"""The shape of an answer: names and types, and of a token what it is made of. Never a value."""

from collections.abc import Iterator, Mapping
from typing import Any

import jwt

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_JWT_PARTS = 3


def shape(value: Any, where: str = "body") -> dict[str, str]:
    """By place, `body.data[].currency`, the types that stand there."""
    found: dict[str, str] = {}
    for place, kind in _places(value, where):
        kinds = found.get(place, "").split(" or ") if place in found else []
        found[place] = " or ".join(dict.fromkeys([*kinds, kind]))
    return found


def json_type(value: Any) -> str:
    """The name of a value's type in JSON."""
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, list) else _TYPES[type(value)]


def _places(value: Any, where: str) -> Iterator[tuple[str, str]]:
    yield where, json_type(value)
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _places(item, f"{where}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from _places(item, f"{where}[]")
    else:
        yield from _token(value, where)


def _token(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """A text may be a token: its algorithm, its claims, its life, and what stands before it."""
    if not isinstance(value, str) or value.count(".") != _JWT_PARTS - 1:
        return
    prefix, space, bare = value.rpartition(" ")
    try:
        parts = jwt.decode_complete(bare, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return
    claims = parts["payload"]
    if space:
        yield f"{where} (prefix)", f"{len(prefix)} characters and a space"
    yield f"{where} (algorithm)", str(parts["header"].get("alg"))
    for name, item in claims.items():
        yield from _places(item, f"{where} (claim).{name}")
    if all(isinstance(claims.get(name), int) for name in ("iat", "exp")):
        yield f"{where} (life)", f"{claims['exp'] - claims['iat']} s"
