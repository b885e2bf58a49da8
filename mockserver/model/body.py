"""Read request bodies strictly; one that cannot be read is an UnreadableBody with the reason."""

import json
from email.message import Message
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from mockserver.model.errors import UnreadableBody
from mockserver.model.http import Request

LIMIT = 1 << 20
"""Bytes that a vendor accepts in a body (X)."""

_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1")
_MOST_FIELDS = 1000


def media_type(request: Request) -> str:
    """Return the content type in lower case without parameters; "" if none was sent."""
    return (request.headers.get("content-type") or "").partition(";")[0].strip().lower()


def json_object(request: Request) -> dict[str, Any]:
    """Return the body as a JSON object (RFC 8259), whatever the content type says.

    Raises:
        UnreadableBody: the body is not JSON or not an object, has a name twice, NaN or Infinity, or
            text that is no Unicode.
    """
    try:
        value = _json(_text(request))
    except (ValueError, RecursionError) as error:
        text = "The body is not valid JSON."
        raise UnreadableBody(text, why=f"{text[:-1]}: {error}") from None
    if not isinstance(value, dict):
        raise UnreadableBody("The body must be a JSON object.")
    return value


def form(request: Request) -> dict[str, str]:
    """Return the body as an HTML form (`application/x-www-form-urlencoded`).

    Raises:
        UnreadableBody: the body is not a form, or has a name twice.
    """
    try:
        pairs = parse_qsl(
            _text(request), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
        return _once_each(pairs)
    except ValueError:
        raise UnreadableBody("The body is not a valid form.") from None


def _text(request: Request) -> str:
    encoding = request.headers.get("content-encoding") or ""
    if encoding.lower() not in ("", "identity"):
        raise UnreadableBody("The body's content encoding is not supported.")
    message = Message()
    message["content-type"] = _printable(request.headers.get("content-type") or "")
    charset = message.get_content_charset() or "utf-8"
    if charset not in _CHARSETS:
        raise UnreadableBody("The body's character encoding is not supported.")
    return request.body.decode(charset)


def _json(text: str) -> Any:
    value = json.loads(text, object_pairs_hook=_once_each, parse_constant=_refuse)
    # A lone surrogate is no text: ValueError.
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name occurs twice")
    return fields


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _printable(value: str) -> str:
    return "".join(character for character in value if character.isprintable())
