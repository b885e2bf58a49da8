"""Storage backends, opened by a URL: memory, SQLite, Redis. A driver is imported only then."""

import re
from importlib import import_module
from pathlib import Path

from mockserver.model.errors import ConfigurationError
from mockserver.model.state_store import StorageBackend
from mockserver.storage.memory import MemoryBackend

MEMORY = "memory:"
"""The URL of a store in the process."""

_SQLITE = "sqlite:///"
_REDIS = r"rediss?(\+(cluster|sentinel))?://|unix://"
_KNOWN = (
    "a store is memory:, sqlite:///FILE or redis://HOST (also rediss://, unix://, redis+cluster://"
    " and redis+sentinel://); the given URL begins with none of them"
)


def is_shared(url: str) -> bool:
    """Return True if several processes can use the store at the same time."""
    return url != MEMORY


def open_backend(url: str) -> StorageBackend:
    """Return the backend at `url`, without connecting to it.

    Args:
        url: `memory:`, `sqlite:///FILE` (four slashes for an absolute path), a URL of redis-py:
            `redis://[[user]:password@]HOST[:PORT][/DATABASE]`, `rediss://…`, `unix://…`, or
            `redis+cluster://HOST:PORT,…` or `redis+sentinel://HOST:PORT,…/SERVICE[/DATABASE]`,
            with TLS if it begins with `rediss+`.

    Raises:
        ConfigurationError: the URL is another one, or the driver is not installed.
    """
    if url == MEMORY:
        return MemoryBackend()
    if url.startswith(_SQLITE) and url != _SQLITE:
        return _sqlite(Path(url.removeprefix(_SQLITE)).absolute())
    if re.match(_REDIS, url):
        return _redis(url)
    # The URL is not repeated: it may contain a password.
    raise ConfigurationError(f"--store: {_KNOWN}")


def _redis(url: str) -> StorageBackend:
    try:
        module = import_module("mockserver.storage.redis_backend")
    except ImportError as error:
        needed = "a store in Redis needs the package redis: pip install 'redis>=8.0.1'"
        raise ConfigurationError(f"{needed} ({error})") from None
    backend: StorageBackend = module.RedisBackend(url)
    return backend


def _sqlite(path: Path) -> StorageBackend:
    module = import_module("mockserver.storage.sqlite_backend")
    backend: StorageBackend = module.SqliteBackend(path)
    return backend
