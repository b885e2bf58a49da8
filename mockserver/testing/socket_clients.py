"""Python clients that open sockets, led to a loopback server of a mock in this process."""

import asyncio
import errno
import http.client
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import urllib3

from mockserver.adapters.framing import refusal_text
from mockserver.adapters.interception import STACK, Layer, is_allowed_through
from mockserver.adapters.socket_redirect import SocketRedirect, hooks, host_text
from mockserver.admin.application import Application

if TYPE_CHECKING:
    from mockserver.server import WireServer

_LOOPBACK = "127.0.0.1"


class SocketClients:
    """Leads connections to the vendors' hosts to a server that is started with the first of them.

    Args:
        application: What the server answers as.
        is_vendor_host: Return True for a host, in lower case, that it answers for.
        passthrough: Let connections to other hosts pass; False makes them ConnectionRefusedErrors.
    """

    def __init__(
        self,
        application: Application,
        is_vendor_host: Callable[[str], bool],
        *,
        passthrough: bool = True,
    ) -> None:
        self._application = application
        self._knows = is_vendor_host
        self._refuse = None if passthrough else _refuse
        self._lock = threading.Lock()
        self._server: WireServer | None = None
        self._connectors: WeakSet[Any] = WeakSet()
        self._depth = 0  # of the stack of mocks, below this one

    @property
    def url(self) -> str:
        """The server's address; it is started if it does not run."""
        return "http://{}:{}".format(*self.address())

    def address(self) -> tuple[str, int]:
        """Return the server's host and port; start it if it does not run."""
        with self._lock:
            if self._server is None:
                self._server = self._start()
            return _LOOPBACK, self._server.port

    def layers(self) -> list[Layer]:
        """Return what stands before the functions of the standard library, and of uvloop."""
        self._depth = STACK.height
        redirect = SocketRedirect(
            self._is_vendor_host,
            self.address,
            self._application.certificates.client_context,
            self._refuse,
        )
        layers = [Layer(owner, name, method) for owner, name, method in hooks(redirect)]
        for connection_class in (http.client.HTTPConnection, urllib3.connection.HTTPConnection):
            layers.append(Layer(connection_class, "request", self._fresh))
        if "aiohttp" in sys.modules:
            connector = sys.modules["aiohttp"].TCPConnector
            layers.append(Layer(connector, "_get", self._fresh_of_aiohttp))
            layers.append(Layer(connector, "_resolve_host", self._resolve_for_aiohttp))
        if "uvloop" in sys.modules:
            loop = sys.modules["uvloop"].Loop
            layers.append(Layer(loop, "getaddrinfo", self._resolve_for_uvloop))
        return layers

    def stop(self) -> None:
        """End the server, and let no client keep an address of it."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            del STACK.servers[_LOOPBACK, server.port]
            server.stop()
        for connector in list(self._connectors):
            connector.clear_dns_cache()

    def _is_vendor_host(self, host: str) -> bool:
        return self._knows(host) and not is_allowed_through(host)

    def _start(self) -> "WireServer":
        # Imported for the first client that needs a socket.
        from mockserver.server import listen, server_of  # noqa: PLC0415

        server = server_of(self._application, listen(_LOOPBACK, 0))
        server.start()
        STACK.servers[_LOOPBACK, server.port] = self._depth
        return server

    def _fresh(
        self, below: Callable[..., None], connection: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Close a connection that was opened before this mock; the client opens another."""
        host = getattr(connection, "_tunnel_host", None) or connection.host
        is_open = connection.sock is not None
        if is_open and self._is_vendor_host(host) and self._is_old(connection.sock.getpeername()):
            connection.close()
        below(connection, *args, **kwargs)

    async def _fresh_of_aiohttp(
        self, below: Callable[..., Any], connector: Any, key: Any, *traces: Any
    ) -> Any:
        """Return no kept connection that was opened before this mock."""
        found = await below(connector, key, *traces)
        if found is None or not self._is_vendor_host(key.host) or found.transport is None:
            return found
        if self._is_old(found.transport.get_extra_info("peername")):
            found.close()
            return None
        return found

    def _is_old(self, peer: tuple[Any, ...]) -> bool:
        """Return True unless the peer is the server of this mock or of one inside it."""
        return STACK.servers.get(peer[:2], -1) < self._depth

    async def _resolve_for_aiohttp(
        self, below: Callable[..., Any], connector: Any, host: str, port: int, **kwargs: Any
    ) -> Any:
        """Resolve a vendor's host anew: a connector keeps addresses for ten seconds."""
        if self._is_vendor_host(host):
            connector.clear_dns_cache(host, port)
            self._connectors.add(connector)
        return await below(connector, host, port, **kwargs)

    async def _resolve_for_uvloop(
        self, below: Callable[..., Any], loop: Any, host: Any, port: Any, **hints: Any
    ) -> Any:
        """Answer in place of uvloop's resolver, whose sockets connect without Python's."""
        if not self._is_vendor_host(host_text(host)):
            return await below(loop, host, port, **hints)
        address = await asyncio.to_thread(self.address)
        return await below(loop, *address, **{**hints, "flags": 0})


def _refuse(host: str) -> None:
    raise ConnectionRefusedError(errno.ECONNREFUSED, refusal_text(host))
