"""Where stores keep things: a place of its own for each test that asks for one."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from mockserver.core.store import Stores
from mockserver.stores.memory import MemoryStores
from mockserver.stores.sqlite import SqliteStores

_numbers = count()


def _memory(_: Path) -> Stores:
    return MemoryStores()


def _sqlite(folder: Path) -> Stores:
    return SqliteStores(folder / f"{next(_numbers)}.db")


PLACES: dict[str, Callable[[Path], Stores]] = {"memory": _memory, "sqlite": _sqlite}
"""By name of the store: what opens an empty place, below a folder if it needs one."""
