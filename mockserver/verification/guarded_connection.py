"""Connections that end in time, whatever comes over them: requests' own adapter, and a timer."""

import socket
from contextlib import suppress
from threading import Lock, Timer
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from mockserver.verification.error_text import NoAnswer


class ConnectionDeadline:
    """Ends the connections that it watches when the time is over; a context manager.

    A time limit of a socket begins anew with every byte: one that drips would never end.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True
        self._lock = Lock()
        self._watched: list[socket.socket] = []
        self._passed = False

    def watch(self, connection: socket.socket) -> None:
        """End `connection` too, at once if the time is over.

        TLS takes the socket over, so it is known by a copy.
        """
        with self._lock:
            self._watched.append(connection.dup())
        if self._passed:
            self._end()

    def check(self) -> None:
        """Raise NoAnswer if the time is over: what came may be a part only."""
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
    """Sends as requests does, over connections that a deadline watches."""

    def __init__(self, deadline: ConnectionDeadline) -> None:
        self._deadline = deadline
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Called by requests to make the pools."""
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
