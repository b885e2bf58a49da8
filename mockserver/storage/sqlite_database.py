"""One SQLite file, and the connection of this process that reads and writes it."""

import errno
import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_ident
from typing import Any

from mockserver.model.errors import StoreError, StoreUnavailable
from mockserver.model.state_store import Codec
from mockserver.storage.shared_store import SHORT_TIMEOUT, CircuitBreaker, Unreadable, pack, unpack
from mockserver.storage.sqlite_log import LONGEST_LOG, Checkpoints, patiently

_TIMEOUT = 5.0  # seconds to wait for another process that writes
_FORMAT = 3  # version of the tables
_SCHEMA = Path(__file__).with_name("sqlite_schema.sql")
_ROOM = 64 << 10  # bytes: some transactions
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_PUTS: Mapping[bytes, tuple[Any, Codec[Any]]] = {}
Owner = tuple[int, str]
"""The number of a state and the name of one of its collections."""

_PUT = """INSERT INTO records (state, collection, key, until, value) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (state, collection, key)
          DO UPDATE SET until = excluded.until, value = excluded.value"""
OWN = "state = ? AND collection = ?"
GET = f"SELECT value FROM records WHERE {OWN} AND key = ?"
_EXPIRE = f"UPDATE records SET until = -1 WHERE {OWN} AND until > 0 AND until <= ?"
_FREE = "SELECT free FROM collections WHERE state = ? AND name = ?"
_TRIM = f"""DELETE FROM records WHERE position IN (
            SELECT position FROM records WHERE {OWN} AND until <= 0
            ORDER BY until, position LIMIT ?)"""
_TRIMMED = "UPDATE collections SET trimmed = trimmed + ? WHERE state = ? AND name = ?"
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # A committed transaction is in the operating system's cache: a killed process loses nothing.
    # If the machine itself goes down, the last transactions may be lost; the file stays intact.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    LONGEST_LOG,
)


class SqliteTransaction:
    """An open transaction. It collects records and writes them before they are needed.

    A statement for many records takes little longer than one for a single record. No other
    connection can change a record meanwhile, so that each is read once.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._puts: dict[Owner, dict[bytes, tuple[Any, Codec[Any]]]] = {}
        self._trims: dict[Owner, tuple[int, float]] = {}
        self._reads: dict[tuple[Owner, bytes], Any] = {}

    def put(self, own: Owner, key: bytes, value: Any, codec: Codec[Any]) -> None:
        """Set the value of a key in a collection; it is encoded when it is written."""
        self._puts.setdefault(own, {})[key] = value, codec

    def get(self, own: Owner, key: bytes, codec: Codec[Any]) -> Any:
        """Return the value of a key in a collection, or None."""
        put = self._puts.get(own, _NO_PUTS).get(key)
        if put is not None:
            return put[0]
        place = own, key
        if place not in self._reads:
            rows = self.connection.execute(GET, (*own, key)).fetchall()
            self._reads[place] = unpack(codec, rows[0][0]) if rows else None
        return self._reads[place]

    def trim(self, own: Owner, most: int, now: float) -> None:
        """Remove surplus records of a collection when the others are written."""
        self._trims[own] = most, now

    def flush(self) -> None:
        """Write everything that was collected."""
        puts, self._puts = self._puts, {}
        trims, self._trims = self._trims, {}
        self._reads.clear()
        for own, records in puts.items():
            rows = [
                (*own, key, codec.until(value), pack(codec, value))
                for key, (value, codec) in records.items()
            ]
            # The state may have been reset or dropped: the foreign key fails, and nothing is kept.
            with suppress(sqlite3.IntegrityError):
                self.connection.executemany(_PUT, rows)
        for own, (most, now) in trims.items():
            self._trim(own, most, now)

    def _trim(self, own: Owner, most: int, now: float) -> None:
        execute = self.connection.execute
        if now > 0:
            execute(_EXPIRE, (*own, now))
        found = execute(_FREE, own).fetchone()
        surplus = found[0] - most if found else 0
        if surplus > 0:
            execute(_TRIM, (*own, surplus))
            execute(_TRIMMED, (surplus, *own))


class SqliteDatabase:
    """Reads and transactions, one thread at a time.

    Every error of SQLite is raised as StoreError. After one, and when another file has been put
    in the place of this one, the next call opens the file again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._breaker = CircuitBreaker()
        self._checkpoints = Checkpoints(path, self._lock)
        self._connection: sqlite3.Connection | None = None
        self._close: Callable[[], object] = _nothing
        self._file: tuple[int, ...] = ()
        self._transaction: SqliteTransaction | None = None
        self._thread = 0  # that of the transaction

    @property
    def joined(self) -> SqliteTransaction | None:
        """The transaction that this thread is in, or None."""
        return self._transaction if self._thread == get_ident() else None

    def read(self, statement: str, *values: Any) -> list[Any]:
        """Return the rows of a query; it sees what the transaction has collected."""
        with self._lock, self.store_errors():
            connection = self._open_connection()
            if self._transaction is not None:
                self._transaction.flush()
            return self._wait_for(connection, statement, values)

    def write(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Execute one statement in a transaction."""
        with self.transaction() as transaction:
            transaction.flush()
            return transaction.connection.execute(statement, values)

    def check_room(self) -> None:
        """Raise StoreError if the disk has no room.

        A write alone does not show it: SQLite uses the room of older writes in its log again.
        """
        import tempfile  # noqa: PLC0415 - for a check alone

        try:
            with tempfile.TemporaryFile(dir=self._path.parent, buffering=0) as file:
                room = file.write(bytes(_ROOM))
        except OSError as error:
            room = 0 if error.errno in _FULL else _ROOM
        if room < _ROOM:
            raise StoreError(f"{self._path}: the disk is full; make room on it")

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            self._checkpoints.wait()
            self._disconnect()

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """Commit all that is done inside, or nothing; an inner transaction joins the outer one."""
        joined = self.joined
        if joined is not None:
            with self.store_errors():
                yield joined
            return
        with self._lock, self.store_errors():
            with self.store_errors(StoreUnavailable):
                connection = self._open_connection()
                self._wait_for(connection, "BEGIN IMMEDIATE")
            self._transaction, self._thread = SqliteTransaction(connection), get_ident()
            try:
                yield self._transaction
                self._transaction.flush()
                self._wait_for(connection, "COMMIT")
            finally:
                self._transaction, self._thread = None, 0
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            self._breaker.record_success()
            self._checkpoints.count_commit()

    @contextmanager
    def store_errors(self, kind: type[StoreError] = StoreError) -> Iterator[None]:
        """Raise errors from inside as `kind`, and log the first of an outage."""
        try:
            yield
        except (sqlite3.Error, Unreadable) as error:
            self._disconnect()
            text = f"{self._path}: {error}"
            if not os.path.isdir(self._path.parent):
                text += f"; the folder {self._path.parent} must exist and be accessible"
            self._breaker.record_failure(text)
            raise kind(text) from None
        except StoreError:
            self._disconnect()
            raise

    def _disconnect(self) -> None:
        # A connection in a transaction is still needed for the ROLLBACK.
        if self._transaction is None:
            self._close()
            self._connection = None

    def _open_connection(self) -> sqlite3.Connection:
        if self._connection is not None and (
            self._transaction is not None or self._file == self._file_identity()
        ):
            return self._connection
        self._close()
        self._connection = connection = self._connect()
        self._file = self._file_identity()
        self._close = weakref.finalize(self, _close_in_process, connection, os.getpid())
        return connection

    def _file_identity(self) -> tuple[int, ...]:
        """Return which file is at the path, and the process: a fork must not use the connection."""
        try:
            found = os.stat(self._path)
        except OSError:
            return ()
        return found.st_dev, found.st_ino, os.getpid()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            for statement in _PRAGMAS:
                self._wait_for(connection, statement)
            self._wait_for(connection, "BEGIN IMMEDIATE")
            self._create_tables(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    def _wait_for(
        self, connection: sqlite3.Connection, statement: str, values: Sequence[Any] = ()
    ) -> list[Any]:
        """Execute a statement as soon as no other connection prevents it; return its rows."""
        timeout = SHORT_TIMEOUT if self._breaker.failing else _TIMEOUT
        return patiently(lambda: connection.execute(statement, values).fetchall(), timeout)

    def _create_tables(self, connection: sqlite3.Connection) -> None:
        ((found,),) = connection.execute("PRAGMA user_version")
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_schema")
        if tables and found != _FORMAT:
            raise sqlite3.DatabaseError("this is not a store of this version of token-mockserver")
        if not tables:
            for statement in _statements(_SCHEMA.read_text(encoding="utf-8")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")


def _nothing() -> None:
    pass


def _close_in_process(connection: sqlite3.Connection, process: int) -> None:
    # In a fork, closing the connection would release the file locks of the parent process.
    if os.getpid() == process:
        connection.close()


def _statements(script: str) -> Iterator[str]:
    # `executescript` commits the open transaction first, so that tables could be half created.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
