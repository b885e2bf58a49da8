"""One Redis server: the scripts that it runs for us, and what is put off to be done together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from mockserver.model.errors import ConfigurationError, StoreError
from mockserver.storage.circuit_breaker import Outage
from mockserver.storage.json_codec import Unreadable

PREFIX = "token-mockserver"
_LIFE = 30 * 86_400  # seconds that a state lives unused
_GRACE = 60  # seconds that one lives after its end, for who was overtaken
_PATIENCE = 2.0  # seconds to wait for an answer
_IMPATIENCE = 0.1  # seconds to wait for who waits for one, when there was none before
_UNREADABLE = (
    "the URL of the store cannot be read; in a password / # ? and % are %2F %23 %3F and %25,"
    " and options are those of redis-py"
)
_HERE = Path(__file__).parent


class _Silence(StoreError):
    """No answer in time."""


class Act(NamedTuple):
    """A write to a collection, as records.lua has it."""

    name: str
    state: str
    collection: str
    cached: bool
    first: str | bytes | float = ""
    second: str | bytes | float = ""
    third: str | bytes | float = ""
    fourth: str | bytes | float = ""


class Server:
    """Reads and writes. Raises StoreError for whatever goes wrong, ConfigurationError for a URL
    that cannot be read. The error never has the URL, which may hold a password.
    """

    def __init__(self, url: str) -> None:
        try:
            # A connection that was lost is made again once; what timed out is not tried again.
            self._client = redis.Redis.from_url(
                url,
                socket_timeout=_PATIENCE,
                socket_connect_timeout=_PATIENCE,
                retry=Retry(NoBackoff(), 1, (redis.ConnectionError,)),
            )
            self._client.connection_pool.make_connection()  # does not connect, but reads options
        except (ValueError, TypeError):  # whose texts have parts of the URL
            raise ConfigurationError(_UNREADABLE) from None
        self._records = self._client.register_script((_HERE / "redis_records.lua").read_text())
        self._states = self._client.register_script((_HERE / "redis_states.lua").read_text())
        self._outage = Outage()
        self._silent = False  # it did not answer in time when it was asked last
        self._asking = threading.Lock()  # who asks it then
        self._thread = threading.local()

    def read(self, command: str, *arguments: Any) -> Any:
        """The answer to a command, after what was put off."""
        self._settle()
        with self._reached():
            return self._client.execute_command(command, *arguments)  # type: ignore[no-untyped-call]

    def do(self, act: Act) -> Any:
        """The result of a write, after what was put off."""
        self._settle()
        return self._do([act])[0]

    def put_off(self, act: Act) -> None:
        """Do a write at the end of what is done together, or before the next read; else now."""
        if self._pending is None:
            self._do([act])
        else:
            self._pending.append(act)

    def states(self, wanted: str, name: str, *arguments: str) -> Any:
        """What states.lua says of a name."""
        self._settle()
        keys = (f"{PREFIX}:names", name, f"{PREFIX}:name:{name}")
        with self._reached():
            return self._states(args=[wanted, _LIFE, _GRACE, *keys, *arguments])

    def check(self) -> None:
        """Raise StoreError unless something can be kept now."""
        self._settle()
        with self._reached():
            self._client.set(f"{PREFIX}:check", 1, ex=_GRACE)
        self._outage.ends()

    def close(self) -> None:
        """Let go of the connections; the next call makes others."""
        self._client.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Put off the writes inside, so that they are done at once; none after an error."""
        if self._pending is not None:
            yield
            return
        self._thread.pending = []
        try:
            yield
            self._settle()
        finally:
            self._thread.pending = None

    @property
    def _pending(self) -> list[Act] | None:
        pending: list[Act] | None = getattr(self._thread, "pending", None)
        return pending

    def _settle(self) -> None:
        pending = self._pending
        if pending:
            self._thread.pending = []
            self._do(pending)

    def _do(self, acts: list[Act]) -> list[Any]:
        values = [value for act in acts for value in (*act[:3], int(act.cached), *act[4:])]
        with self._reached():
            results: list[Any] = self._records(args=[_LIFE, _GRACE, uuid4().hex, *values])
        self._outage.ends()
        return results

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Around a call to Redis. While it is silent one waits for it, and the others hardly."""
        alone = self._silent and self._alone()
        silent = False
        try:
            with self.told():
                yield
        except _Silence:
            silent = True
            raise
        finally:
            self._silent = silent
            if alone:
                self._asking.release()

    def _alone(self) -> bool:
        """Whether it is silent, and this thread is the one that asks. Raises StoreError for
        others; where it has answered meanwhile they ask as ever.
        """
        if not self._asking.acquire(timeout=_IMPATIENCE):
            raise StoreError("Redis: it does not answer")
        silent = self._silent
        if not silent:
            self._asking.release()
        return silent

    @contextmanager
    def told(self) -> Iterator[None]:
        """What goes wrong inside as a StoreError, and in the log."""
        try:
            yield
        except (redis.RedisError, Unreadable) as error:
            self._outage.begins(f"Redis: {error}")
            error_type = _Silence if isinstance(error, redis.TimeoutError) else StoreError
            raise error_type(f"Redis: {error}") from None
