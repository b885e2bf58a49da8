"""The states of all namespaces in one database of a Redis server."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from mockserver.model.clock import real_seconds
from mockserver.model.state_store import Codec, Collection, StateStore, surplus
from mockserver.storage import redis_scripts as scripts
from mockserver.storage.redis_collection import RedisCollection
from mockserver.storage.redis_connection import RedisConnection
from mockserver.storage.redis_scripts import Command
from mockserver.storage.redis_transactions import RedisTransactions
from mockserver.storage.shared_store import RemoteStateStore

T = TypeVar("T")

_RECENT = 1.0  # seconds for which a turn takes it that the state is the same, until it writes
_CANDIDATES = 16  # namespaces of which the last use is compared, because it is noted to the minute


class RedisStateStore(RemoteStateStore):
    """The collections of the state with this key."""

    def __init__(
        self, connection: RedisConnection, transactions: RedisTransactions, state: str
    ) -> None:
        super().__init__()
        self.state = state
        self.known = scripts.ANY_STATE
        self.looked_up = 0.0
        self._connection = connection
        self._transactions = transactions

    def outdate(self) -> None:
        """Have the state looked up before it is used again."""
        self.looked_up = 0.0

    def _uncached(self, name: str, codec: Codec[T], *, cached: bool) -> Collection[T]:
        parts = self._connection, self._transactions, self.state
        return RedisCollection(*parts, name, codec, cached=cached)

    def _versions(self) -> Mapping[str, object]:
        found = self._transactions.read("HGETALL", self.state)
        return {name[2:].decode(): found[name] for name in found if name.startswith(b"v:")}


class RedisBackend:
    """All states in one database of a Redis server, or in a cluster.

    It connects with the first call.
    """

    shared = True

    def __init__(self, url: str) -> None:
        self._connection = RedisConnection(url)
        self._transactions = RedisTransactions(self._connection)
        self._stores: WeakValueDictionary[str, RedisStateStore] = WeakValueDictionary()

    def store(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Return the current store of this name; a missing one is created and initialized."""
        turn, known = self._transactions.turn_here, self._stores.get(name)
        if turn is not None and known is not None and known.looked_up > real_seconds() - _RECENT:
            turn.expect(known.known, known.outdate)
            return known
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
        self._send(scripts.NAMES, scripts.note_use())  # removes what has expired
        names = self._transactions.read("ZRANGE", scripts.NAMES, 0, -1)
        used = {name.decode(): self._used(name.decode()) for name in names}
        return {name: used[name] for name in sorted(used, key=used.__getitem__) if used[name]}

    def sizes(self, name: str) -> Mapping[str, int]:
        """Return how many values each collection of a store has."""
        state = self._state(name)
        if not state:
            return {}
        fields = self._transactions.read("HKEYS", state)
        names = [field[2:].decode() for field in fields if field.startswith(b"v:")]
        lengths = [Command(("HLEN", scripts.records_key(state, each))) for each in names]
        return dict(zip(names, self._transactions.send(state, lengths), strict=True))

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
        self._transactions.read("ZREM", scripts.NAMES, name)

    def transaction(self) -> AbstractContextManager[None]:
        """Write at the end what is deferred inside: all or nothing.

        `take` and `update` need their result at once; they are written at once, after what was
        deferred before them.
        """
        return self._transactions.transaction()

    def turn(self) -> AbstractContextManager[None]:
        """Read ahead of time, and write with one script that fails if what was read has changed.

        What needs the result of a write at once cannot be done in a turn, and raises StoreError.
        """
        return self._transactions.turn()

    def check(self) -> None:
        """Raise StoreError unless the servers can be written to and evict no keys."""
        self._connection.check()

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _found(self, name: str, state: str, version: bytes) -> RedisStateStore:
        store = self._stores.get(name)
        if store is None or store.state != state:
            store = self._opened(state)
            self._stores[name] = store
        store.refresh(version)
        store.known = scripts.KnownState(state, version)
        store.looked_up = real_seconds()
        return store

    def _opened(self, state: str) -> RedisStateStore:
        return RedisStateStore(self._connection, self._transactions, state)

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
        self._transactions.send(
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
        found = self._transactions.read("ZRANGE", scripts.NAMES, 0, too_many + _CANDIDATES)
        names = [each.decode() for each in found if each.decode() != name]
        used = {each: self._used(each) for each in names}
        for each in sorted(names, key=used.__getitem__)[:too_many]:
            self.drop(each)

    def _state(self, name: str) -> str:
        """Return the key of the current state, or ""; it does not count as used by this."""
        found: bytes = self._transactions.read("HGET", scripts.namespace_key(name), "state") or b""
        return found.decode()

    def _used(self, name: str) -> float:
        return float(self._transactions.read("HGET", scripts.namespace_key(name), "used") or 0)

    def _created(self, name: str, initialize: Callable[[StateStore], object]) -> RedisStateStore:
        """Return a new state that no other client uses."""
        store = self._opened(scripts.new_state_key(name))
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
        return scripts.state_keys(state, self._transactions.read("HKEYS", state))

    def _send(self, key: str, command: Command, *, writes: bool = False) -> Any:
        return self._transactions.send(key, [command], writes=writes)[0]
