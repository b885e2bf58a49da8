"""The target of a request line."""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from mockserver.server.protocol_error import ProtocolError

_ABSOLUTE = re.compile(rb"https?://([^/?#]+)([^#]*)(?:#.*)?", re.IGNORECASE)


class Target(NamedTuple):
    """`path`, percent-decoded; `query`, as sent; `authority`, if the target was a whole URL.

    `sent`: path and query as they were sent, "" if that is no ASCII or no path.
    """

    path: str
    query: str
    authority: str | None
    sent: str


def read_target(method: str, raw: bytes) -> Target:
    """Split a path, a whole URL or `*`, without its fragment. Raises ProtocolError (400)."""
    if raw.startswith(b"/"):
        return _split(raw.partition(b"#")[0], None)
    if raw == b"*" and method == "OPTIONS":
        return Target("*", "", None, "*")
    match = _ABSOLUTE.fullmatch(raw)
    if match is None:
        raise ProtocolError(400, "The request's target is no path.")
    return _split(match[2], match[1].decode("latin-1"))


def _split(raw: bytes, authority: str | None) -> Target:
    path, _, query = raw.partition(b"?")
    sent = raw.decode() if raw.isascii() and raw.startswith(b"/") else ""
    return Target(_decoded(path), query.decode("latin-1"), authority, sent)


def _decoded(path: bytes) -> str:
    """As WSGI servers and Werkzeug do, so that both doors hand over the same path."""
    plain = unquote_to_bytes(path) if b"%" in path else path
    return "/" + plain.decode("utf-8", "replace").lstrip("/")
