"""The shape of an answer: its names and types, and the parts of its tokens, never a value."""

from collections.abc import Iterator, Mapping
from typing import Any

import jwt

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_JWT_PARTS = 3


def shape(value: Any, where: str = "body") -> dict[str, str]:
    """Return the types in a value by path, such as `body.data[].currency`."""
    found: dict[str, str] = {}
    for path, kind in _paths(value, where):
        kinds = found.get(path, "").split(" or ") if path in found else []
        found[path] = " or ".join(dict.fromkeys([*kinds, kind]))
    return found


def json_type(value: Any) -> str:
    """Return the JSON type of a value."""
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, list) else _TYPES[type(value)]


def _paths(value: Any, where: str) -> Iterator[tuple[str, str]]:
    yield where, json_type(value)
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _paths(item, f"{where}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item, f"{where}[]")
    else:
        yield from _token(value, where)


def _token(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield prefix, algorithm, claims and lifetime of a text that is a token."""
    if not isinstance(value, str) or value.count(".") != _JWT_PARTS - 1:
        return
    prefix, space, bare = value.rpartition(" ")
    try:
        parts = jwt.PyJWT().decode_complete(bare, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return
    claims = parts["payload"]
    if space:
        yield f"{where} (prefix)", f"{len(prefix)} characters and a space"
    yield f"{where} (algorithm)", str(parts["header"].get("alg"))
    for name, item in claims.items():
        yield from _paths(item, f"{where} (claim).{name}")
    if all(isinstance(claims.get(name), int) for name in ("iat", "exp")):
        yield f"{where} (life)", f"{claims['exp'] - claims['iat']} s"
