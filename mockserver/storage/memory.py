"""State in the process: gone when it ends."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar

from mockserver.model.state_store import Codec, Collection, StateStore, check_room

T = TypeVar("T")


class MemoryCollection(Generic[T]):
    """A collection on dictionaries: it has the values themselves. To look at them takes no lock."""

    def __init__(self, codec: Codec[T]) -> None:
        self.version = 0
        self.trimmed = 0
        self._until = codec.until
        self._lock = threading.Lock()
        self._values: dict[str, T] = {}
        self._free: OrderedDict[str, None] = OrderedDict()  # may leave, the oldest first
        self._due: list[tuple[float, str]] = []  # a heap: will be free at a moment

    def get(self, key: str) -> T | None:
        """The value, or None."""
        return self._values.get(key)

    def put(self, key: str, value: T) -> None:
        """Keep `value`, in place of any before it."""
        with self._lock:
            self._put(key, value)

    def take(self, key: str) -> T | None:
        """Remove the value and return it; of several callers at once exactly one gets it."""
        with self._lock:
            self.version += 1
            self._free.pop(key, None)
            return self._values.pop(key, None)

    def update(self, key: str, change: Callable[[T | None], T | None]) -> T | None:
        """Put what `change` makes of the value, and return it; where it makes None, do nothing."""
        with self._lock:
            value = change(self._values.get(key))
            if value is not None:
                self._put(key, value)
            return value

    def items(self) -> list[tuple[str, T]]:
        """Keys and values, in the order in which the keys came."""
        return list(self._values.items())

    def trim(self, most: int, now: float = 0) -> None:
        """Of the values that need not stay keep `most`; the oldest make room."""
        with self._lock:
            if self._due and self._due[0][0] <= now:
                self._release(now)
            while len(self._free) > most:
                key, _ = self._free.popitem(last=False)
                del self._values[key]
                self.trimmed += 1

    def clear(self) -> None:
        """Remove every value."""
        with self._lock:
            self.version += 1
            self.trimmed = 0
            self._values.clear()
            self._free.clear()
            self._due.clear()

    def _put(self, key: str, value: T) -> None:
        self.version += 1
        self._values[key] = value
        until = self._until(value)
        if until == 0:
            self._free[key] = None
            return
        self._free.pop(key, None)
        if until is not None:
            heappush(self._due, (until, key))

    def _release(self, now: float) -> None:
        """Those whose moment has passed are free, and leave before others."""
        passed = []
        while self._due and self._due[0][0] <= now:
            until, key = heappop(self._due)
            value = self._values.get(key)
            if value is not None and self._until(value) == until:  # and not another by now
                passed.append(key)
        for key in reversed(passed):
            self._free[key] = None
            self._free.move_to_end(key, last=False)


class MemoryStateStore:
    """Shelves by name."""

    def __init__(self) -> None:
        self._collections: dict[str, MemoryCollection[Any]] = {}

    def collection(self, name: str, codec: Codec[T], *, cached: bool = False) -> Collection[T]:
        """The collection of this name; all are at hand."""
        collection = self._collections.get(name)
        return (
            self._collections.setdefault(name, MemoryCollection(codec))
            if collection is None
            else collection
        )


class MemoryBackend:
    """StorageBackend of this process alone."""

    shared = False

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._backend: dict[str, MemoryStateStore] = {}

    def store(self, name: str, begin: Callable[[StateStore], object]) -> StateStore:
        """The store of this name; where there is none it is made, and `begin` fills it."""
        with self._lock:
            if name not in self._backend:
                check_room(len(self._backend))
                self.renew(name, begin)
            return self._backend[name]

    def has(self, name: str, store: StateStore) -> bool:
        """Whether this is the store of this name now."""
        return self._backend.get(name) is store

    def renew(self, name: str, begin: Callable[[StateStore], object]) -> StateStore:
        """A new store in the place of the one with this name; who still holds that keeps it."""
        store = MemoryStateStore()
        with self._lock:
            begin(store)
            self._backend[name] = store
        return store

    def drop(self, name: str) -> None:
        """Forget the store of this name, if there is one."""
        with self._lock:
            self._backend.pop(name, None)

    def transaction(self) -> AbstractContextManager[object]:
        """Nothing: who is in one process with others does not wait for them."""
        return nullcontext()

    def check(self) -> None:
        """There is always room."""

    def close(self) -> None:
        """Nothing is open."""
