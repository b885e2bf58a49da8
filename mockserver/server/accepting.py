"""Connections as they come in, plain or inside TLS."""

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import Any

from mockserver.server.connection import Connection
from mockserver.server.limits import Limits
from mockserver.server.server_state import Service

_FAREWELL = 1.0  # seconds for a client to answer TLS's own farewell
_SHORTAGE = 0.5  # seconds to wait where the system has no descriptor left


class Accepting:
    """Makes a `Connection` of each that comes to `listener`, from now until `close`.

    asyncio's own server forgets connections that are accepted and not yet made, or whose TLS
    handshake is under way: a server that ends could not close them.
    """

    def __init__(
        self, service: Service, listener: socket.socket, context: ssl.SSLContext | None
    ) -> None:
        self._service = service
        self._loop = service.loop
        self._listener = listener
        self._security = {} if context is None else _security(context, service.limits)
        self._making: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        listener.setblocking(False)
        self._open()

    async def close(self) -> None:
        """Accept no more; all that were accepted are made then, or closed."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._listener)
        await asyncio.sleep(0)  # a task that has not begun could not close its socket
        making = tuple(self._making)
        if self._security:
            for task in making:
                task.cancel()  # a handshake; without one they are made at once
        await asyncio.gather(*making, return_exceptions=True)
        self._listener.close()

    def _open(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        """One at a time: other processes at this listener shall have theirs, too."""
        try:
            accepted, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # another process was quicker, or the client has gone already
        except OSError:
            self._loop.remove_reader(self._listener)
            self._pause = self._loop.call_later(_SHORTAGE, self._open)
            return
        making = self._loop.create_task(self._make(accepted))
        self._making.add(making)
        making.add_done_callback(self._making.discard)

    async def _make(self, accepted: socket.socket) -> None:
        accepted.setblocking(False)
        # What TLS finds wrong is an OSError, and so is a client that has gone: that is its end.
        with suppress(OSError):
            await self._loop.connect_accepted_socket(
                lambda: Connection(self._service), accepted, **self._security
            )


def _security(context: ssl.SSLContext, limits: Limits) -> dict[str, Any]:
    return {
        "ssl": context,
        "ssl_handshake_timeout": limits.first_byte,
        "ssl_shutdown_timeout": _FAREWELL,
    }
