"""A connection to a TLS server, until it is secured."""

import asyncio
import ssl
from typing import cast

from mockserver.doors.wire.connection import Connection
from mockserver.doors.wire.service import Service

_FAREWELL = 1.0  # seconds for a client to answer TLS's own farewell


class Handshake(asyncio.Protocol):
    """The protocol of the bare connection; then a `Connection` takes its place inside TLS.

    asyncio can listen with TLS by itself, but knows no way to find and to end a connection whose
    handshake is under way.
    """

    def __init__(self, service: Service, context: ssl.SSLContext) -> None:
        self._service = service
        self._context = context
        self._transport: asyncio.Transport
        self._task: asyncio.Task[None]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.pause_reading()  # what comes is not for us
        self._service.connections.add(self)
        if self._service.ending:
            self._transport.abort()
            return
        self._task = self._service.loop.create_task(self._secure())

    def connection_lost(self, _error: Exception | None) -> None:
        """Gone before its handshake."""
        self._service.leave(self)

    def end(self) -> None:
        """Leave now: nothing is being answered."""
        self.abort()

    def abort(self) -> None:
        """Leave now."""
        self._transport.abort()

    async def _secure(self) -> None:
        connection = Connection(self._service)
        try:
            secured = await self._service.loop.start_tls(
                self._transport,
                connection,
                self._context,
                server_side=True,
                ssl_handshake_timeout=self._service.limits.first_byte,
                ssl_shutdown_timeout=_FAREWELL,
            )
        except OSError:  # what TLS finds wrong is one, and so is a client that has gone
            self._transport.abort()
        else:
            if secured is not None:
                connection.connection_made(secured)
        finally:
            self._service.leave(self)
