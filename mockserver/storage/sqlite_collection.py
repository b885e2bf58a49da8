"""A collection in a SQLite file."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

from mockserver.model.state_store import Codec
from mockserver.storage.json_codec import key_bytes, key_text, pack, unpack
from mockserver.storage.sqlite_database import Database

T = TypeVar("T")

_HERE = "state = ? AND collection = ?"
_GET = f"SELECT value FROM records WHERE {_HERE} AND key = ?"
_PUT = """INSERT INTO records (state, collection, key, until, value) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (state, collection, key)
          DO UPDATE SET until = excluded.until, value = excluded.value"""
_TAKE = f"DELETE FROM records WHERE {_HERE} AND key = ? RETURNING value"
_ITEMS = f"SELECT key, value FROM records WHERE {_HERE} ORDER BY position"
_RELEASE = f"UPDATE records SET until = -1 WHERE {_HERE} AND until > 0 AND until <= ?"
_TRIM = f"""DELETE FROM records WHERE position IN (
            SELECT position FROM records WHERE {_HERE} AND until <= 0
            ORDER BY until, position LIMIT ?)"""
_TRIMMED = "UPDATE collections SET trimmed = trimmed + ? WHERE state = ? AND name = ?"
_CLEAR = f"DELETE FROM records WHERE {_HERE}"
_CLEARED = "UPDATE collections SET version = random(), trimmed = 0 WHERE state = ? AND name = ?"


class SqliteCollection(Generic[T]):
    """A collection of the state with this number."""

    def __init__(self, database: Database, state: int, name: str, codec: Codec[T]) -> None:
        self._database = database
        self._here = (state, name)
        self._codec = codec

    @property
    def version(self) -> int:
        """Another one after each change."""
        return self._said("version")

    @property
    def trimmed(self) -> int:
        """How many values have made room, since the last `clear`."""
        return self._said("trimmed")

    def get(self, key: str) -> T | None:
        """The value, or None."""
        return self._value(self._database.read(_GET, *self._here, key_bytes(key)))

    def put(self, key: str, value: T) -> None:
        """Keep `value`, in place of any before it."""
        row = (key_bytes(key), self._codec.until(value), pack(self._codec, value))
        with self._database.transaction() as connection, suppress(sqlite3.IntegrityError):
            connection.execute(_PUT, (*self._here, *row))  # or the state is gone

    def take(self, key: str) -> T | None:
        """Remove the value and return it; of several callers at once exactly one gets it."""
        with self._database.transaction():
            return self._value(self._database.read(_TAKE, *self._here, key_bytes(key)))

    def update(self, key: str, change: Callable[[T | None], T | None]) -> T | None:
        """Put what `change` makes of the value, and return it; where it makes None, do nothing."""
        with self._database.transaction():
            value = change(self.get(key))
            if value is not None:
                self.put(key, value)
            return value

    def items(self) -> list[tuple[str, T]]:
        """Keys and values, in the order in which the keys came."""
        rows = self._database.read(_ITEMS, *self._here)
        with self._database.told():
            return [(key_text(key), unpack(self._codec, value)) for key, value in rows]

    def trim(self, most: int, now: float = 0) -> None:
        """Of the values that need not stay keep `most`."""
        with self._database.transaction() as connection:
            if now > 0:
                connection.execute(_RELEASE, (*self._here, now))
            surplus = self._said("free") - most
            if surplus > 0:
                connection.execute(_TRIM, (*self._here, surplus))
                connection.execute(_TRIMMED, (surplus, *self._here))

    def clear(self) -> None:
        """Remove every value."""
        with self._database.transaction() as connection:
            connection.execute(_CLEAR, self._here)
            connection.execute(_CLEARED, self._here)

    def _value(self, rows: list[Any]) -> T | None:
        with self._database.told():
            return unpack(self._codec, rows[0][0]) if rows else None

    def _said(self, column: str) -> int:
        query = f"SELECT {column} FROM collections WHERE state = ? AND name = ?"
        rows = self._database.read(query, *self._here)
        return rows[0][0] if rows else 0
