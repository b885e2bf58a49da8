"""State in a SQLite file: it survives the process, and several processes share it."""

from mockserver.stores.sqlite.stores import SqliteStores

__all__ = ["SqliteStores"]
