"""The states of all namespaces in one database of a Redis server."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

from mockserver.model.errors import StoreError
from mockserver.model.state_store import Codec, Collection, StateStore, require_room
from mockserver.storage.redis_connection import PREFIX, RedisConnection, Write
from mockserver.storage.shared_store import (
    RemoteStateStore,
    Unreadable,
    key_bytes,
    key_text,
    pack,
    unpack,
)

T = TypeVar("T")

_ATTEMPTS = 1000  # of an update; each that fails is one that another client has won


class RedisCollection(Generic[T]):
    """A collection of the state with this key."""

    def __init__(
        self, connection: RedisConnection, state: str, name: str, codec: Codec[T], *, cached: bool
    ) -> None:
        self._connection = connection
        self._state = state
        self._name = name
        self._codec = codec
        self._cached = cached

    @property
    def version(self) -> object:
        """Return a value that is different after each change."""
        return self._connection.read("HGET", self._state, f"v:{self._name}")

    @property
    def trimmed(self) -> int:
        """Return how many values `trim` has removed since the last `clear`."""
        return int(self._connection.read("HGET", self._state, f"t:{self._name}") or 0)

    def get(self, key: str) -> T | None:
        """Return the value of `key`, or None."""
        return self._value(self._record(key))

    def put(self, key: str, value: T) -> None:
        """Set the value of `key`; an existing key keeps its position."""
        packed = pack(self._codec, value)
        self._connection.defer(self._write("put", key_bytes(key), packed, self._until(value)))

    def take(self, key: str) -> T | None:
        """Remove the value of `key` and return it; of simultaneous callers only one gets it."""
        return self._value(self._connection.write(self._write("take", key_bytes(key))))

    def update(self, key: str, change: Callable[[T | None], T | None]) -> T | None:
        """Replace a value by what `change` returns for it; None changes nothing."""
        for _ in range(_ATTEMPTS):
            record = self._record(key)
            value = change(self._value(record))
            if value is None or self._swap(key, record or b"", value):
                return value
        raise StoreError("Redis: too many clients change one value at once")

    def items(self) -> list[tuple[str, T]]:
        """Return keys and values, in the order in which the keys were added."""
        found = self._connection.read("HGETALL", f"{self._state}:{self._name}")
        with self._connection.store_errors():
            records = sorted((*_split(record), key) for key, record in found.items())
            return [(key_text(key), unpack(self._codec, packed)) for _, packed, key in records]

    def trim(self, most: int, now: float = 0) -> None:
        """Remove values that need not be kept until at most `most` of them are left."""
        self._connection.defer(self._write("trim", most, now))

    def clear(self) -> None:
        """Remove every value."""
        self._connection.defer(self._write("clear"))

    def _record(self, key: str) -> bytes | None:
        base = f"{self._state}:{self._name}"
        record: bytes | None = self._connection.read("HGET", base, key_bytes(key))
        return record

    def _swap(self, key: str, record: bytes, value: T) -> bool:
        packed = pack(self._codec, value)
        swap = self._write("swap", key_bytes(key), packed, self._until(value), record)
        return bool(self._connection.write(swap))

    def _write(self, command: str, *arguments: str | bytes | float) -> Write:
        return Write(command, self._state, self._name, self._cached, *arguments)

    def _until(self, value: T) -> str | float:
        until = self._codec.until(value)
        return "" if until is None else until or 0

    def _value(self, record: Any) -> T | None:
        with self._connection.store_errors():
            return unpack(self._codec, _split(record)[1]) if record else None


class RedisStateStore(RemoteStateStore):
    """The collections of the state with this key."""

    def __init__(self, connection: RedisConnection, state: str) -> None:
        super().__init__()
        self.state = state
        self._connection = connection

    def _uncached(self, name: str, codec: Codec[T], *, cached: bool) -> Collection[T]:
        return RedisCollection(self._connection, self.state, name, codec, cached=cached)

    def _versions(self) -> Mapping[str, object]:
        found = self._connection.read("HGETALL", self.state)
        return {name[2:].decode(): found[name] for name in found if name.startswith(b"v:")}


class RedisBackend:
    """All states in one database of a Redis server. It connects with the first call."""

    shared = True

    def __init__(self, url: str) -> None:
        self._connection = RedisConnection(url)
        self._stores: WeakValueDictionary[str, RedisStateStore] = WeakValueDictionary()

    def store(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Return the current store of this name; a missing one is created and initialized."""
        found = self._connection.namespace("current", name)
        if not found:
            require_room(self._connection.namespace("count"))
            found = self._publish("create", name, initialize)
        return self._found(name, *found)

    def is_current(self, name: str, store: StateStore) -> bool:
        """Return True if `store` is the one that has this name now."""
        found = self._connection.namespace("current", name)
        return (
            isinstance(store, RedisStateStore) and bool(found) and found[0].decode() == store.state
        )

    def replace(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Put a new store in the place of the one with this name, and return it."""
        return self._found(name, *self._publish("replace", name, initialize))

    def drop(self, name: str) -> None:
        """Delete the store of this name, if there is one."""
        self._connection.namespace("drop", name)
        self._stores.pop(name, None)

    def transaction(self) -> AbstractContextManager[None]:
        """Write at the end what is deferred inside: all or nothing.

        `take` and `update` need their result at once; they are written at once, after what was
        deferred before them.
        """
        return self._connection.transaction()

    def check(self) -> None:
        """Raise StoreError unless the server can be written to, and forgets nothing."""
        self._connection.check()

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _found(self, name: str, state: bytes, version: bytes) -> RedisStateStore:
        store = self._stores.get(name)
        if store is None or store.state != state.decode():
            store = RedisStateStore(self._connection, state.decode())
            self._stores[name] = store
        store.refresh(version)
        return store

    def _publish(self, command: str, name: str, initialize: Callable[[StateStore], object]) -> Any:
        """Create a state that no other client knows, and return which state has the name then."""
        store = RedisStateStore(self._connection, f"{PREFIX}:state:{uuid4().hex}")
        initialize(store)
        found = self._connection.namespace(command, name, store.state)
        if found[0].decode() == store.state:
            self._stores[name] = store
        return found


def _split(record: bytes) -> tuple[int, bytes]:
    position, _, packed = record.partition(b"|")
    try:
        return int(position), packed
    except ValueError:
        raise Unreadable from None
