"""A store by its URL. What it needs is imported when it is asked for."""

from importlib import import_module
from pathlib import Path

from mockserver.model.errors import ConfigurationError
from mockserver.model.state_store import StorageBackend
from mockserver.storage.memory import MemoryBackend

MEMORY = "memory:"
"""The URL of a store in the process."""

_SQLITE = "sqlite:///"
_REDIS = ("redis://", "rediss://", "unix://")
_KNOWN = "a store is memory:, sqlite:///FILE or redis://HOST, this is none of them"


def is_shared(url: str) -> bool:
    """Whether several processes can use the store at once."""
    return url != MEMORY


def open_backend(url: str) -> StorageBackend:
    """The backend at `url`: `memory:`, `sqlite:///FILE` (four slashes for a path from the root), or
    a Redis server as redis-py has it, `redis://[[user]:password@]HOST[:PORT][/DATABASE]`.

    Nothing is asked of it yet. Raises ConfigurationError for another URL, or a missing driver.
    """
    if url == MEMORY:
        return MemoryBackend()
    if url.startswith(_SQLITE) and url != _SQLITE:
        return _sqlite(Path(url.removeprefix(_SQLITE)).absolute())
    if url.startswith(_REDIS):
        return _redis(url)
    raise ConfigurationError(f"--store: {_KNOWN}")  # what was given may hold a password


def _redis(url: str) -> StorageBackend:
    try:
        module = import_module("mockserver.storage.redis_backend")
    except ImportError as error:
        needed = "a store in Redis needs the extra: pip install 'token-mockserver[redis]'"
        raise ConfigurationError(f"{needed} ({error})") from None
    backend: StorageBackend = module.RedisBackend(url)
    return backend


def _sqlite(path: Path) -> StorageBackend:
    backend: StorageBackend = import_module("mockserver.storage.sqlite_backend").SqliteBackend(path)
    return backend
