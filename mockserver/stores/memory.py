"""State in the process: gone when it ends."""

from mockserver.core.store import Record


class MemoryStore:
    """The store protocol on dictionaries; each operation is one atomic step of the interpreter."""

    def __init__(self) -> None:
        self._shelves: dict[str, dict[str, Record]] = {}

    def get(self, shelf: str, key: str) -> Record | None:
        """The record, or None."""
        return self._shelves.get(shelf, {}).get(key)

    def put(self, shelf: str, key: str, record: Record) -> None:
        """Keep `record`, in place of any before it."""
        self._shelves.setdefault(shelf, {})[key] = record

    def take(self, shelf: str, key: str) -> Record | None:
        """Remove the record and return it; of several callers at once exactly one gets it."""
        return self._shelves.get(shelf, {}).pop(key, None)

    def items(self, shelf: str) -> list[tuple[str, Record]]:
        """Keys and records of a shelf, in the order in which the keys came."""
        return list(self._shelves.get(shelf, {}).items())
