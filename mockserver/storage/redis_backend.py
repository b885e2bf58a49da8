"""The states on one Redis server."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

from mockserver.model.state_store import Codec, Collection, StateStore, check_room
from mockserver.storage.cached_collection import RemoteStateStore
from mockserver.storage.redis_collection import RedisCollection
from mockserver.storage.redis_connection import PREFIX, Server

T = TypeVar("T")


class RedisStateStore(RemoteStateStore):
    """The collections of the state with this key."""

    def __init__(self, server: Server, state: str) -> None:
        super().__init__()
        self.state = state
        self._server = server

    def _uncached(self, name: str, codec: Codec[T], *, cached: bool) -> Collection[T]:
        return RedisCollection(self._server, self.state, name, codec, cached=cached)

    def _versions(self) -> Mapping[str, object]:
        found = self._server.read("HGETALL", self.state)
        return {name[2:].decode(): found[name] for name in found if name.startswith(b"v:")}


class RedisBackend:
    """All states in one database of a Redis server. Nothing is asked for before it is needed."""

    shared = True

    def __init__(self, url: str) -> None:
        self._server = Server(url)
        self._known: WeakValueDictionary[str, RedisStateStore] = WeakValueDictionary()

    def store(self, name: str, begin: Callable[[StateStore], object]) -> StateStore:
        """The store of this name as it is now; where there is none it is made and begun."""
        found = self._server.states("current", name)
        if not found:
            check_room(self._server.states("count", name))
            found = self._published("first", name, begin)
        return self._found(name, *found)

    def has(self, name: str, store: StateStore) -> bool:
        """Whether this is the store of this name now; none is made."""
        found = self._server.states("current", name)
        return (
            isinstance(store, RedisStateStore) and bool(found) and found[0].decode() == store.state
        )

    def renew(self, name: str, begin: Callable[[StateStore], object]) -> StateStore:
        """A new store in the place of the one with this name."""
        return self._found(name, *self._published("renew", name, begin))

    def drop(self, name: str) -> None:
        """Forget the store of this name, if there is one."""
        self._server.states("drop", name)
        self._known.pop(name, None)

    def transaction(self) -> AbstractContextManager[None]:
        """Writes inside are done at the end, all or none, but for those that must be waited for."""
        return self._server.transaction()

    def check(self) -> None:
        """Raise StoreError unless something can be kept now."""
        self._server.check()

    def close(self) -> None:
        """Let go of the connections."""
        self._server.close()

    def _found(self, name: str, state: bytes, version: bytes) -> RedisStateStore:
        store = self._known.get(name)
        if store is None or store.state != state.decode():
            store = RedisStateStore(self._server, state.decode())
            self._known[name] = store
        store.refresh(version)
        return store

    def _published(self, how: str, name: str, begin: Callable[[StateStore], object]) -> Any:
        """Which state has the name, after a new one that nobody saw before was offered."""
        store = RedisStateStore(self._server, f"{PREFIX}:state:{uuid4().hex}")
        begin(store)
        found = self._server.states(how, name, store.state)
        if found[0].decode() == store.state:
            self._known[name] = store
        return found
