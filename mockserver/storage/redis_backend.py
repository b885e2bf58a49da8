"""The states of all namespaces in one database of a Redis server."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from mockserver.model.errors import StoreError
from mockserver.model.state_store import Codec, Collection, StateStore, surplus
from mockserver.storage import redis_scripts as scripts
from mockserver.storage.redis_connection import Place, RedisConnection, Turn
from mockserver.storage.redis_scripts import Command, Write
from mockserver.storage.shared_store import (
    RemoteStateStore,
    Unreadable,
    key_bytes,
    key_text,
    pack,
    unpack,
)

T = TypeVar("T")

_SEEN = 1000  # records that are remembered for the next turn
_CANDIDATES = 16  # namespaces of which the last use is compared, because it is noted to the minute
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
        self._seen: dict[bytes, bytes] = {}  # records as they were last seen in a turn

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
        turn = self._connection.turn_here
        if turn is None:
            return self._value(self._record(key))
        put = turn.value(self._place(key))
        if put is not None:
            return unpack(self._codec, str(put))
        return self._value(self._expected(turn, key))

    def put(self, key: str, value: T) -> None:
        """Set the value of `key`; an existing key keeps its position."""
        packed = pack(self._codec, value)
        write = self._write("put", key_bytes(key), packed, self._until(value))
        turn = self._connection.turn_here
        if turn is None:
            self._connection.defer(write)
        else:
            turn.put(self._place(key), write, partial(self._learn, key, packed))

    def take(self, key: str) -> T | None:
        """Remove the value of `key` and return it; of simultaneous callers only one gets it."""
        return self._value(self._connection.write(self._write("take", key_bytes(key))))

    def update(self, key: str, change: Callable[[T | None], T | None]) -> T | None:
        """Replace a value by what `change` returns for it; None changes nothing."""
        if self._connection.turn_here is not None:
            value = change(self.get(key))
            if value is not None:
                self.put(key, value)
            return value
        for _ in range(_ATTEMPTS):
            record = self._record(key)
            value = change(self._value(record))
            if value is None or self._swap(key, record or b"", value):
                return value
        raise StoreError("Redis: too many clients change one value at once")

    def items(self) -> list[tuple[str, T]]:
        """Return keys and values, in the order in which the keys were added."""
        found = self._connection.read("HGETALL", scripts.records_key(self._state, self._name))
        with self._connection.store_errors():
            records = sorted((*_split(record), key) for key, record in found.items())
            return [(key_text(key), unpack(self._codec, packed)) for _, packed, key in records]

    def trim(self, most: int, now: float = 0) -> None:
        """Remove values that need not be kept until at most `most` of them are left."""
        write, turn = self._write("trim", most, now), self._connection.turn_here
        if turn is None:
            self._connection.defer(write)
        else:
            turn.trim(write)

    def clear(self) -> None:
        """Remove every value."""
        self._connection.defer(self._write("clear"))

    def _expected(self, turn: Turn, key: str) -> bytes:
        """Return the record of `key` as it was last seen; the turn fails if that is outdated."""
        octets = key_bytes(key)
        record = self._seen.get(octets)
        if record is None:
            base = scripts.records_key(self._state, self._name)
            record = self._connection.read_before("HGET", base, octets) or b""
            self._see(octets, record)
        expect = self._write("expect", octets, record)
        turn.expect(self._place(key), expect, lambda: self._seen.pop(octets, None))
        return record

    def _learn(self, key: str, packed: str, position: int) -> None:
        self._see(key_bytes(key), f"{position}|{packed}".encode())

    def _see(self, key: bytes, record: bytes) -> None:
        if len(self._seen) >= _SEEN:
            self._seen.clear()
        self._seen[key] = record

    def _place(self, key: str) -> Place:
        return self._state, self._name, key_bytes(key)

    def _record(self, key: str) -> bytes | None:
        base = scripts.records_key(self._state, self._name)
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
    """All states in one database of a Redis server, or in a cluster.

    It connects with the first call.
    """

    shared = True

    def __init__(self, url: str) -> None:
        self._connection = RedisConnection(url)
        self._stores: WeakValueDictionary[str, RedisStateStore] = WeakValueDictionary()

    def store(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Return the current store of this name; a missing one is created and initialized."""
        state, version = self._current(name)
        while not version:
            created = self._created(name, initialize)
            if self._publish(name, created.state, state) == created.state:
                self._stores[name] = created
            state, version = self._current(name)
        return self._found(name, state, version)

    def exists(self, name: str) -> bool:
        """Return True if there is a store of this name."""
        return bool(self._state(name))

    def last_uses(self) -> dict[str, float]:
        """Return the moment of the last use of each store but the default one, oldest first."""
        self._send(scripts.NAMES, scripts.note_use())  # forgets what has expired
        names = self._connection.read("ZRANGE", scripts.NAMES, 0, -1)
        used = {name.decode(): self._used(name.decode()) for name in names}
        return {name: used[name] for name in sorted(used, key=used.__getitem__) if used[name]}

    def sizes(self, name: str) -> Mapping[str, int]:
        """Return how many values each collection of a store has."""
        state = self._state(name)
        if not state:
            return {}
        fields = self._connection.read("HKEYS", state)
        names = [field[2:].decode() for field in fields if field.startswith(b"v:")]
        lengths = [Command(("HLEN", scripts.records_key(state, each))) for each in names]
        return dict(zip(names, self._connection.send(state, lengths), strict=True))

    def is_current(self, name: str, store: StateStore) -> bool:
        """Return True if `store` is the one that has this name now."""
        state, version = self._current(name)
        return isinstance(store, RedisStateStore) and bool(version) and state == store.state

    def replace(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Put a new store in the place of the one with this name, and return it."""
        created = self._created(name, initialize)
        self._exchange(name, created.state)
        self._stores[name] = created
        return created

    def drop(self, name: str) -> None:
        """Delete the store of this name, if there is one."""
        self._exchange(name, "")
        self._stores.pop(name, None)
        self._connection.read("ZREM", scripts.NAMES, name)

    def transaction(self) -> AbstractContextManager[None]:
        """Write at the end what is deferred inside: all or nothing.

        `take` and `update` need their result at once; they are written at once, after what was
        deferred before them.
        """
        return self._connection.transaction()

    def turn(self) -> AbstractContextManager[None]:
        """Read ahead of time, and write with one script that fails if what was read has changed.

        What needs the result of a write at once cannot be done in a turn, and raises StoreError.
        """
        return self._connection.turn()

    def check(self) -> None:
        """Raise StoreError unless the servers can be written to, and forget nothing."""
        self._connection.check()

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _found(self, name: str, state: str, version: bytes) -> RedisStateStore:
        store = self._stores.get(name)
        if store is None or store.state != state:
            store = RedisStateStore(self._connection, state)
            self._stores[name] = store
        store.refresh(version)
        return store

    def _current(self, name: str) -> tuple[str, bytes]:
        """Return the key of the current state, and its version; both may be empty."""
        known = self._stores.get(name)
        likely = known.state if known else ""
        while True:
            found = self._send(scripts.namespace_key(name), scripts.current(name, likely))
            state = found[0].decode()
            if state == likely or not state:
                break
            likely = state
        if found[2]:
            self._prolong(name, state)
        return state, found[1]

    def _prolong(self, name: str, state: str) -> None:
        keys = self._keys(state)
        self._connection.send(
            state, [Command(("EXPIRE", key, scripts.LIFE)) for key in keys], writes=True
        )
        self._note_use(name)

    def _note_use(self, name: str) -> None:
        if name:  # the default namespace is not counted
            too_many = surplus(self._send(scripts.NAMES, scripts.note_use(name)))
            if too_many:
                self._make_room(name, too_many)

    def _make_room(self, name: str, too_many: int) -> None:
        """Drop the least recently used of the namespaces that were noted first."""
        found = self._connection.read("ZRANGE", scripts.NAMES, 0, too_many + _CANDIDATES)
        names = [each.decode() for each in found if each.decode() != name]
        used = {each: self._used(each) for each in names}
        for each in sorted(names, key=used.__getitem__)[:too_many]:
            self.drop(each)

    def _state(self, name: str) -> str:
        """Return the key of the current state, or an empty text; this is no use of it."""
        found: bytes = self._connection.read("HGET", scripts.namespace_key(name), "state") or b""
        return found.decode()

    def _used(self, name: str) -> float:
        return float(self._connection.read("HGET", scripts.namespace_key(name), "used") or 0)

    def _created(self, name: str, initialize: Callable[[StateStore], object]) -> RedisStateStore:
        """Return a new state that no other client knows."""
        store = RedisStateStore(self._connection, scripts.new_state_key(name))
        initialize(store)
        return store

    def _exchange(self, name: str, new: str) -> None:
        """Put a state, or none, in the place of whatever state has the name."""
        state = self._current(name)[0]
        while (found := self._publish(name, new, state)) != new:
            state = found

    def _publish(self, name: str, new: str, expected: str) -> str:
        """Return which state has the name after the attempt to put `new` in the place of one."""
        keys = self._keys(expected) if expected else []
        command = scripts.publish(name, new, expected, keys)
        found = self._send(scripts.namespace_key(name), command, writes=True)
        state: str = found.decode()
        if state == new and new:
            self._note_use(name)
        return state

    def _keys(self, state: str) -> list[str]:
        return scripts.state_keys(state, self._connection.read("HKEYS", state))

    def _send(self, key: str, command: Command, *, writes: bool = False) -> Any:
        return self._connection.send(key, [command], writes=writes)[0]


def _split(record: bytes) -> tuple[int, bytes]:
    position, _, packed = record.partition(b"|")
    try:
        return int(position), packed
    except ValueError:
        raise Unreadable from None
