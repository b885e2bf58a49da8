"""Read the credentials of a request, and its body as JSON or a form."""

import binascii
import json
from email.message import Message
from functools import lru_cache
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from mockserver.model.errors import ControlError, UnreadableBody
from mockserver.model.http import Request

LIMIT = 1 << 20
"""Bytes that a vendor accepts in a body (X)."""

_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1")
_MOST_FIELDS = 1000


class CredentialsError(Exception):
    """No user and password can be read from the header; the text says why."""


def scheme_and_value(request: Request) -> tuple[str, str] | None:
    """Return the scheme in lower case and the text after it; None without the header."""
    header = request.headers.get("authorization")
    return None if header is None else _scheme_and_value(header)


def _scheme_and_value(header: str) -> tuple[str, str]:
    scheme, _, value = header.strip(" \t").partition(" ")
    return scheme.lower(), value.strip(" \t")


def bearer(request: Request) -> str | None:
    """Return the token of `Authorization: Bearer <token>`, or None for anything else."""
    parts = scheme_and_value(request)
    if parts is None or parts[0] != "bearer" or not parts[1] or " " in parts[1]:
        return None
    return parts[1]


def basic(request: Request) -> tuple[str, str]:
    """Return user and password of Basic authentication.

    The password may have colons, the user may not. Both are UTF-8, or else Latin-1, which
    `requests` and aiohttp send (X).

    Raises:
        CredentialsError: the header is missing, has another scheme, or cannot be read.
    """
    header = request.headers.get("authorization")
    if header is None:
        raise CredentialsError("The header Authorization was not sent.")
    return _user_and_password(header)


# Most clients send the same credentials again and again.
@lru_cache(maxsize=64)
def _user_and_password(header: str) -> tuple[str, str]:
    scheme, value = _scheme_and_value(header)
    if scheme != "basic":
        raise CredentialsError("The scheme of the header Authorization is not Basic.")
    try:
        octets = binascii.a2b_base64(value, strict_mode=True)
    except (binascii.Error, ValueError):
        raise CredentialsError("The Basic credentials are not base64.") from None
    user, colon, password = _decoded(octets).partition(":")
    if not colon:
        raise CredentialsError("The Basic credentials have no colon after the user.")
    return user, password


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def media_type(request: Request) -> str:
    """Return the content type in lower case without parameters; "" if none was sent."""
    return (request.headers.get("content-type") or "").partition(";")[0].strip().lower()


def json_object(request: Request) -> dict[str, Any]:
    """Return the body as a JSON object (RFC 8259), whatever the content type says.

    Raises:
        UnreadableBody: the body is not JSON or not an object, has a name twice, NaN or Infinity, or
            text that is not Unicode.
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
        return once_each(pairs)
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
    value = json.loads(text, object_pairs_hook=once_each, parse_constant=_refuse)
    # A lone surrogate is not a string: ValueError.
    json.dumps(value, ensure_ascii=False).encode()
    return value


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of a JSON object or form; raise ValueError if a name occurs twice."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name occurs twice")
    return fields


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _printable(value: str) -> str:
    return "".join(character for character in value if character.isprintable())


def content_of(body: Any) -> bytes:
    """Return a JSON value as bytes; none for None.

    Raises:
        ControlError: For a value that JSON does not have.
    """
    try:
        return b"" if body is None else json.dumps(body).encode()
    except TypeError as error:
        raise ControlError(400, f"an argument has no form in JSON: {error}") from None
