"""Shelves of a store that is far away, kept at hand: read again when somebody has changed them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, Protocol, TypeVar

from mockserver.model.state_store import Codec, Collection

T = TypeVar("T")


class Holder(Protocol):
    """The store of cached collections: it knows their versions as of the last look."""

    def version_of(self, collection: str) -> object:
        """The version of a cached collection, never None."""

    def change(self, act: Callable[[], T]) -> T:
        """Do what changes a cached collection, so that everybody who looks sees new versions."""


class CachedCollection(Generic[T]):
    """A collection whose values are read once for each of its versions."""

    trimmed = 0

    def __init__(self, far: Collection[T], name: str, holder: Holder) -> None:
        self._uncached = far
        self._name = name
        self._holder = holder
        self._at_hand: tuple[object, dict[str, T]] = (None, {})

    @property
    def version(self) -> object:
        """Another one after each change that was looked for."""
        return self._holder.version_of(self._name)

    def get(self, key: str) -> T | None:
        """The value, or None."""
        return self._values().get(key)

    def items(self) -> list[tuple[str, T]]:
        """Keys and values, in the order in which the keys came."""
        return list(self._values().items())

    def put(self, key: str, value: T) -> None:
        """Keep `value`, in place of any before it."""
        self._holder.change(lambda: self._uncached.put(key, value))

    def take(self, key: str) -> T | None:
        """Remove the value and return it; of several callers at once exactly one gets it."""
        return self._holder.change(lambda: self._uncached.take(key))

    def update(self, key: str, change: Callable[[T | None], T | None]) -> T | None:
        """Put what `change` makes of the value, and return it; where it makes None, do nothing."""
        return self._holder.change(lambda: self._uncached.update(key, change))

    def trim(self, most: int, now: float = 0) -> None:
        """What is cached always stays."""

    def clear(self) -> None:
        """Remove every value."""
        self._holder.change(self._uncached.clear)

    def _values(self) -> dict[str, T]:
        version = self._holder.version_of(self._name)
        seen, values = self._at_hand
        if version != seen:
            values = dict(self._uncached.items())
            self._at_hand = (version, values)
        return values


class RemoteStateStore(ABC):
    """Collections of one state in a remote store, and last known versions of cached ones."""

    def __init__(self) -> None:
        self._collections: dict[str, Collection[Any]] = {}
        # the version of the state, and those of its collections
        self._seen: tuple[object, Mapping[str, object]] = (None, {})
        self._unsure = 0  # changes of which nobody said that they were done

    @abstractmethod
    def _uncached(self, name: str, codec: Codec[T], *, cached: bool) -> Collection[T]:
        """A collection that holds nothing."""

    @abstractmethod
    def _versions(self) -> Mapping[str, object]:
        """The versions of collections, by name."""

    def _changing(self) -> AbstractContextManager[object]:
        """Around a change of a cached collection."""
        return nullcontext()

    def collection(self, name: str, codec: Codec[T], *, cached: bool = False) -> Collection[T]:
        """The collection of this name."""
        collection = self._collections.get(name)
        if collection is None:
            collection = self._uncached(name, codec, cached=cached)
            if cached:
                collection = CachedCollection(collection, name, self)
            self._collections[name] = collection
        return collection

    def version_of(self, collection: str) -> object:
        """The version of a cached collection."""
        return self._unsure, self._seen[1].get(collection)

    def change(self, act: Callable[[], T]) -> T:
        """Do what changes a cached collection, so that everybody who looks sees new versions."""
        try:
            with self._changing():
                done = act()
                self._refresh(self._seen[0])
        except BaseException:
            self._unsure += 1
            raise
        return done

    def refresh(self, version: object) -> None:
        """See what others have changed, if this is another version of the state."""
        if version != self._seen[0]:
            self._refresh(version)

    def _refresh(self, version: object) -> None:
        """Versions are never newer than what `version` says: another thread may be quicker."""
        self._seen = (version, self._versions())
