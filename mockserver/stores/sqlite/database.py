"""One SQLite file, and one connection of this process to it."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mockserver.core.errors import StoreError

_PATIENCE = 5.0  # seconds to wait for another process that writes
_FORMAT = 1  # of the tables
_SCHEMA = Path(__file__).with_name("schema.sql")
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # What is committed is with the operating system: a killed process loses nothing. When the
    # machine itself goes down the last moments may be lost; the file stays whole.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)


class Database:
    """Reads and transactions, one thread at a time. Raises StoreError for whatever goes wrong;
    the next call opens the file anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._inside = False

    def read(self, statement: str, *values: Any) -> list[Any]:
        """The rows that a query finds."""
        with self._lock, self._told():
            return self._opened().execute(statement, values).fetchall()

    def write(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Do one statement, in a transaction."""
        with self.transaction() as connection:
            return connection.execute(statement, values)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done inside or nothing of it; inside another it is a part of that."""
        with self._lock, self._told():
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

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self._connection = None
            raise StoreError(f"{self._path}: {error}") from None

    def _opened(self) -> sqlite3.Connection:
        """Never the connection of a process of which this one is a fork."""
        if self._connection is None or self._process != os.getpid():
            self._connection, self._process = self._open(), os.getpid()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._lay_out(connection)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return connection

    def _lay_out(self, connection: sqlite3.Connection) -> None:
        ((found,),) = connection.execute("PRAGMA user_version")
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_schema")
        if tables and found != _FORMAT:
            raise StoreError(f"{self._path} is no store of this version of token-mockserver")
        if not tables:
            for statement in _statements(_SCHEMA.read_text(encoding="utf-8")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would commit in between."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
