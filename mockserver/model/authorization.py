"""The `Authorization` header, taken apart (RFC 9110, 11.4; RFC 7617)."""

import base64
import binascii

from mockserver.model.http import Request


def scheme_and_value(request: Request) -> tuple[str, str] | None:
    """The scheme in lower case and what follows it, "" for nothing; None without the header."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, value = header.strip(" \t").partition(" ")
    return scheme.lower(), value.strip(" \t")


def bearer(request: Request) -> str | None:
    """The token of `Authorization: Bearer <token>`, or None for anything else."""
    parts = scheme_and_value(request)
    if parts is None or parts[0] != "bearer" or not parts[1] or " " in parts[1]:
        return None
    return parts[1]


def basic(request: Request) -> tuple[str, str] | None:
    """User and password of Basic authentication, or None where they cannot be read.

    The password may hold colons, the user may not; both are UTF-8.
    """
    parts = scheme_and_value(request)
    if parts is None or parts[0] != "basic":
        return None
    try:
        pair = base64.b64decode(parts[1], validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = pair.partition(":")
    return (user, password) if colon else None
