"""The connection to one Redis server: reads, writes by script, and what the server must be like."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from mockserver.model.errors import ConfigurationError, StoreError
from mockserver.storage.shared_store import CircuitBreaker, StoreTimeout, Unreadable

PREFIX = "token-mockserver"
TIMEOUT = 2.0  # seconds to wait for an answer

_LIFE = 30 * 86_400  # seconds that an unused state lives
_GRACE = 60  # seconds that a state lives after its reset, for requests that have begun before
_MEMORY = 20  # seconds for which Redis keeps the results of a call; a repeated one follows at once
_UNREADABLE = (
    "the URL of the store cannot be read; in a password / # ? and % are %2F %23 %3F and %25,"
    " and options are those of redis-py"
)
_WRONG_PASSWORD = (
    "the user name or password is missing or wrong; write redis://USER:PASSWORD@HOST, or"
    " redis://:PASSWORD@HOST for the default user"
)
_NO_DATABASE = "it has no database of this number; leave the number out, or raise its `databases`"
_CLUSTER = (
    "it is a node of a Redis Cluster, which is not supported; use a server without cluster mode"
)
_SENTINEL = "it is a Sentinel and keeps no data; use the address of the primary"
_REPLICA = "it is a replica, which cannot be written to; use the address of the primary"
_EVICTS = (
    "it evicts keys when its memory is full (maxmemory-policy {}), so revoked tokens could become"
    " valid again; run CONFIG SET maxmemory-policy noeviction"
)
_HERE = Path(__file__).parent


class Write(NamedTuple):
    """A command of redis_writes.lua, for one collection."""

    command: str
    state: str
    collection: str
    cached: bool
    first: str | bytes | float = ""
    second: str | bytes | float = ""
    third: str | bytes | float = ""
    fourth: str | bytes | float = ""


class RedisConnection:
    """Reads and writes.

    Every error of Redis is raised as StoreError, whose text never has the URL or its password.

    Raises:
        ConfigurationError: the URL cannot be read.
    """

    def __init__(self, url: str) -> None:
        try:
            # A call whose connection broke is sent once more; one that timed out is not, because
            # a server that hangs would hold up the client twice as long.
            self._client = redis.Redis.from_url(
                url,
                socket_timeout=TIMEOUT,
                socket_connect_timeout=TIMEOUT,
                retry=Retry(NoBackoff(), 1, (redis.ConnectionError,)),
            )
            # Does not connect, but reads the options in the URL.
            self._client.connection_pool.make_connection()
        except (ValueError, TypeError):  # their texts quote parts of the URL
            raise ConfigurationError(_UNREADABLE) from None
        self._writes = self._script("redis_writes.lua")
        self._namespaces = self._script("redis_namespaces.lua")
        self._breaker = CircuitBreaker()
        self._thread = threading.local()

    def read(self, command: str, *arguments: Any) -> Any:
        """Return the answer to a command, after the writes that were deferred."""
        self._flush()
        with self._call():
            return self._client.execute_command(command, *arguments)  # type: ignore[no-untyped-call]

    def write(self, write: Write) -> Any:
        """Return the result of a write, after those that were deferred."""
        self._flush()
        return self._write([write])[0]

    def defer(self, write: Write) -> None:
        """Write at the end of the transaction or before the next read; outside of one, now."""
        if self._deferred is None:
            self._write([write])
        else:
            self._deferred.append(write)

    def namespace(self, command: str, name: str = "", argument: str | int = "") -> Any:
        """Return the result of a command of redis_namespaces.lua."""
        self._flush()
        with self._call():
            return self._namespaces(args=[*_call_arguments(), command, name, argument])

    def check(self) -> None:
        """Raise StoreError unless the server can be written to, and forgets nothing."""
        self._flush()
        with self._call():
            problem = _unsuitable(self._client.info())
            if problem is None:
                self._client.set(f"{PREFIX}:check", 1, ex=_GRACE)
        if problem is not None:
            self._breaker.record_failure(f"Redis: {problem}")
            raise StoreError(f"Redis: {problem}")
        self._breaker.record_success()

    def close(self) -> None:
        """Close the connections; the next call makes new ones."""
        self._client.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Defer the writes inside, so that they are done at once, or none after an error."""
        if self._deferred is not None:
            yield
            return
        self._thread.deferred = []
        try:
            yield
            self._flush()
        finally:
            self._thread.deferred = None

    @contextmanager
    def store_errors(self) -> Iterator[None]:
        """Raise errors from inside as StoreError, and log the first of an outage."""
        try:
            yield
        except (redis.RedisError, Unreadable) as error:
            text = f"Redis: {_explained(error)}"
            self._breaker.record_failure(text)
            error_type = StoreTimeout if isinstance(error, redis.TimeoutError) else StoreError
            raise error_type(text) from None

    @property
    def _deferred(self) -> list[Write] | None:
        deferred: list[Write] | None = getattr(self._thread, "deferred", None)
        return deferred

    def _script(self, name: str) -> Any:
        return self._client.register_script((_HERE / name).read_text(encoding="utf-8"))

    def _flush(self) -> None:
        deferred = self._deferred
        if deferred:
            self._thread.deferred = []
            self._write(deferred)

    def _write(self, writes: list[Write]) -> list[Any]:
        values = [
            value for write in writes for value in (*write[:3], int(write.cached), *write[4:])
        ]
        with self._call():
            results: list[Any] = self._writes(args=[*_call_arguments(), *values])
        self._breaker.record_success()
        return results

    @contextmanager
    def _call(self) -> Iterator[None]:
        with self._breaker.call(), self.store_errors():
            yield


def _call_arguments() -> tuple[str | int, ...]:
    # The id is made here, outside of redis-py's retry: a repeated call has the same one, and the
    # script answers it with the results of the first.
    return uuid4().hex, _LIFE, _GRACE, _MEMORY


def _unsuitable(info: Mapping[str, Any]) -> str | None:
    """Return why a server must not be used, by its answer to INFO, or None."""
    if info.get("redis_mode") == "sentinel":
        return _SENTINEL
    if info.get("cluster_enabled"):
        return _CLUSTER
    if info.get("role") == "slave":
        return _REPLICA
    policy = info.get("maxmemory_policy", "noeviction")
    if info.get("maxmemory") and policy != "noeviction":
        return _EVICTS.format(policy)
    return None


def _explained(error: Exception) -> str:
    """Return the text of an error, with the cure where there is one."""
    text = str(error)
    if isinstance(error, redis.AuthenticationError) or "WRONGPASS" in text or "NOAUTH" in text:
        return _WRONG_PASSWORD
    if isinstance(error, redis.ReadOnlyError):
        return _REPLICA
    if "DB index is out of range" in text:
        return _NO_DATABASE
    return text
