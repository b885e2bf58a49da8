"""Connections that end in time, and texts for their errors."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock, Timer
from typing import Any, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class NoAnswer(OSError):
    """An answer that cannot be judged; the text says why."""


_TEXTS: tuple[tuple[type[BaseException], str], ...] = (
    (requests.exceptions.InvalidHeader, "the credentials hold characters that no header can"),
    (UnicodeError, "the credentials hold characters that no header can"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (ssl.SSLError, "TLS failed"),
    (requests.exceptions.SSLError, "TLS failed"),
    # New in urllib3 2.0.
    (
        getattr(urllib3.exceptions, "NameResolutionError", socket.gaierror),
        "the name of the host is unknown",
    ),
    (socket.gaierror, "the name of the host is unknown"),
    (ConnectionRefusedError, "the connection is refused"),
    (ConnectionResetError, "the connection was reset"),
    (requests.exceptions.ConnectTimeout, "no connection in time"),
    (requests.exceptions.ReadTimeout, "no answer in time"),
    (urllib3.exceptions.ReadTimeoutError, "no answer in time"),
    (urllib3.exceptions.IncompleteRead, "the answer broke off"),
    (urllib3.exceptions.DecodeError, "the answer cannot be decompressed"),
)


def error_text(error: BaseException) -> str:
    """Return one line that explains an error and repeats nothing of the request."""
    errors = list(_chain(error))
    for ours in errors:
        if isinstance(ours, NoAnswer):
            return str(ours)
    for kind, text in _TEXTS:
        for found in errors:
            if isinstance(found, kind):
                return f"{text} ({_why(found)})" if isinstance(found, ssl.SSLError) else text
    return f"the connection failed ({type(errors[-1]).__name__})"


def _why(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", "") or error.reason or "no reason given"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, its causes, and the errors that it carries as arguments."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        error = waiting.pop(0)
        if isinstance(error, BaseException) and error not in seen:
            seen.append(error)
            waiting += [error.__cause__, error.__context__, getattr(error, "reason", None)]
            waiting += [part for part in error.args if isinstance(part, BaseException)]
    return iter(seen)


class ConnectionDeadline:
    """A context manager that shuts down the watched connections after a number of seconds.

    The timeout of a socket begins anew with every byte, so a service that sends one byte at a time
    would never reach it.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True
        self._lock = Lock()
        self._watched: list[socket.socket] = []
        self._passed = False

    def watch(self, connection: socket.socket) -> None:
        """Add a connection; shut it down at once if the time is over."""
        # TLS detaches the socket from this object, so a duplicate is kept.
        with self._lock:
            self._watched.append(connection.dup())
        if self._passed:
            self._end()

    def check(self) -> None:
        """Raise NoAnswer if the time is over, since the body may be incomplete."""
        if self._passed:
            raise NoAnswer(f"the answer took longer than {self._seconds} s")

    def _end(self) -> None:
        self._passed = True
        with self._lock:
            for connection in self._watched:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._watched:
                connection.close()
        if kind is not None:
            self.check()


class DeadlineAdapter(HTTPAdapter):
    """An adapter for `requests` whose connections a `ConnectionDeadline` ends."""

    def __init__(self, deadline: ConnectionDeadline) -> None:
        self._deadline = deadline
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools; called by requests."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self._deadline)


def _pools(deadline: ConnectionDeadline) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            connection = super()._new_conn()
            deadline.watch(connection)
            return connection

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            connection = super()._new_conn()
            deadline.watch(connection)
            return connection

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
