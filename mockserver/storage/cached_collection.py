"""Shelves of a store that is far away, kept at hand: read again when somebody has changed them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, Protocol, TypeVar

from mockserver.model.state_store import Codec, Collection

T = TypeVar("T")


class Holder(Protocol):
    """The store of held shelves: it knows their versions as of the last look."""

    def version_of(self, shelf: str) -> object:
        """The version of a held shelf, never None."""

    def change(self, act: Callable[[], T]) -> T:
        """Do what changes a held shelf, so that everybody who looks sees new versions."""


class CachedCollection(Generic[T]):
    """A shelf whose values are read once for each of its versions."""

    trimmed = 0

    def __init__(self, far: Collection[T], name: str, holder: Holder) -> None:
        self._far = far
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
        self._holder.change(lambda: self._far.put(key, value))

    def take(self, key: str) -> T | None:
        """Remove the value and return it; of several callers at once exactly one gets it."""
        return self._holder.change(lambda: self._far.take(key))

    def update(self, key: str, change: Callable[[T | None], T | None]) -> T | None:
        """Put what `change` makes of the value, and return it; where it makes None, do nothing."""
        return self._holder.change(lambda: self._far.update(key, change))

    def trim(self, most: int, now: float = 0) -> None:
        """What is held always stays."""

    def clear(self) -> None:
        """Remove every value."""
        self._holder.change(self._far.clear)

    def _values(self) -> dict[str, T]:
        version = self._holder.version_of(self._name)
        seen, values = self._at_hand
        if version != seen:
            values = dict(self._far.items())
            self._at_hand = (version, values)
        return values


class RemoteStateStore(ABC):
    """The shelves of one state, far away, and the versions of those that are held, as of the last
    look.
    """

    def __init__(self) -> None:
        self._shelves: dict[str, Collection[Any]] = {}
        # the version of the state, and those of its shelves
        self._seen: tuple[object, Mapping[str, object]] = (None, {})
        self._unsure = 0  # changes of which nobody said that they were done

    @abstractmethod
    def _far(self, name: str, kind: Codec[T], *, held: bool) -> Collection[T]:
        """A shelf that holds nothing."""

    @abstractmethod
    def _versions(self) -> Mapping[str, object]:
        """The versions of shelves, by name."""

    def _changing(self) -> AbstractContextManager[object]:
        """Around a change of a held shelf."""
        return nullcontext()

    def shelf(self, name: str, kind: Codec[T], *, held: bool = False) -> Collection[T]:
        """The shelf of this name."""
        shelf = self._shelves.get(name)
        if shelf is None:
            shelf = self._far(name, kind, held=held)
            if held:
                shelf = CachedCollection(shelf, name, self)
            self._shelves[name] = shelf
        return shelf

    def version_of(self, shelf: str) -> object:
        """The version of a held shelf."""
        return self._unsure, self._seen[1].get(shelf)

    def change(self, act: Callable[[], T]) -> T:
        """Do what changes a held shelf, so that everybody who looks sees new versions."""
        try:
            with self._changing():
                done = act()
                self._look(self._seen[0])
        except BaseException:
            self._unsure += 1
            raise
        return done

    def look(self, version: object) -> None:
        """See what others have changed, if this is another version of the state."""
        if version != self._seen[0]:
            self._look(version)

    def _look(self, version: object) -> None:
        """Versions are never newer than what `version` says: another thread may be quicker."""
        self._seen = (version, self._versions())
