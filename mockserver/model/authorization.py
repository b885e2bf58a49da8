"""Read the `Authorization` header (RFC 9110, 11.4; RFC 7617)."""

import base64
import binascii

from mockserver.model.http import Request


class CredentialsError(Exception):
    """No user and password can be read from the header; the text says why."""


def scheme_and_value(request: Request) -> tuple[str, str] | None:
    """Return the scheme in lower case and the text after it; None without the header."""
    header = request.headers.get("authorization")
    if header is None:
        return None
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
    parts = scheme_and_value(request)
    if parts is None:
        raise CredentialsError("The header Authorization was not sent.")
    if parts[0] != "basic":
        raise CredentialsError("The header Authorization has another scheme than Basic.")
    try:
        octets = base64.b64decode(parts[1], validate=True)
    except (binascii.Error, ValueError):
        raise CredentialsError("The Basic credentials are not base64.") from None
    user, colon, password = _text(octets).partition(":")
    if not colon:
        raise CredentialsError("The Basic credentials have no colon after the user.")
    return user, password


def _text(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")
