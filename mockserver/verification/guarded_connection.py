"""Connections that end in time: the adapter of requests, and a timer that closes its sockets."""

import socket
from contextlib import suppress
from threading import Lock, Timer
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from mockserver.verification.error_text import NoAnswer


class ConnectionDeadline:
    """A context manager that ends the connections that it watches when the time is over.

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
        """End `connection` too, at once if the time is over."""
        # TLS takes the socket over, so a duplicate is kept.
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
    """The adapter of requests, over connections that a deadline watches."""

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
