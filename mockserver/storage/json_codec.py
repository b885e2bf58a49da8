"""Keys and values as stores out of this process keep them: bytes, and JSON that can run nothing."""

import json
from typing import TypeVar

from mockserver.model.errors import MockServerError
from mockserver.model.state_store import Codec

T = TypeVar("T")
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Unreadable(Exception):
    """What was found is no value of its codec."""


def pack(codec: Codec[T], value: T) -> str:
    """A value as JSON, ASCII only."""
    return _encode(codec.encode(value))


def unpack(codec: Codec[T], text: str | bytes) -> T:
    """The value that `pack` wrote. Raises Unreadable for what it did not write."""
    try:
        return codec.decode(json.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, MockServerError):
        raise Unreadable("there is something in the store that we did not write") from None


def key_bytes(key: str) -> bytes:
    """A key as bytes, also one that is no proper Unicode."""
    return key.encode(errors="surrogatepass")


def key_text(key: bytes) -> str:
    """The key of these bytes."""
    return key.decode(errors="surrogatepass")
