"""A store by its URL. What it needs is imported when it is asked for."""

from importlib import import_module
from pathlib import Path

from mockserver.core.errors import ConfigurationError, StoreError
from mockserver.core.store import Stores
from mockserver.stores.memory import MemoryStores

MEMORY = "memory:"
"""The URL of a store in the process."""

_SQLITE = "sqlite:///"
_KNOWN = "a store is memory:, sqlite:///FILE or redis://HOST"


def is_shared(url: str) -> bool:
    """Whether several processes can use the store at once."""
    return url != MEMORY


def open_stores(url: str) -> Stores:
    """The stores at `url`: `memory:`, `sqlite:///FILE` (four slashes for a path from the root).

    Raises ConfigurationError for another URL, and for a file that cannot be used.
    """
    if url == MEMORY:
        return MemoryStores()
    if url.startswith(_SQLITE) and url != _SQLITE:
        return _sqlite(Path(url.removeprefix(_SQLITE)))
    raise ConfigurationError(f"{_KNOWN}, not {url.partition(':')[0]}:")  # the rest may be secret


def _sqlite(path: Path) -> Stores:
    stores: Stores = import_module("mockserver.stores.sqlite").SqliteStores(path)
    try:
        stores.check()
    except StoreError as error:
        raise ConfigurationError(f"the store cannot be used: {error}") from None
    return stores
