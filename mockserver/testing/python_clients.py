"""The Python clients that a mock answers in this process.

For `requests` and `httpx`, functions of these libraries are replaced, and no socket is used. All
other clients are redirected to a loopback server by replaced functions of Python's sockets.
"""

import errno
import http.client
import os
import sys
import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import urllib3

from mockserver.adapters.framing import refusal_text
from mockserver.adapters.interception import (
    GUARD,
    STACK,
    ActiveLayers,
    Layer,
    check_process,
    is_allowed_through,
)
from mockserver.adapters.requests import Interception
from mockserver.adapters.socket_redirect import SocketRedirect, hooks, host_text, uvloop_hooks
from mockserver.admin.application import Application

if TYPE_CHECKING:
    import responses

    from mockserver.server import WireServer

CLIENTS = ("requests", "httpx", "httpx2", "sockets")
"""The clients that can be answered; "sockets" are all others that use Python's own sockets."""

_LOOPBACK = "127.0.0.1"


class SocketClients:
    """Redirects connections to the vendors' hosts to a server, which the first of them starts.

    Args:
        application: The application that the server serves.
        is_vendor_host: Return True for a host, in lower case, that `application` answers for.
        passthrough: Let connections to other hosts pass; False makes them raise
            ConnectionRefusedError.
    """

    def __init__(
        self,
        application: Application,
        is_vendor_host: Callable[[str], bool],
        *,
        passthrough: bool = True,
    ) -> None:
        self._application = application
        self._is_known = is_vendor_host
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
        """Return the layers over functions of the standard library and of imported libraries."""
        self._depth = STACK.height
        redirect = SocketRedirect(
            self._is_vendor_host,
            self.address,
            self._application.certificates.client_context,
            self._refuse,
        )
        replaced = hooks(redirect)
        if "uvloop" in sys.modules:
            replaced += uvloop_hooks(redirect, sys.modules["uvloop"])
        layers = [Layer(owner, name, method) for owner, name, method in replaced]
        layers.append(Layer(http.client.HTTPConnection, "putrequest", self._close_old))
        layers.append(Layer(urllib3.connection.HTTPConnection, "request", self._close_old))
        if "aiohttp" in sys.modules:
            connector = sys.modules["aiohttp"].TCPConnector
            layers.append(Layer(connector, "_get", self._reuse_in_aiohttp))
            layers.append(Layer(connector, "_resolve_host", self._resolve_for_aiohttp))
        if "twisted.internet._resolver" in sys.modules:
            resolver = sys.modules["twisted.internet._resolver"].GAIResolver
            layers.append(Layer(resolver, "resolveHostName", redirect.resolve_in_twisted))
        if "twisted.web.client" in sys.modules:
            pool = sys.modules["twisted.web.client"].HTTPConnectionPool
            layers.append(Layer(pool, "getConnection", self._separate_in_twisted))
        if "OpenSSL.SSL" in sys.modules:
            connection = sys.modules["OpenSSL.SSL"].Connection
            layers.append(Layer(connection, "set_tlsext_host_name", self._trust_in_pyopenssl))
        return layers

    def stop(self) -> None:
        """Stop the server, and clear the caches of clients that contain its address."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            del STACK.servers[_LOOPBACK, server.port]
            server.stop()
        for connector in list(self._connectors):
            connector.clear_dns_cache()

    def _is_vendor_host(self, host: str) -> bool:
        return self._is_known(host) and not is_allowed_through(host)

    def _start(self) -> "WireServer":
        # Imported for the first client that needs a socket.
        from mockserver.server import listen, server_of  # noqa: PLC0415

        server = server_of(self._application, listen(_LOOPBACK, 0))
        server.start()
        STACK.servers[_LOOPBACK, server.port] = self._depth
        return server

    def _close_old(
        self, below: Callable[..., None], connection: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Close a connection that was opened before this mock; the client opens another."""
        host = getattr(connection, "_tunnel_host", None) or connection.host
        is_open = connection.sock is not None
        if is_open and self._is_vendor_host(host) and self._is_old(connection.sock.getpeername()):
            connection.close()
        below(connection, *args, **kwargs)

    async def _reuse_in_aiohttp(
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

    def _separate_in_twisted(
        self, below: Callable[..., Any], pool: Any, key: Any, endpoint: Any
    ) -> Any:
        """Keep connections to a vendor's host apart from those that the pool already has."""
        host = key[1] if isinstance(key, tuple) and len(key) == 3 else ""
        is_apart = isinstance(host, bytes) and self._is_vendor_host(host_text(host).lower())
        return below(pool, (key, id(self)) if is_apart else key, endpoint)

    def _trust_in_pyopenssl(self, below: Callable[..., None], connection: Any, name: bytes) -> None:
        """Put a connection of pyOpenSSL to a vendor's host into a context that trusts the server.

        A client names the host before the handshake, which is the last moment to do so.
        """
        if self._is_vendor_host(host_text(name).lower()):
            from OpenSSL import SSL, crypto  # noqa: PLC0415 - imported by the client already

            context = SSL.Context(SSL.TLS_CLIENT_METHOD)
            authority = self._application.certificates.authority.pem
            store = context.get_cert_store()
            if store is not None:
                store.add_cert(crypto.load_certificate(crypto.FILETYPE_PEM, authority))
            connection.set_context(context)
        below(connection, name)

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


def _refuse(host: str) -> None:
    raise ConnectionRefusedError(errno.ECONNREFUSED, refusal_text(host))


class PythonClients:
    """Answers clients in this process from `start` to `stop`, from every thread.

    `requests`, `httpx` and `httpx2` are answered without a socket; all others are redirected to a
    loopback server of the same application.

    Args:
        application: The application that answers.
        passthrough: Let requests to other hosts go where they would have gone; False makes them
            raise what the client raises for a refused connection.
        clients: The names of the clients to answer, out of `CLIENTS`.

    Raises:
        ValueError: For a client that is not one of `CLIENTS`.
    """

    def __init__(
        self, application: Application, *, passthrough: bool, clients: Collection[str]
    ) -> None:
        for name in clients:
            if name not in CLIENTS:
                raise ValueError(f"clients: {name!r} is not one of {', '.join(CLIENTS)}")
        self._engine = application.engine
        self._passthrough = passthrough
        self._clients = clients
        self._requests = Interception(
            self._engine.answer, self.is_vendor_host, passthrough=passthrough
        )
        self._sockets = SocketClients(application, self.is_vendor_host, passthrough=passthrough)
        self._active = ActiveLayers()
        self._owner = os.getpid()

    @property
    def response(self) -> "responses.BaseResponse":
        """A rule for a user's `responses` mock that matches requests to the vendors' hosts."""
        return self._requests.response

    @property
    def url(self) -> str:
        """The address of the loopback server, started at the first call."""
        self.check_process()
        return self._sockets.url

    def start(self) -> None:
        """Begin to answer. A second `start` needs a second `stop`.

        Raises:
            ActiveElsewhere: While a mock is started in another thread.
        """
        self._active.lay(self._layers())
        self.move_here()
        GUARD.add(self._hosts())

    def stop(self) -> None:
        """End the last `start` and restore what it replaced; do nothing if it is not started."""
        if not self.is_started:
            return
        self._active.lift()
        GUARD.remove(self._hosts())
        if not self.is_started:
            self._sockets.stop()

    @property
    def is_started(self) -> bool:
        """True between the first `start` and the last `stop`."""
        return self._active.process is not None

    def move_here(self) -> None:
        """Make the current process the only one that may use this object."""
        self._owner = os.getpid()

    def check_process(self) -> None:
        """Raise UsedInOtherProcess in a child of the process that created or started this."""
        check_process(self._owner)

    def is_vendor_host(self, host: str) -> bool:
        """Return True for a vendor's host.

        Raises:
            UsedInOtherProcess: For a vendor's host, in a child of the process that created or
                started this object.
        """
        is_known = self._engine.router.knows(host)
        if is_known:
            check_process(self._owner)
        return is_known

    def _hosts(self) -> frozenset[str]:
        hosts = self._engine.router.hosts.values()
        return frozenset(host.lower() for names in hosts for host in names)

    def _layers(self) -> list[Layer]:
        layers = self._requests.layers() if "requests" in self._clients else []
        for name in ("httpx", "httpx2"):
            if name in self._clients and name in sys.modules:
                from mockserver.adapters.httpx_exchange import HttpxExchange  # noqa: PLC0415

                exchange = HttpxExchange(
                    sys.modules[name],
                    self._engine.answer,
                    self.is_vendor_host,
                    passthrough=self._passthrough,
                )
                layers += exchange.layers()
        return layers + (self._sockets.layers() if "sockets" in self._clients else [])
