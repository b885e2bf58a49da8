"""The states in one SQLite file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from mockserver.core.store import Kind, Shelf, Store, check_room
from mockserver.stores.held import HeldShelf
from mockserver.stores.sqlite.database import Database
from mockserver.stores.sqlite.shelf import SqliteShelf

T = TypeVar("T")

_CHANGED = "UPDATE states SET version = random() WHERE id = ?"
_VERSIONS = "SELECT name, version FROM shelves WHERE state = ?"
_STATE = "SELECT id, version FROM states WHERE name = ?"
_GONE = "DELETE FROM states WHERE name = ?"
_NEW = "INSERT INTO states VALUES (abs(random()), ?, random())"
_CHECK = "INSERT INTO checks VALUES (1, 1) ON CONFLICT DO UPDATE SET number = number + 1"


class SqliteStore:
    """The shelves of the state with this number."""

    def __init__(self, database: Database, number: int) -> None:
        self.number = number
        self._database = database
        self._shelves: dict[str, Shelf[Any]] = {}
        self._seen: tuple[int | None, dict[str, int]] = (None, {})  # version, and those of shelves
        self._undone = 0  # changes: others may have used their versions

    def shelf(self, name: str, kind: Kind[T], *, held: bool = False) -> Shelf[T]:
        """The shelf of this name."""
        shelf = self._shelves.get(name)
        if shelf is None:
            shelf = SqliteShelf(self._database, self.number, name, kind)
            if held:
                shelf = HeldShelf(shelf, name, self)
            self._shelves[name] = shelf
        return shelf

    def version_of(self, shelf: str) -> object:
        """The version of a held shelf."""
        return self._undone, self._seen[1].get(shelf)

    def change(self, act: Callable[[], T]) -> T:
        """Do what changes a held shelf, so that everybody who looks sees new versions."""
        try:
            with self._database.transaction():
                done = act()
                self._database.write(_CHANGED, self.number)
                self._look(self._seen[0])
        except BaseException:
            self._undone += 1
            raise
        return done

    def look(self, version: int) -> None:
        """See what others have changed, if this is another version."""
        if version != self._seen[0]:
            self._look(version)

    def _look(self, version: int | None) -> None:
        """Versions are never newer than what `version` says: another thread may be quicker."""
        self._seen = (version, dict(self._database.read(_VERSIONS, self.number)))


class SqliteStores:
    """All states in the file at `path`, which is made with the first of them."""

    shared = True

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._known: dict[str, SqliteStore] = {}

    def store(self, name: str, begin: Callable[[Store], object]) -> Store:
        """The store of this name as it is now; where there is none it is made and begun."""
        rows = self._database.read(_STATE, name)
        return self._found(name, *rows[0]) if rows else self._made(name, begin)

    def renew(self, name: str, begin: Callable[[Store], object]) -> Store:
        """A new store in the place of the one with this name."""
        with self.together():
            self._database.write(_GONE, name)
            return self._begun(name, begin)

    def drop(self, name: str) -> None:
        """Forget the store of this name, if there is one."""
        self._database.write(_GONE, name)
        self._known.pop(name, None)

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is done inside or nothing of it."""
        try:
            with self._database.transaction():
                yield
        except BaseException:
            self._known = {}  # they may have seen what never was
            raise

    def check(self) -> None:
        """Raise StoreError unless something can be kept now."""
        self._database.write(_CHECK)

    def _found(self, name: str, number: int, version: int) -> SqliteStore:
        store = self._known.get(name)
        if store is None or store.number != number:
            store = self._known[name] = SqliteStore(self._database, number)
        store.look(version)
        return store

    def _made(self, name: str, begin: Callable[[Store], object]) -> Store:
        with self.together():
            rows = self._database.read(_STATE, name)
            if rows:  # somebody was quicker
                return self._found(name, *rows[0])
            ((stores,),) = self._database.read("SELECT count(*) FROM states")
            check_room(stores)
            return self._begun(name, begin)

    def _begun(self, name: str, begin: Callable[[Store], object]) -> SqliteStore:
        made = self._database.write(_NEW, name)
        store = SqliteStore(self._database, made.lastrowid or 0)
        begin(store)
        self._known[name] = store
        return store
