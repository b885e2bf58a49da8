"""Where state is kept: the protocol that every store follows, and one shelf of it."""

from collections.abc import Mapping
from typing import Any, Protocol

Record = Mapping[str, Any]


class Store(Protocol):
    """Records (JSON objects) on named shelves, by key. Every call is atomic."""

    def get(self, shelf: str, key: str) -> Record | None:
        """The record, or None."""

    def put(self, shelf: str, key: str, record: Record) -> None:
        """Keep `record`, in place of any before it."""

    def take(self, shelf: str, key: str) -> Record | None:
        """Remove the record and return it; of several callers at once exactly one gets it."""

    def items(self, shelf: str) -> list[tuple[str, Record]]:
        """Keys and records of a shelf, in the order in which the keys came."""


class Shelf:
    """One shelf of a store, for those who need no other."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name

    def get(self, key: str) -> Record | None:
        """The record, or None."""
        return self._store.get(self._name, key)

    def put(self, key: str, record: Record) -> None:
        """Keep `record`, in place of any before it."""
        self._store.put(self._name, key, record)

    def take(self, key: str) -> Record | None:
        """Remove the record and return it; of several callers at once exactly one gets it."""
        return self._store.take(self._name, key)

    def items(self) -> list[tuple[str, Record]]:
        """Keys and records, in the order in which the keys came."""
        return self._store.items(self._name)
