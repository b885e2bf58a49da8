"""Protocols that every store implements.

A `Collection` holds values of one type by key, a `StateStore` all collections of one namespace,
and a `StorageBackend` the stores of one mock by the name of their namespace. A store in the
process keeps the values themselves; the others write them as JSON.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

MAX_NAMESPACES = 10_000
"""Namespaces of one mock, not counting the default one, whose name is ""."""

Record = Mapping[str, Any]
T = TypeVar("T")


def _never_expires(_: object) -> None:
    return None


def _unchanged(value: Any) -> Any:
    return value


class Codec(NamedTuple, Generic[T]):
    """Writes the values of a collection as JSON, and reads them again.

    `until` returns the moment, in Unix seconds, up to which a value must be kept: None forever,
    0 if it may be removed at any time. A value past its moment is removed only to make room.
    """

    encode: Callable[[T], Any] = _unchanged
    decode: Callable[[Any], T] = _unchanged
    until: Callable[[T], float | None] = _never_expires


RECORDS: Codec[Record] = Codec(until=lambda record: record.get("until"))
"""JSON objects; the field `until` is the time, in Unix seconds, from which one may be removed."""


class Collection(Protocol[T]):
    """Values of one type by key, in the order in which the keys were added.

    Every call is atomic, and raises StoreError if the store cannot be reached.

    A call that writes a value can limit the collection: values that need not be kept are then
    removed until at most `most` of them are left. Those whose moment has passed at `now`, in Unix
    seconds, are removed first, then the oldest.
    """

    @property
    def version(self) -> object:
        """Return a value that is different after each change."""

    @property
    def trimmed(self) -> int:
        """Return how many values were removed to keep a limit since the last `clear`."""

    def get(self, key: str) -> T | None:
        """Return the value of `key`, or None."""

    def put(self, key: str, value: T, *, most: int | None = None, now: float = 0) -> None:
        """Set the value of `key`; an existing key keeps its position."""

    def take(self, key: str) -> T | None:
        """Remove the value of `key` and return it; of simultaneous callers only one gets it."""

    def update(
        self,
        key: str,
        change: Callable[[T | None], T | None],
        *,
        is_new: bool = False,
        most: int | None = None,
        now: float = 0,
    ) -> T | None:
        """Replace a value by what `change` returns for it, and return the new value.

        Nothing is written if `change` returns None. No other caller writes the value in between;
        `change` may therefore be called more than once. `is_new` is True if most likely there is
        no value yet: a remote store then writes without reading first.
        """

    def items(self) -> list[tuple[str, T]]:
        """Return keys and values, in the order in which the keys were added."""

    def clear(self) -> None:
        """Remove every value."""


class StateStore(Protocol):
    """The collections of one namespace, from its start to its reset."""

    def collection(self, name: str, codec: Codec[T], *, cached: bool = False) -> Collection[T]:
        """Return the collection of this name, which always has the same codec.

        Args:
            name: The name.
            codec: Writes and reads the values.
            cached: True for values that are read often and seldom change. A store outside the
                process keeps a copy of them, as of the last call of `StorageBackend.store`.
        """


class StorageBackend(Protocol):
    """The stores of one mock, by name of the namespace.

    Every call, of its stores and collections too, raises StoreError if it cannot be reached.
    """

    @property
    def shared(self) -> bool:
        """Return True if other processes may use it too; its calls may then block."""

    def store(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Return the current store of this name, the same object until it is replaced.

        A missing store is created; `initialize` fills it before any other caller sees it. If there
        are then more than `MAX_NAMESPACES`, the least recently used one is dropped.
        """

    def exists(self, name: str) -> bool:
        """Return True if there is a store of this name; none is created."""

    def last_uses(self) -> dict[str, float]:
        """Return the time of the last use of each store, in Unix seconds, oldest first.

        The default store is not among them.
        """

    def sizes(self, name: str) -> Mapping[str, int]:
        """Return the number of values in each collection of a store; {} for a missing store."""

    def is_current(self, name: str, store: StateStore) -> bool:
        """Return True if `store` is the one that has this name now; none is created."""

    def replace(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Put a new store in the place of the one with this name, and return it."""

    def drop(self, name: str) -> None:
        """Delete the store of this name, if there is one."""

    def transaction(self) -> AbstractContextManager[object]:
        """Apply the changes made inside all at once or not at all, as far as the store can."""

    def turn(self) -> AbstractContextManager[object]:
        """Apply the changes of several requests to one store all at once or not at all.

        Raises:
            StoreUnavailable: The store fails.
            StoreError: Nothing was changed. If it is raised after the last request, another client
                has changed what the requests read: apply fewer requests at once. If it is raised
                in one of the requests, answer that one alone.
        """

    def check(self) -> None:
        """Raise StoreError unless the store can be written to now."""

    def close(self) -> None:
        """Close what is open; the next call opens it again. Required before a fork."""


def surplus(namespaces: int) -> int:
    """Return how many of `namespaces` exceed the limit; the default one is not counted."""
    return max(0, namespaces - MAX_NAMESPACES)
