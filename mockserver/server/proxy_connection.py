"""A connection whose client may use the server as its forward proxy."""

import asyncio

from mockserver.model.http import Request
from mockserver.server.connection import Connection
from mockserver.server.connection_state import Event
from mockserver.server.limits import ProtocolError
from mockserver.server.proxy import (
    ESTABLISHED,
    ForwardProxy,
    Tunnel,
    destination,
    proxy_user,
)
from mockserver.server.request_reader import ReceivedRequest
from mockserver.server.server_state import ServerState
from mockserver.server.upstream_proxies import ProxyDestination


class ProxyConnection(Connection):
    """The protocol of one connection, on which requests may name any host.

    Requests for emulated hosts are answered like all others; those for other hosts turn the
    connection into a `Tunnel`.
    """

    def __init__(self, server: ServerState, proxy: ForwardProxy) -> None:
        super().__init__(server)
        self._proxy = proxy
        self._opening: asyncio.Task[None] | None = None
        self._namespace = ""  # of requests through the proxy: a prefix of their paths

    def connection_lost(self, error: Exception | None) -> None:
        """Release all resources."""
        if self._opening is not None:
            self._opening.cancel()
        super().connection_lost(error)

    def _answer(self, received: ReceivedRequest) -> None:
        request = received.request
        if (received.scheme or request.method == "CONNECT") and self._is_routed(received):
            return
        if self._namespace:
            path, target = self._namespace + request.path, self._namespace + request.target
            received = received._replace(request=request.at(path, target))
        super()._answer(received)

    def _is_routed(self, received: ReceivedRequest) -> bool:
        """Return False if the emulation answers the request itself."""
        request = received.request
        connects = request.method == "CONNECT"
        try:
            to = destination(received.scheme, request)
            emulated = self._proxy.answers(to)
            tunnel = None if emulated else Tunnel(self._server, one_way=not connects)
        except ProtocolError as refused:
            self._refuse(refused)
            return True
        if tunnel is not None:
            self._state.move(Event.PENDING)
            self._deadline.clear()
            opening = self._open_tunnel(tunnel, to, request)
            self._opening = self._server.loop.create_task(opening)
            return True
        user = proxy_user(request.headers)
        self._namespace = f"/ns/{user}" if user else ""
        if connects:
            self._begin_anew(to.host)
        return connects

    def _begin_anew(self, host: str) -> None:
        """Let the client begin TLS or HTTP for an emulated host, as on a new connection."""
        self._server_name = host
        self._flushed().write(ESTABLISHED)
        self._state.at_start = True
        early = self._reader.take_all()
        if early:
            self.data_received(early)

    async def _open_tunnel(self, tunnel: Tunnel, to: ProxyDestination, request: Request) -> None:
        try:
            await tunnel.connect(to, self._proxy.between(to), request)
        except BaseException as error:
            tunnel.abort()
            tunnel.leave()
            if not isinstance(error, ProtocolError):
                raise
            self._opening = None
            self._state.move(Event.ANSWERED)
            self._refuse(error)
            return
        self._opening = None
        transport = self._flushed()
        first = b""
        if not to.scheme:
            transport.write(ESTABLISHED)
            first = self._reader.take_all()
        tunnel.join(transport, first)
        if self._state.eof_received:
            tunnel.client_finished()
        # This releases only what this object holds: the tunnel has the transport now.
        self.connection_lost(None)
