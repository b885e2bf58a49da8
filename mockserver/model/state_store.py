"""Where state is kept: the protocols that every store follows.

A `Collection` has values of one codec by key, a `StateStore` all collections of one state,
`StorageBackend` the states of one mock by name. A store in the process keeps the values
themselves; another writes them as JSON.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from mockserver.model.errors import Full

MOST = 10_000
"""States that one mock has, beside everybody's, which has the name ""."""

Record = Mapping[str, Any]
T = TypeVar("T")


def _always(_: object) -> None:
    return None


def _itself(value: Any) -> Any:
    return value


class Codec(NamedTuple, Generic[T]):
    """What lies on a collection: how a value is written as JSON and read again.

    `until`: the moment, in Unix seconds, up to which a value must stay, None for always. After it
    the value may leave to make room; 0: at any time.
    """

    encode: Callable[[T], Any] = _itself
    decode: Callable[[Any], T] = _itself
    until: Callable[[T], float | None] = _always


RECORDS: Codec[Record] = Codec(until=lambda record: record.get("until"))
"""JSON objects; one with a field `until`, Unix seconds, may leave after that moment."""


class Collection(Protocol[T]):
    """Values of one codec, by key, in the order in which the keys came. Every call is atomic."""

    @property
    def version(self) -> object:
        """Another one after each change."""

    @property
    def trimmed(self) -> int:
        """How many values have made room, since the last `clear`."""

    def get(self, key: str) -> T | None:
        """The value, or None."""

    def put(self, key: str, value: T) -> None:
        """Keep `value`, in place of any before it."""

    def take(self, key: str) -> T | None:
        """Remove the value and return it; of several callers at once exactly one gets it."""

    def update(self, key: str, change: Callable[[T | None], T | None]) -> T | None:
        """Put what `change` makes of the value, and return it; where it makes None, do nothing.

        Nobody else changes the value meanwhile; `change` may be called more than once.
        """

    def items(self) -> list[tuple[str, T]]:
        """Keys and values, in the order in which the keys came."""

    def trim(self, most: int, now: float = 0) -> None:
        """Of the values that need not stay keep `most`. Those whose moment has passed make room
        first, then the oldest.
        """

    def clear(self) -> None:
        """Remove every value."""


class StateStore(Protocol):
    """The collections of one state, from its beginning to its reset."""

    def collection(self, name: str, codec: Codec[T], *, cached: bool = False) -> Collection[T]:
        """The collection of this name, always with the same codec.

        `cached`: its values are asked for all the time and seldom change, so a store that is far
        away keeps them at hand. They are then as they were when `StorageBackend.store` was called.
        """


class StorageBackend(Protocol):
    """The stores of one mock, by name. Where they cannot be reached, every call of them and of
    theirs raises StoreError.
    """

    @property
    def shared(self) -> bool:
        """Whether other processes have them too; a call may take its time then."""

    def store(self, name: str, begin: Callable[[StateStore], object]) -> StateStore:
        """The store of this name as it is now, the same object until it is another's turn.

        Where there is none it is made; `begin` fills it before anybody sees it. Raises
        Full if there would be more than `MOST`.
        """

    def has(self, name: str, store: StateStore) -> bool:
        """Whether this is the store of this name now; none is made."""

    def renew(self, name: str, begin: Callable[[StateStore], object]) -> StateStore:
        """A new store in the place of the one with this name."""

    def drop(self, name: str) -> None:
        """Forget the store of this name, if there is one."""

    def transaction(self) -> AbstractContextManager[object]:
        """What is done inside is done at once, or not at all, as far as the store can."""

    def check(self) -> None:
        """Raise StoreError unless something can be kept now."""

    def close(self) -> None:
        """Let go of what is open; the next call opens it anew. Do it before a fork."""


def check_room(stores: int) -> None:
    """Raise Full if there can be no more than this number of stores."""
    if stores > MOST:
        raise Full(f"there are {MOST} namespaces; drop one before")
