"""The states of all namespaces in one SQLite file."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from mockserver.model.clock import real_seconds
from mockserver.model.state_store import Codec, Collection, StateStore, surplus
from mockserver.storage.shared_store import RemoteStateStore, key_bytes, key_text, unpack
from mockserver.storage.sqlite_database import GET, OWN, SqliteDatabase, SqliteTransaction

T = TypeVar("T")

_CHANGED = "UPDATE states SET version = random() WHERE id = ?"
_VERSIONS = "SELECT name, version FROM collections WHERE state = ?"
_STATE = "SELECT id, version FROM states WHERE name = ?"
_DROP = "DELETE FROM states WHERE name = ?"
_USE = """max((julianday('now') - 2440587.5) * 86400.0,
          (SELECT coalesce(max(used), 0) + 0.000001 FROM states))"""  # no two are equal
_CREATE = f"INSERT INTO states VALUES (abs(random()), ?, random(), {_USE})"
_NOTE_USE = f"UPDATE states SET used = {_USE} WHERE name = ?"
_USES = "SELECT name, used FROM states WHERE name != '' ORDER BY used"
_MAKE_ROOM = """DELETE FROM states WHERE name IN (
                SELECT name FROM states WHERE name != '' ORDER BY used LIMIT ?)"""
_SIZES = """SELECT collection, count(*) FROM records
            WHERE state = (SELECT id FROM states WHERE name = ?) GROUP BY collection"""
_CHECK = "INSERT INTO checks VALUES (1, 1) ON CONFLICT DO UPDATE SET number = number + 1"

_TAKE = f"DELETE FROM records WHERE {OWN} AND key = ? RETURNING value"
_ITEMS = f"SELECT key, value FROM records WHERE {OWN} ORDER BY position"
_CLEAR = f"DELETE FROM records WHERE {OWN}"
_CLEARED = "UPDATE collections SET version = random(), trimmed = 0 WHERE state = ? AND name = ?"


class SqliteCollection(Generic[T]):
    """A collection of the state with this number."""

    def __init__(self, database: SqliteDatabase, state: int, name: str, codec: Codec[T]) -> None:
        self._database = database
        self._own = (state, name)
        self._codec = codec

    @property
    def version(self) -> int:
        """Return a number that is different after each change."""
        return self._column("version")

    @property
    def trimmed(self) -> int:
        """Return how many values were removed to keep a limit since the last `clear`."""
        return self._column("trimmed")

    def get(self, key: str) -> T | None:
        """Return the value of `key`, or None."""
        transaction, octets = self._database.joined, key_bytes(key)
        if transaction is None:
            return self._value(self._database.read(GET, *self._own, octets))
        with self._database.store_errors():
            value: T | None = transaction.get(self._own, octets, self._codec)
            return value

    def put(self, key: str, value: T, *, most: int | None = None, now: float = 0) -> None:
        """Set the value of `key`; an existing key keeps its position."""
        with self._transaction() as transaction:
            transaction.put(self._own, key_bytes(key), value, self._codec)
            if most is not None:
                transaction.trim(self._own, most, now)

    def take(self, key: str) -> T | None:
        """Remove the value of `key` and return it; of simultaneous callers only one gets it."""
        with self._transaction():
            return self._value(self._database.read(_TAKE, *self._own, key_bytes(key)))

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
        with self._transaction():
            value = change(self.get(key))
            if value is not None:
                self.put(key, value, most=most, now=now)
            return value

    def items(self) -> list[tuple[str, T]]:
        """Return keys and values, in the order in which the keys were added."""
        rows = self._database.read(_ITEMS, *self._own)
        with self._database.store_errors():
            return [(key_text(key), unpack(self._codec, value)) for key, value in rows]

    def clear(self) -> None:
        """Remove every value."""
        with self._transaction() as transaction:
            transaction.flush()
            transaction.connection.execute(_CLEAR, self._own)
            transaction.connection.execute(_CLEARED, self._own)

    def _transaction(self) -> AbstractContextManager[SqliteTransaction]:
        joined = self._database.joined
        return self._database.transaction() if joined is None else nullcontext(joined)

    def _value(self, rows: list[Any]) -> T | None:
        with self._database.store_errors():
            return unpack(self._codec, rows[0][0]) if rows else None

    def _column(self, column: str) -> int:
        query = f"SELECT {column} FROM collections WHERE state = ? AND name = ?"
        rows = self._database.read(query, *self._own)
        return rows[0][0] if rows else 0


class SqliteStateStore(RemoteStateStore):
    """The collections of the state with this number."""

    def __init__(self, database: SqliteDatabase, number: int) -> None:
        super().__init__()
        self.number = number
        self._database = database

    def _uncached(self, name: str, codec: Codec[T], *, cached: bool) -> Collection[T]:
        return SqliteCollection(self._database, self.number, name, codec)

    def _versions(self) -> Mapping[str, object]:
        return dict(self._database.read(_VERSIONS, self.number))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._database.transaction():
            yield
            self._database.write(_CHANGED, self.number)


class SqliteBackend:
    """All states in the file at `path`, which is created with the first of them."""

    shared = True

    def __init__(self, path: Path) -> None:
        self._database = SqliteDatabase(path)
        self._stores: WeakValueDictionary[str, SqliteStateStore] = WeakValueDictionary()
        self._noted = ("", 0.0)  # the namespace of which the use was noted last, and when

    def store(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Return the current store of this name; a missing one is created and initialized."""
        rows = self._database.read(_STATE, name)
        if not rows:
            return self._create_missing(name, initialize)
        if name:
            self._note_use(name)
        return self._found(name, *rows[0])

    def exists(self, name: str) -> bool:
        """Return True if there is a store of this name."""
        return bool(self._database.read(_STATE, name))

    def last_uses(self) -> dict[str, float]:
        """Return the moment of the last use of each store but the default one, oldest first."""
        return dict(self._database.read(_USES))

    def sizes(self, name: str) -> Mapping[str, int]:
        """Return how many values each collection of a store has."""
        return dict(self._database.read(_SIZES, name))

    def is_current(self, name: str, store: StateStore) -> bool:
        """Return True if `store` is the one that has this name now."""
        rows = self._database.read(_STATE, name)
        return isinstance(store, SqliteStateStore) and bool(rows) and rows[0][0] == store.number

    def replace(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        """Put a new store in the place of the one with this name, and return it."""
        with self.transaction():
            self._database.write(_DROP, name)
            return self._create(name, initialize)

    def drop(self, name: str) -> None:
        """Delete the store of this name, if there is one."""
        self._database.write(_DROP, name)
        self._stores.pop(name, None)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit the changes made inside all at once or not at all."""
        try:
            with self._database.transaction():
                yield
        except BaseException:
            self._stores.clear()  # they may have copied values that were rolled back
            raise

    def turn(self) -> AbstractContextManager[object]:
        """Return a transaction: no other process changes the file meanwhile."""
        return self.transaction()

    def check(self) -> None:
        """Raise StoreError unless the file can be written to now."""
        self._database.write(_CHECK)
        self._database.check_room()

    def close(self) -> None:
        """Close the file: SQLite forbids to carry an open connection across a fork."""
        self._database.close()

    def _found(self, name: str, number: int, version: int) -> SqliteStateStore:
        store = self._stores.get(name)
        if store is None or store.number != number:
            store = SqliteStateStore(self._database, number)
            self._stores[name] = store
        store.refresh(version)
        return store

    def _create_missing(self, name: str, initialize: Callable[[StateStore], object]) -> StateStore:
        with self.transaction():
            rows = self._database.read(_STATE, name)
            if rows:  # another process was faster
                return self._found(name, *rows[0])
            created = self._create(name, initialize)
            ((stores,),) = self._database.read("SELECT count(*) FROM states WHERE name != ''")
            if surplus(stores):
                self._database.write(_MAKE_ROOM, surplus(stores))
            return created

    def _note_use(self, name: str) -> None:
        # Another process may use others meanwhile: the order is exact to the second then.
        noted, moment = self._noted
        if noted != name or real_seconds() - moment > 1:
            self._database.write(_NOTE_USE, name)
            self._noted = (name, real_seconds())

    def _create(self, name: str, initialize: Callable[[StateStore], object]) -> SqliteStateStore:
        created = self._database.write(_CREATE, name)
        self._noted = (name, real_seconds())
        store = SqliteStateStore(self._database, created.lastrowid or 0)
        initialize(store)
        self._stores[name] = store
        return store
