"""State in a SQLite file: it survives the process, and several processes share it."""

from mockserver.storage.sqlite_backend import SqliteBackend

__all__ = ["SqliteBackend"]
