"""Parts of stores outside the process: values as JSON, copies of collections, and outages."""

import json
import logging
import threading
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Generic, Protocol, TypeVar

from mockserver.model.errors import MockServerError, StoreUnavailable
from mockserver.model.http import json_encoder
from mockserver.model.state_store import Codec, Collection

T = TypeVar("T")
# JSON and not pickle: whoever can write to the store must not be able to run code here.
_encode = json_encoder()

SHORT_TIMEOUT = 0.1
"""Seconds to wait for a store that did not answer last time."""

_log = logging.getLogger("mockserver")
_FAILS = (
    "the store fails, requests are answered with 500: %s. Make it usable again: the server needs no"
    ' restart. See "Failures" in docs/reference/stores.md.'
)


class Unreadable(Exception):
    """A value in the store was not written by this version of the program."""

    def __init__(self) -> None:
        super().__init__("there is something in the store that we did not write")


def pack(codec: Codec[T], value: T) -> str:
    """Return a value as JSON, in ASCII."""
    return _encode(codec.encode(value))


def unpack(codec: Codec[T], text: str | bytes) -> T:
    """Return the value that `pack` wrote.

    Raises:
        Unreadable: `pack` did not write `text`.
    """
    try:
        return codec.decode(json.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, MockServerError):
        raise Unreadable from None


def key_bytes(key: str) -> bytes:
    """Return a key as bytes, also one with lone surrogates, as a JSON body may contain."""
    return key.encode(errors="surrogatepass")


def key_text(key: bytes) -> str:
    """Return the key that `key_bytes` wrote."""
    return key.decode(errors="surrogatepass")


class VersionSource(Protocol):
    """The store of cached collections, with their versions as of its last refresh."""

    def version_of(self, collection: str) -> object:
        """Return the version of a cached collection, never None."""

    def write(self, action: Callable[[], T]) -> T:
        """Call `action`, which changes a cached collection, and renew the versions."""


class CachedCollection(Generic[T]):
    """A collection whose values are read once for each of its versions."""

    trimmed = 0

    def __init__(self, remote: Collection[T], name: str, source: VersionSource) -> None:
        self._remote = remote
        self._name = name
        self._source = source
        self._copy: tuple[object, dict[str, T]] = (None, {})

    @property
    def version(self) -> object:
        """Return a value that is different after each change, as of the last refresh."""
        return self._source.version_of(self._name)

    def get(self, key: str) -> T | None:
        """Return the value of `key`, or None."""
        return self._values().get(key)

    def items(self) -> list[tuple[str, T]]:
        """Return keys and values, in the order in which the keys were added."""
        return list(self._values().items())

    def put(self, key: str, value: T, *, most: int | None = None, now: float = 0) -> None:
        """Set the value of `key`. `most` has no effect: cached values are always kept."""
        self._source.write(lambda: self._remote.put(key, value))

    def take(self, key: str) -> T | None:
        """Remove the value of `key` and return it; of simultaneous callers only one gets it."""
        return self._source.write(lambda: self._remote.take(key))

    def update(
        self,
        key: str,
        change: Callable[[T | None], T | None],
        *,
        is_new: bool = False,
        most: int | None = None,
        now: float = 0,
    ) -> T | None:
        """Replace a value by what `change` returns. `most` has no effect, as in `put`."""
        return self._source.write(lambda: self._remote.update(key, change, is_new=is_new))

    def clear(self) -> None:
        """Remove every value."""
        self._source.write(self._remote.clear)

    def _values(self) -> dict[str, T]:
        version = self._source.version_of(self._name)
        copied, values = self._copy
        if version != copied:
            values = dict(self._remote.items())
            self._copy = (version, values)
        return values


class RemoteStateStore(ABC):
    """Collections of one state in a remote store, and last known versions of cached ones."""

    def __init__(self) -> None:
        self._collections: dict[str, Collection[Any]] = {}
        # The version of the state, and those of its collections.
        self._seen: tuple[object, Mapping[str, object]] = (None, {})
        # A write that failed may have been done: each makes every copy outdated.
        self._failed_writes = 0

    @abstractmethod
    def _uncached(self, name: str, codec: Codec[T], *, cached: bool) -> Collection[T]:
        """Return a collection that keeps no copy; `cached`: others keep one."""

    @abstractmethod
    def _versions(self) -> Mapping[str, object]:
        """Read the versions of all collections, by name."""

    def _writing(self) -> AbstractContextManager[object]:
        """Wrap a change of a cached collection."""
        return nullcontext()

    def collection(self, name: str, codec: Codec[T], *, cached: bool = False) -> Collection[T]:
        """Return the collection of this name."""
        collection = self._collections.get(name)
        if collection is None:
            collection = self._uncached(name, codec, cached=cached)
            if cached:
                collection = CachedCollection(collection, name, self)
            self._collections[name] = collection
        return collection

    def version_of(self, collection: str) -> object:
        """Return the version of a cached collection."""
        return self._failed_writes, self._seen[1].get(collection)

    def write(self, action: Callable[[], T]) -> T:
        """Call `action`, which changes a cached collection, and renew the versions."""
        try:
            with self._writing():
                result = action()
                self._read_versions(self._seen[0])
        except BaseException:
            self._failed_writes += 1
            raise
        return result

    def refresh(self, version: object) -> None:
        """Read what others have changed if `version`, of the state, is a new one."""
        if version != self._seen[0]:
            self._read_versions(version)

    def _read_versions(self, version: object) -> None:
        # `version` was read before, so the versions may be newer than it but never older: at worst
        # the next refresh reads them once more.
        self._seen = (version, self._versions())


class CircuitBreaker:
    """Remember if a store fails, and log when that begins and ends.

    A store that never worked is not logged: the error goes to the caller that opened it. A store
    on several servers has several places, which fail one by one. The end of a failure is the
    success of the place that failed first, or of a check of the whole store, whose place is "".
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worked = False
        self._failing: str | None = None
        self._timed_out: set[str] = set()
        self._probes: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @property
    def failing(self) -> bool:
        """Return True if the last attempt to use the store failed."""
        return self._failing is not None

    @property
    def worked(self) -> bool:
        """Return True if the store could ever be used."""
        return self._worked

    def record_failure(self, error: str, place: str = "") -> None:
        """Note that the store could not be read or written."""
        with self._lock:
            if self._worked and self._failing is None:
                _log.error(_FAILS, error.rstrip("."))
            if self._failing is None:
                self._failing = place

    def record_success(self, place: str = "") -> None:
        """Note that something was written."""
        if self._worked and self._failing is None:
            return
        with self._lock:
            if self._failing is not None and place not in (self._failing, ""):
                return
            if self._worked and self._failing is not None:
                _log.warning("the store works again")
            self._failing, self._worked = None, True

    @contextmanager
    def call(self, server: str, timeout: type[Exception]) -> Iterator[None]:
        """Wrap a call to a server of the store.

        While the server times out, with an exception of the type `timeout`, one thread at a time
        waits for it; the others raise StoreUnavailable after `SHORT_TIMEOUT`. Otherwise a server
        that hangs would block every worker thread for its whole timeout, for each request.
        """
        probing = server in self._timed_out and self._start_probe(server)
        hangs = False
        try:
            yield
        except timeout:
            hangs = True
            raise
        finally:
            (self._timed_out.add if hangs else self._timed_out.discard)(server)
            if probing:
                self._probes[server].release()

    def _start_probe(self, server: str) -> bool:
        """Return True if this thread has to find out if the server answers again."""
        if not self._probes[server].acquire(timeout=SHORT_TIMEOUT):
            raise StoreUnavailable("the store does not answer")
        # The thread that had the lock before may have got an answer.
        timed_out = server in self._timed_out
        if not timed_out:
            self._probes[server].release()
        return timed_out
