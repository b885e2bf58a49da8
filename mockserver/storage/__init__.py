"""Implementations of the storage protocols: in memory, in a SQLite file, in Redis."""
