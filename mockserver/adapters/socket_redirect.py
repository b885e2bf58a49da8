"""Redirect connections to chosen host names to one address, for every client on Python's sockets.

Three functions decide where a connection goes and which certificates it trusts: the resolver
(`socket.getaddrinfo` and its older variants), `socket.socket.connect`, and `SSLContext.wrap_socket`
or `wrap_bio`. Every client library calls them, so its parser, retries and errors do not change.

This module imports only the standard library and runs on Python 3.8 and later, because the start-up
file of `token-mockserver run` loads it into interpreters in which this package is not installed.
"""

from __future__ import annotations

import random
import socket
import ssl
from typing import Any, Callable, Optional, Tuple, Union

Address = Tuple[str, int]
Host = Union[str, bytes, bytearray, None]
Original = Callable[..., Any]
_MARK = "_token_mockserver"  # an attribute of contexts that a redirect has chosen


class SocketRedirect:
    """Redirects connections to chosen hosts, by functions that replace the original ones.

    Each method takes the original function as its first argument. It calls it with other arguments
    for a chosen host, and with the same arguments for every other host.

    Args:
        is_redirected: Return True for the name of a host to redirect; called with lower case.
        address: Return the numeric host and port of the server; called at the first connection.
        client_context: Return the context that trusts that server's certificates.
        refuse: Raise an OSError for an address that must not be reached; None if all may be.
    """

    def __init__(
        self,
        is_redirected: Callable[[str], bool],
        address: Callable[[], Address],
        client_context: Callable[[], ssl.SSLContext],
        refuse: Optional[Callable[[str], None]] = None,
    ) -> None:
        self._is_redirected = is_redirected
        self._address = address
        self._client_context = client_context
        self._refuse = refuse
        # A resolver returns an address that no service has, not the server's own: some clients
        # (anyio) combine the address with their own port.
        generator = random.SystemRandom()
        self.placeholder = "127.{}.{}.{}".format(*(generator.randint(64, 254) for _ in range(3)))

    def getaddrinfo(
        self,
        original: Original,
        host: Host,
        port: Any,
        family: int = 0,
        type: int = 0,  # the standard library names it so
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        """Return the placeholder as the address of a chosen host."""
        if not self.concerns(host):
            self._check(host)
            return original(host, port, family, type, proto, flags)
        if family == socket.AF_INET6:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        numeric = original(self.placeholder, port, socket.AF_INET, type, proto, 0)
        name = host_text(host) if flags & socket.AI_CANONNAME else ""
        return [(*entry[:3], name, entry[4]) for entry in numeric]

    def gethostbyname(self, original: Original, host: Host) -> Any:
        """Return the placeholder as the address of a chosen host."""
        return self.placeholder if self.concerns(host) else original(host)

    def connect(self, original: Original, sock: socket.socket, address: Any) -> Any:
        """Connect to the server instead of a chosen host; for `connect` and `connect_ex`."""
        return original(sock, self._destination(sock, address))

    def wrap_socket(
        self, original: Original, context: ssl.SSLContext, *args: Any, **kwargs: Any
    ) -> Any:
        """Start TLS to a chosen host in a context that trusts the server."""
        return self._wrap(4, original, context, args, kwargs)

    def wrap_bio(
        self, original: Original, context: ssl.SSLContext, *args: Any, **kwargs: Any
    ) -> Any:
        """Start TLS to a chosen host in a context that trusts the server."""
        return self._wrap(3, original, context, args, kwargs)

    def resolve_in_twisted(
        self, original: Original, resolver: Any, receiver: Any, host: str, *args: Any, **kwargs: Any
    ) -> Any:
        """Resolve the placeholder instead of a chosen host.

        Twisted binds `socket.getaddrinfo` when it is imported.
        """
        if self.concerns(host):
            host = self.placeholder
        else:
            self._check(host)
        return original(resolver, receiver, host, *args, **kwargs)

    async def resolve_on_uvloop(
        self, original: Original, loop: Any, host: Host, port: Any, **hints: Any
    ) -> Any:
        """Return the server's address for a chosen host: uvloop does not use Python's sockets."""
        if not self.concerns(host):
            self._check(host)
            return await original(loop, host, port, **hints)
        return await original(loop, *self._address(), **{**hints, "family": 0, "flags": 0})

    async def connect_on_uvloop(
        self,
        original: Original,
        loop: Any,
        protocol_factory: Any,
        host: Host = None,
        port: Any = None,
        **options: Any,
    ) -> Any:
        """Connect to the server instead of a chosen host."""
        if self.concerns(host):
            if options.get("ssl") and options.get("server_hostname") is None:
                options["server_hostname"] = host_text(host)
            host, port = self._address()
            options["family"] = 0
        elif host is not None:
            self._check(host)
        return await original(loop, protocol_factory, host, port, **options)

    def concerns(self, host: Host) -> bool:
        """Return True if connections to a host are redirected."""
        return bool(host) and self._is_redirected(host_text(host).lower().rstrip("."))

    def _destination(self, sock: socket.socket, address: Any) -> Any:
        if sock.family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(address, tuple):
            return address
        host = address[0]
        if host == self.placeholder or self.concerns(host):
            return self._address()
        self._check(host)
        return address

    def _check(self, host: Host) -> None:
        if self._refuse is not None and not _is_loopback(host_text(host)):
            self._refuse(host_text(host))

    def _wrap(
        self, position: int, original: Original, context: ssl.SSLContext, args: Any, kwargs: Any
    ) -> Any:
        """Call `original`, whose argument `server_hostname` has this position after the context."""
        name = kwargs.get("server_hostname", args[position] if len(args) > position else None)
        if self.concerns(name):
            kwargs.pop("session", None)  # belongs to the other context: ssl refuses it in this one
        return original(self._trusting(context, name), *args, **kwargs)

    def _trusting(self, context: ssl.SSLContext, name: Host) -> ssl.SSLContext:
        # A context of our own, so that none of our certificates remains in the client's. An inner
        # redirect may already have chosen its own.
        if not self.concerns(name) or hasattr(context, _MARK):
            return context
        chosen = self._client_context()
        setattr(chosen, _MARK, True)
        return chosen


def host_text(host: Host) -> str:
    """Return a host name as text; anyio gives bytes."""
    return host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else host or ""


def _is_loopback(host: str) -> bool:
    # A program that listens resolves an empty name.
    return host.startswith("127.") or host in ("localhost", "::1", "0.0.0.0", "::", "")


def hooks(redirect: SocketRedirect) -> list[tuple[Any, str, Original]]:
    """Return each function to replace: its owner, its name, and the method that replaces it."""
    return [
        (socket, "getaddrinfo", redirect.getaddrinfo),
        (socket, "gethostbyname", redirect.gethostbyname),
        (socket.socket, "connect", redirect.connect),
        (socket.socket, "connect_ex", redirect.connect),
        (ssl.SSLContext, "wrap_socket", redirect.wrap_socket),
        (ssl.SSLContext, "wrap_bio", redirect.wrap_bio),
    ]


def uvloop_hooks(redirect: SocketRedirect, uvloop: Any) -> list[tuple[Any, str, Original]]:
    """Return the functions of the module `uvloop` to replace: uvloop itself resolves names."""
    return [
        (uvloop.Loop, "getaddrinfo", redirect.resolve_on_uvloop),
        (uvloop.Loop, "create_connection", redirect.connect_on_uvloop),
    ]
