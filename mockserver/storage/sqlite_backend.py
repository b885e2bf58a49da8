"""The states in one SQLite file."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from mockserver.model.state_store import Codec, Collection, StateStore, check_room
from mockserver.storage.cached_collection import RemoteStateStore
from mockserver.storage.sqlite_collection import SqliteCollection
from mockserver.storage.sqlite_database import Database

T = TypeVar("T")

_CHANGED = "UPDATE states SET version = random() WHERE id = ?"
_VERSIONS = "SELECT name, version FROM collections WHERE state = ?"
_STATE = "SELECT id, version FROM states WHERE name = ?"
_GONE = "DELETE FROM states WHERE name = ?"
_NEW = "INSERT INTO states VALUES (abs(random()), ?, random())"
_CHECK = "INSERT INTO checks VALUES (1, 1) ON CONFLICT DO UPDATE SET number = number + 1"


class SqliteStateStore(RemoteStateStore):
    """The collections of the state with this number."""

    def __init__(self, database: Database, number: int) -> None:
        super().__init__()
        self.number = number
        self._database = database

    def _uncached(self, name: str, codec: Codec[T], *, cached: bool) -> Collection[T]:
        return SqliteCollection(self._database, self.number, name, codec)

    def _versions(self) -> Mapping[str, object]:
        return dict(self._database.read(_VERSIONS, self.number))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._database.transaction():
            yield
            self._database.write(_CHANGED, self.number)


class SqliteBackend:
    """All states in the file at `path`, which is made with the first of them."""

    shared = True

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._known: WeakValueDictionary[str, SqliteStateStore] = WeakValueDictionary()

    def store(self, name: str, begin: Callable[[StateStore], object]) -> StateStore:
        """The store of this name as it is now; where there is none it is made and begun."""
        rows = self._database.read(_STATE, name)
        return self._found(name, *rows[0]) if rows else self._made(name, begin)

    def has(self, name: str, store: StateStore) -> bool:
        """Whether this is the store of this name now; none is made."""
        rows = self._database.read(_STATE, name)
        return isinstance(store, SqliteStateStore) and bool(rows) and rows[0][0] == store.number

    def renew(self, name: str, begin: Callable[[StateStore], object]) -> StateStore:
        """A new store in the place of the one with this name."""
        with self.transaction():
            self._database.write(_GONE, name)
            return self._begun(name, begin)

    def drop(self, name: str) -> None:
        """Forget the store of this name, if there is one."""
        self._database.write(_GONE, name)
        self._known.pop(name, None)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done inside or nothing of it."""
        try:
            with self._database.transaction():
                yield
        except BaseException:
            self._known.clear()  # they may have seen what never was
            raise

    def check(self) -> None:
        """Raise StoreError unless something can be kept now."""
        self._database.write(_CHECK)

    def close(self) -> None:
        """Close the file: after a fork a child would take this process's locks for its own."""
        self._database.close()

    def _found(self, name: str, number: int, version: int) -> SqliteStateStore:
        store = self._known.get(name)
        if store is None or store.number != number:
            store = SqliteStateStore(self._database, number)
            self._known[name] = store
        store.refresh(version)
        return store

    def _made(self, name: str, begin: Callable[[StateStore], object]) -> StateStore:
        with self.transaction():
            rows = self._database.read(_STATE, name)
            if rows:  # somebody was quicker
                return self._found(name, *rows[0])
            ((stores,),) = self._database.read("SELECT count(*) FROM states")
            check_room(stores)
            return self._begun(name, begin)

    def _begun(self, name: str, begin: Callable[[StateStore], object]) -> SqliteStateStore:
        made = self._database.write(_NEW, name)
        store = SqliteStateStore(self._database, made.lastrowid or 0)
        begin(store)
        self._known[name] = store
        return store
