"""State in the process; it is lost when the process ends."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar

from mockserver.model.clock import machine_seconds
from mockserver.model.state_store import Codec, Collection, StateStore, surplus

T = TypeVar("T")


class MemoryCollection(Generic[T]):
    """A collection in dictionaries. Reading takes no lock."""

    def __init__(self, codec: Codec[T]) -> None:
        self.version = 0
        self.trimmed = 0
        self._until = codec.until
        self._lock = threading.Lock()
        self._values: dict[str, T] = {}
        # Keys of values that may be removed, the oldest first.
        self._removable: OrderedDict[str, None] = OrderedDict()
        # A heap of values that may be removed from a moment on.
        self._expiring: list[tuple[float, str]] = []

    def get(self, key: str) -> T | None:
        """Return the value of `key`, or None."""
        return self._values.get(key)

    def put(self, key: str, value: T, *, most: int | None = None, now: float = 0) -> None:
        """Set the value of `key`; an existing key keeps its position."""
        with self._lock:
            self._put(key, value, most, now)

    def take(self, key: str) -> T | None:
        """Remove the value of `key` and return it; of simultaneous callers only one gets it."""
        with self._lock:
            self.version += 1
            self._removable.pop(key, None)
            return self._values.pop(key, None)

    def update(
        self,
        key: str,
        change: Callable[[T | None], T | None],
        *,
        is_new: bool = False,
        most: int | None = None,
        now: float = 0,
    ) -> T | None:
        """Replace a value by what `change` returns for it; None changes nothing."""
        with self._lock:
            value = change(self._values.get(key))
            if value is not None:
                self._put(key, value, most, now)
            return value

    def items(self) -> list[tuple[str, T]]:
        """Return keys and values, in the order in which the keys were added."""
        return list(self._values.items())

    def clear(self) -> None:
        """Remove every value."""
        with self._lock:
            self.version += 1
            self.trimmed = 0
            self._values.clear()
            self._removable.clear()
            self._expiring.clear()

    def _put(self, key: str, value: T, most: int | None, now: float) -> None:
        self.version += 1
        self._values[key] = value
        until = self._until(value)
        if until == 0:
            self._removable[key] = None
        else:
            self._removable.pop(key, None)
            if until is not None:
                heappush(self._expiring, (until, key))
        if most is not None:
            self._trim(most, now)

    def _trim(self, most: int, now: float) -> None:
        """Remove values that need not be kept until at most `most` of them are left."""
        if self._expiring and self._expiring[0][0] <= now:
            self._expire(now)
        while len(self._removable) > most:
            key, _ = self._removable.popitem(last=False)
            del self._values[key]
            self.trimmed += 1

    def _expire(self, now: float) -> None:
        """Make values whose moment has passed removable, before all others."""
        expired = []
        while self._expiring and self._expiring[0][0] <= now:
            until, key = heappop(self._expiring)
            value = self._values.get(key)
            # The key may have got another value, with another moment, since.
            if value is not None and self._until(value) == until:
                expired.append(key)
        for key in reversed(expired):
            self._removable[key] = None
            self._removable.move_to_end(key, last=False)


class MemoryStateStore:
    """Collections by name."""

    def __init__(self) -> None:
        self._collections: dict[str, MemoryCollection[Any]] = {}

    def collection(self, name: str, codec: Codec[T], *, cached: bool = False) -> Collection[T]:
        """Return the collection of this name; `cached` changes nothing here."""
        found = self._collections.get(name)
        return found or self._collections.setdefault(name, MemoryCollection(codec))

    def sizes(self) -> Mapping[str, int]:
        """Return how many values each collection has."""
        return {name: len(each.items()) for name, each in [*self._collections.items()]}


class MemoryBackend:
    """Stores of this process alone."""

    shared = False

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._stores: dict[str, MemoryStateStore] = {}
        self._used: OrderedDict[str, float] = OrderedDict()  # all but the default, by last use

    def store(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Return the store of this name; a missing one is created and initialized."""
        with self._lock:
            if name not in self._stores:
                self.replace(name, initialize)
            if name:
                self._used[name] = machine_seconds()
                self._used.move_to_end(name)
                for _ in range(surplus(len(self._used))):
                    self.drop(next(iter(self._used)))
            return self._stores[name]

    def exists(self, name: str) -> bool:
        """Return True if there is a store of this name."""
        return name in self._stores

    def last_uses(self) -> dict[str, float]:
        """Return the moment of the last use of each store but the default one, oldest first."""
        with self._lock:
            return dict(self._used)

    def sizes(self, name: str) -> Mapping[str, int]:
        """Return how many values each collection of a store has."""
        store = self._stores.get(name)
        return store.sizes() if store else {}

    def is_current(self, name: str, store: StateStore) -> bool:
        """Return True if `store` is the one that has this name now."""
        return self._stores.get(name) is store

    def replace(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Create a store for this name; whoever still has the old one can finish with it."""
        store = MemoryStateStore()
        with self._lock:
            initialize(store)
            self._stores[name] = store
        return store

    def drop(self, name: str) -> None:
        """Delete the store of this name, if there is one."""
        with self._lock:
            self._stores.pop(name, None)
            self._used.pop(name, None)

    def transaction(self) -> AbstractContextManager[object]:
        """Do nothing: in one process a request does not wait for others."""
        return nullcontext()

    def turn(self) -> AbstractContextManager[object]:
        """Do nothing, as `transaction`."""
        return nullcontext()

    def check(self) -> None:
        """Do nothing: there is always room."""

    def close(self) -> None:
        """Do nothing: nothing is open."""
