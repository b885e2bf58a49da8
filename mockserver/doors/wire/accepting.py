"""Connections as they come in, plain or inside TLS."""

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import Protocol

from mockserver.doors.wire.connection import Connection
from mockserver.doors.wire.service import Service
from mockserver.doors.wire.sockets import BACKLOG

_FAREWELL = 1.0  # seconds for a client to answer TLS's own farewell
_SHORTAGE = 0.5  # seconds to wait where the system has no more descriptors


class Accepting(Protocol):
    """What accepts connections."""

    def close(self) -> None:
        """Accept no more."""


async def accept_plain(service: Service, listener: socket.socket) -> Accepting:
    """Answer the connections to `listener`."""
    return await service.loop.create_server(
        lambda: Connection(service), sock=listener, backlog=BACKLOG
    )


def accept_secured(service: Service, listener: socket.socket, context: ssl.SSLContext) -> Accepting:
    """Answer the connections to `listener` inside TLS."""
    return _SecuredAccepting(service, listener, context)


class _SecuredAccepting:
    """Accepts connections one by one, each in a task of its own until it is secured.

    asyncio can listen with TLS by itself, but a connection whose handshake is under way is then
    nowhere to be found, and could not be ended.
    """

    def __init__(self, service: Service, listener: socket.socket, context: ssl.SSLContext) -> None:
        listener.setblocking(False)
        self._service = service
        self._listener = listener
        self._context = context
        self._handshakes: set[asyncio.Task[None]] = set()
        self._task = service.loop.create_task(self._accept())

    def close(self) -> None:
        self._task.cancel()

    async def _accept(self) -> None:
        loop = self._service.loop
        while True:
            try:
                accepted, _ = await loop.sock_accept(self._listener)
            except OSError:
                await asyncio.sleep(_SHORTAGE)
                continue
            handshake = loop.create_task(self._secure(accepted))
            self._handshakes.add(handshake)  # the loop itself keeps no hold of it
            handshake.add_done_callback(self._handshakes.discard)

    async def _secure(self, accepted: socket.socket) -> None:
        service = self._service
        # What TLS finds wrong is an OSError, and so is a client that has gone: that is its end.
        with suppress(OSError):
            await service.loop.connect_accepted_socket(
                lambda: Connection(service),
                accepted,
                ssl=self._context,
                ssl_handshake_timeout=service.limits.first_byte,
                ssl_shutdown_timeout=_FAREWELL,
            )
