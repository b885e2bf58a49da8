"""The forward proxy: the hosts that the emulation answers, and tunnels to all others.

A client whose `HTTPS_PROXY` is this server sends `CONNECT host:443`, and begins TLS with us or,
through a tunnel, with the host itself; what is tunnelled is never decrypted. A client whose
`HTTP_PROXY` it is sends an absolute URL.
"""

import asyncio
import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from mockserver.model.http import Headers, Request
from mockserver.server.event_loop import Deadline
from mockserver.server.limits import ProtocolError
from mockserver.server.server_state import ServerState
from mockserver.server.upstream import reach
from mockserver.server.upstream_proxies import (
    PORTS,
    ProxyDestination,
    UpstreamProxies,
    UpstreamProxy,
    is_loopback,
)

ESTABLISHED = b"HTTP/1.1 200 Connection Established\r\n\r\n"

_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]@]+)(?::([0-9]{1,5}))?")


class OtherHosts(StrEnum):
    """The treatment of hosts that the emulation does not answer."""

    REACHED = ""
    OFFLINE = "with --offline no other host is reached"
    VENDORS_ONLY = "off loopback this proxy reaches no other host"


@dataclass(frozen=True)
class ForwardProxy:
    """The rules of the proxy.

    Attributes:
        emulates: Return True for the name of a host that the emulation answers at any port.
        port: The port of this server.
        names: The names and addresses of this server, beside those of loopback.
        other_hosts: What happens to requests for all other hosts.
        upstream: The proxies that these are reached through.
    """

    emulates: Callable[[str], bool]
    port: int
    names: Sequence[str] = ()
    other_hosts: OtherHosts = OtherHosts.REACHED
    upstream: UpstreamProxies = field(default_factory=UpstreamProxies)

    def between(self, to: ProxyDestination) -> UpstreamProxy | None:
        """Return the proxy to reach another host through; None for no one, and never this one."""
        found = self.upstream.between(to)
        if found is not None and found.port == self.port and self._is_own(found.host):
            return None
        return found

    def answers(self, to: ProxyDestination) -> bool:
        """Return True if the emulation answers; False if the request goes to another host.

        Raises:
            ProtocolError: 403 if other hosts are not reached.
        """
        if self.emulates(to.host) or (to.port == self.port and self._is_own(to.host)):
            return True
        if self.other_hosts is not OtherHosts.REACHED:
            text = f"{to.host} is not the host of an emulated vendor; {self.other_hosts}."
            raise ProtocolError(403, text, phrase=text)
        return False

    def _is_own(self, host: str) -> bool:
        return is_loopback(host) or host in self.names


def destination(scheme: str, request: Request) -> ProxyDestination:
    """Return the host that a request to a proxy names: in its target for CONNECT, else in Host.

    Raises:
        ProtocolError: 400 if it is not a host, or CONNECT names no port.
    """
    authority = (request.headers.get("Host") or "") if scheme else request.target
    match = _AUTHORITY.fullmatch(authority)
    port = PORTS.get(scheme) if match is None or match[2] is None else int(match[2])
    if match is None or port is None or not 0 < port < 65536:
        raise ProtocolError(400, "The request's target is no host and port.")
    return ProxyDestination(scheme, match[1].strip("[]").rstrip(".").lower(), port)


def proxy_user(headers: Headers) -> str:
    """Return the user of `Proxy-Authorization: Basic`, "" if there is none.

    `HTTPS_PROXY=http://NAME@host:port` leads a client to the namespace NAME.
    """
    scheme, _, credentials = (headers.get("Proxy-Authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(credentials).decode().partition(":")[0]
    except (binascii.Error, UnicodeError):
        return ""


class Tunnel:
    """A client's connection and one to another host; each sends what the other one receives.

    Bytes in flight are bounded: the one is not read while the other has its buffer full. The
    tunnel ends after `limits.tunnel_idle` seconds without a byte.

    Args:
        server: The tunnel is one of its connections, and counts towards `limits.tunnels`.
        one_way: Send nothing on of what the client sends: its one request is sent already.
    """

    def __init__(self, server: ServerState, *, one_way: bool = False) -> None:
        if server.tunnels >= server.limits.tunnels:
            raise ProtocolError(503, "There are too many tunnels.")
        server.tunnels += 1
        self._server = server
        self._deadline = Deadline(server.loop, self.abort)
        self._left = False
        self._received = b""
        self._client = _TunnelEnd(self, sends_on=not one_way)
        self._upstream = _TunnelEnd(self, half_closes=not one_way)
        self._client.other, self._upstream.other = self._upstream, self._client

    async def connect(
        self, to: ProxyDestination, proxy: UpstreamProxy | None, request: Request
    ) -> None:
        """Connect to the other host, and send it the request, unless that is CONNECT.

        Raises:
            ProtocolError: 502 or 504 if it cannot be reached.
        """
        self._received = await reach(self._server, to, proxy, request, self._upstream)

    def join(self, client: asyncio.Transport, first: bytes) -> None:
        """Send `first` to the other host, and let bytes flow from now on."""
        self._server.connections.add(self)
        self._client.connection_made(client)
        client.set_protocol(self._client)
        client.write(self._received)
        upstream = self._upstream.transport
        if upstream is None or upstream.is_closing():
            client.close()
            return
        if first:
            upstream.write(first)
        for transport in (client, upstream):
            transport.resume_reading()
        self.touch()

    def client_finished(self) -> None:
        """Pass on that the client had sent its last byte before `join`."""
        self._client.eof_received()

    def touch(self) -> None:
        """Start the time without a byte anew."""
        self._deadline.set(self._server.limits.tunnel_idle)

    def close(self) -> None:
        """Close both connections once everything is sent."""
        for end in (self._client, self._upstream):
            if end.transport is not None:
                end.transport.close()

    def abort(self) -> None:
        """Close both connections now."""
        for end in (self._client, self._upstream):
            if end.transport is not None:
                end.transport.abort()

    def end(self, *, idle: bool = True, begun: bool = True) -> None:
        """Close both connections: a tunnel has no answer that could be awaited."""
        if idle and begun:
            self.abort()

    def leave(self) -> None:
        """Release the tunnel."""
        if not self._left:
            self._left = True
            self._deadline.cancel()
            self._server.tunnels -= 1
            self._server.leave(self)


class _TunnelEnd(asyncio.Protocol):
    """One of the two connections of a tunnel."""

    other: "_TunnelEnd"

    def __init__(self, tunnel: Tunnel, *, sends_on: bool = True, half_closes: bool = True) -> None:
        self._tunnel = tunnel
        self._sends_on = sends_on
        self._half_closes = half_closes
        self._finished = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.pause_reading()  # until the tunnel has two ends

    def data_received(self, data: bytes) -> None:
        self._tunnel.touch()
        if self._sends_on and self.other.transport is not None:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        if self._finished:
            return self._half_closes
        self._finished = True
        if not self._half_closes or self.other._finished:
            self._tunnel.close()
        elif self._sends_on and self.other.transport is not None:
            self.other.transport.write_eof()
        return self._half_closes  # asyncio's TLS transport cannot stay open

    def pause_writing(self) -> None:
        if self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other.transport is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self._tunnel.close()
        self.transport = None
        if self.other.transport is None:
            self._tunnel.leave()
