"""Remember what is computed from keys that come again and again, in bounded memory."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def remember(known: dict[K, V], key: K, value: V, most: int) -> None:
    """Add a value to `known`, after removing all others if it has `most` of them.

    With `functools.lru_cache`, finding a value takes three times as long, every key is kept,
    however long it is, and each object that remembers something takes longer to create.
    """
    if len(known) >= most:
        known.clear()
    known[key] = value
