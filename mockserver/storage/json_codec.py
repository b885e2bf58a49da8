"""Write keys as bytes and values as JSON, for stores outside the process.

JSON and not pickle: whoever can write to the store must not be able to run code here.
"""

import json
from typing import TypeVar

from mockserver.model.errors import MockServerError
from mockserver.model.state_store import Codec

T = TypeVar("T")
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Unreadable(Exception):
    """A value in the store was not written by this version of the program."""

    def __init__(self) -> None:
        super().__init__("there is something in the store that we did not write")


def pack(codec: Codec[T], value: T) -> str:
    """Return a value as JSON, in ASCII."""
    return _encode(codec.encode(value))


def unpack(codec: Codec[T], text: str | bytes) -> T:
    """Return the value that `pack` wrote.

    Raises:
        Unreadable: `pack` did not write `text`.
    """
    try:
        return codec.decode(json.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, MockServerError):
        raise Unreadable from None


def key_bytes(key: str) -> bytes:
    """Return a key as bytes, also one with lone surrogates, as a JSON body may contain."""
    return key.encode(errors="surrogatepass")


def key_text(key: bytes) -> str:
    """Return the key that `key_bytes` wrote."""
    return key.decode(errors="surrogatepass")
