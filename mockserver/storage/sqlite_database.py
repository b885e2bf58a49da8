"""One SQLite file, and one connection of this process to it."""

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mockserver.model.errors import StoreError
from mockserver.storage.circuit_breaker import Outage
from mockserver.storage.json_codec import Unreadable

_PATIENCE = 5.0  # seconds to wait for another process that writes
_IMPATIENCE = 0.1  # seconds to wait for it when that was in vain before
_FORMAT = 2  # of the tables
_SCHEMA = Path(__file__).with_name("sqlite_schema.sql")
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # What is committed is with the operating system: a killed process loses nothing. When the
    # machine itself goes down the last moments may be lost; the file stays whole.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)


class Database:
    """Reads and transactions, one thread at a time. Raises StoreError for whatever goes wrong;
    the next call opens the file anew, and so does one that finds another file in its place.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._outage = Outage()
        self._connection: sqlite3.Connection | None = None
        self._close: Callable[[], object] = _nothing
        self._file: tuple[int, ...] = ()
        self._inside = False

    def read(self, statement: str, *values: Any) -> list[Any]:
        """The rows that a query finds."""
        with self._lock, self.told():
            return self._opened().execute(statement, values).fetchall()

    def write(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Do one statement, in a transaction."""
        with self.transaction() as connection:
            return connection.execute(statement, values)

    def close(self) -> None:
        """Close the file; the next call opens it anew."""
        with self._lock:
            self._part()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done inside or nothing of it; inside another it is a part of that."""
        with self._lock, self.told():
            connection = self._opened()
            if self._inside:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            self._inside = True
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                self._inside = False
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            self._works()

    @contextmanager
    def told(self) -> Iterator[None]:
        """What goes wrong inside as a StoreError, and in the log."""
        try:
            yield
        except (sqlite3.Error, Unreadable) as error:
            self._part()
            self._outage.begins(f"{self._path}: {error}")
            raise StoreError(f"{self._path}: {error}") from None
        except StoreError:
            self._part()
            raise

    def _works(self) -> None:
        if self._outage.lasts:
            self._part()  # the next one is patient again
        self._outage.ends()

    def _part(self) -> None:
        """Close the connection, unless it is needed to undo what was begun around this call."""
        if not self._inside:
            self._close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        """Never the connection of a process of which this one is a fork."""
        if self._connection is not None and (self._inside or self._file == self._found()):
            return self._connection
        self._close()
        self._connection = connection = self._open()
        self._file = self._found()
        self._close = weakref.finalize(self, _closed, connection, os.getpid())
        return connection

    def _found(self) -> tuple[int, ...]:
        """Which file is there, and who asks."""
        try:
            found = os.stat(self._path)
        except OSError:
            return ()
        return found.st_dev, found.st_ino, os.getpid()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_IMPATIENCE if self._outage.lasts else _PATIENCE,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            connection.execute("BEGIN IMMEDIATE")
            self._lay_out(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    def _lay_out(self, connection: sqlite3.Connection) -> None:
        ((found,),) = connection.execute("PRAGMA user_version")
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_schema")
        if tables and found != _FORMAT:
            raise sqlite3.DatabaseError("this is no store of this version of token-mockserver")
        if not tables:
            for statement in _statements(_SCHEMA.read_text(encoding="utf-8")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")


def _nothing() -> None:
    pass


def _closed(connection: sqlite3.Connection, process: int) -> None:
    """Close a connection in the process that opened it; a fork lets it be."""
    if os.getpid() == process:
        connection.close()


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would commit in between."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
