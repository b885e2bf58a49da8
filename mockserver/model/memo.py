"""Remember what is computed from keys that come again and again, in bounded memory."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def remember(known: dict[K, V], key: K, value: V, most: int) -> None:
    """Add a value to `known`, after removing all others if it has `most` of them.

    `functools.lru_cache` would take three times as long to find a value, and each object that
    remembers something would take longer to create. It would also keep long keys, which callers of
    this function can leave out.
    """
    if len(known) >= most:
        known.clear()
    known[key] = value
