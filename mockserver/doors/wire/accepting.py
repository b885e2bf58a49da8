"""Connections as they come in, plain or inside TLS."""

import asyncio
import socket
import ssl
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
    """Accepts connections one by one, and keeps hold of each.

    asyncio can listen with TLS by itself, but a connection whose handshake is under way is then
    nowhere to be found, and could not be ended.
    """

    def __init__(self, service: Service, listener: socket.socket, context: ssl.SSLContext) -> None:
        listener.setblocking(False)
        self._service = service
        self._listener = listener
        self._context = context
        self._task = service.loop.create_task(self._accept())

    def close(self) -> None:
        self._task.cancel()

    async def _accept(self) -> None:
        while True:
            try:
                accepted, _ = await self._service.loop.sock_accept(self._listener)
            except OSError:
                await asyncio.sleep(_SHORTAGE)
            else:
                Handshake(self._service, self._context, accepted)


class Handshake:
    """A connection until it is secured; then a `Connection` takes its place."""

    def __init__(self, service: Service, context: ssl.SSLContext, accepted: socket.socket) -> None:
        self._service = service
        self._begun = False
        service.connections.add(self)
        self._task = service.loop.create_task(self._secure(context, accepted))

    def end(self) -> None:
        """Leave now: nothing is being answered."""
        self.abort()

    def abort(self) -> None:
        """Leave now."""
        if self._begun:  # otherwise it finds out by itself, and has a socket to close
            self._task.cancel()

    async def _secure(self, context: ssl.SSLContext, accepted: socket.socket) -> None:
        self._begun = True
        service = self._service
        try:
            if service.ending:
                accepted.close()
                return
            await service.loop.connect_accepted_socket(
                lambda: Connection(service),
                accepted,
                ssl=context,
                ssl_handshake_timeout=service.limits.first_byte,
                ssl_shutdown_timeout=_FAREWELL,
            )
        except OSError:
            pass  # what TLS finds wrong is one, and so is a client that has gone; both are over
        finally:
            service.leave(self)
