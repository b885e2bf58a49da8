"""Ways to other hosts: directly, or through a proxy that the user's own network requires."""

import asyncio
import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import NamedTuple, cast
from urllib.parse import quote, unquote

from mockserver.model.errors import ConfigurationError
from mockserver.model.http import Request, without_userinfo
from mockserver.server.limits import ProtocolError
from mockserver.server.server_state import ServerState

_LOOPBACK = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|::1")
PORTS = {"http": 80, "https": 443}
# A password may contain characters that should be encoded, so the last "@" counts.
_PROXY = re.compile(r"(?s)(?:(\w+)://)?(?:(.*)@)?(\[[^\]]+\]|[^\s/?#:@\[\]]+)(?::([0-9]{1,5}))?/?")
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})[ \r]")
_HEAD = 32 << 10  # bytes of a proxy's answer to CONNECT

# RFC 9110, 7.6.1: these belong to the connection between the client and us.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


class ProxyDestination(NamedTuple):
    """The host that a request to a proxy names. `scheme` is "" for CONNECT."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Return the host and the port as a URL has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class UpstreamProxy:
    """A proxy that other hosts are reached through. Its text does not have the credentials."""

    scheme: str
    host: str
    port: int
    authorization: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.scheme}://{ProxyDestination('', self.host, self.port).authority}"

    @classmethod
    def at(cls, url: str) -> "UpstreamProxy":
        """Return the proxy at an address such as `http://user:password@host:3128`.

        Raises:
            ConfigurationError: It is not an address, or not one of http or https.
        """
        match = _PROXY.fullmatch(url.strip())
        scheme = (match[1] or "http").lower() if match else ""
        port = int(match[4]) if match and match[4] else PORTS.get(scheme, 0)
        if match is None or scheme not in PORTS or not 0 < port < 65536:
            shown = without_userinfo(url)
            text = f"the upstream proxy {shown!r} is not http://host:port or https://host:port"
            raise ConfigurationError(text)
        user, _, password = (match[2] or "").partition(":")
        pair = f"{unquote(user)}:{unquote(password)}"
        basic = f"Basic {b64encode(pair.encode()).decode()}" if match[2] else ""
        return cls(scheme, match[3].strip("[]").lower(), port, basic)


@dataclass(frozen=True)
class UpstreamProxies:
    """The proxies that other hosts are reached through.

    Attributes:
        by_scheme: The proxy for each of `http` and `https`; that of `https` has CONNECT, too.
        direct: The hosts that are reached directly, as in the variable NO_PROXY.
    """

    by_scheme: Mapping[str, UpstreamProxy] = field(default_factory=dict)
    direct: str = ""

    @classmethod
    def of(cls, proxies: Mapping[str, str]) -> "UpstreamProxies":
        """Return those of a mapping as `urllib.request.getproxies_environment` returns it.

        Raises:
            ConfigurationError: A proxy's address is none of http or https.
        """
        addresses = {scheme: proxies.get(scheme) or proxies.get("all") for scheme in PORTS}
        found = {scheme: UpstreamProxy.at(url) for scheme, url in addresses.items() if url}
        return cls(found, proxies.get("no", ""))

    def between(self, to: ProxyDestination) -> UpstreamProxy | None:
        """Return the proxy to use for a host; None to reach it directly."""
        proxy = self.by_scheme.get(to.scheme or "https")
        if proxy is None or is_loopback(to.host):
            return None
        return None if covering_entry(self.direct, to.host, to.port) else proxy


def is_loopback(host: str) -> bool:
    """Return True for a name or an address of this machine."""
    return _LOOPBACK.fullmatch(host) is not None


def covering_entry(no_proxy: str, host: str, port: int) -> str:
    """Return the first entry of a NO_PROXY that covers a host; "" if none does.

    An entry is a name, which covers all names that end with it, a name and a port, an address, a
    network, or "*".
    """
    for entry in no_proxy.replace(",", " ").split():
        name, _, only = entry.lower().rpartition(":") if entry.count(":") == 1 else (entry, "", "")
        suffix = name.lower().removeprefix("*").removeprefix(".").strip("[]")
        names = entry == "*" or f".{host}".endswith(f".{suffix}")
        if (names and only in ("", str(port))) or _contains(entry, host):
            return entry
    return ""


def _contains(network: str, host: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


async def reach(
    server: ServerState,
    to: ProxyDestination,
    proxy: UpstreamProxy | None,
    request: Request,
    end: asyncio.Protocol,
) -> bytes:
    """Connect `end` to another host, and send it the request, unless that is CONNECT.

    Returns:
        What was received already.

    Raises:
        ProtocolError: 502 if the host or the proxy cannot be reached or the proxy refuses; 504
            if the host does not accept the connection in time.
    """
    seconds = server.limits.connect_time
    try:
        async with asyncio.timeout(seconds) as limit:
            if proxy is None:
                await _reach_directly(server, to, request, end)
                return b""
            exchange = _ProxyExchange(server, to, proxy, limit)
            return await exchange.connect(request, end)
    except TimeoutError:
        if proxy is not None:
            text = f"The upstream proxy {proxy} does not answer in time."
            raise ProtocolError(502, text, phrase=text) from None
        text = f"{to.host}:{to.port} does not answer within {seconds:g} s."
        raise ProtocolError(504, text, phrase=text) from None
    except (OSError, UnicodeError) as error:
        name = f"The upstream proxy {proxy}" if proxy else f"{to.host}:{to.port}"
        text = f"{name} cannot be reached: {getattr(error, 'strerror', None) or error}."
        raise ProtocolError(502, text, phrase=text) from None


async def _reach_directly(
    server: ServerState, to: ProxyDestination, request: Request, end: asyncio.Protocol
) -> None:
    security = ssl.create_default_context() if to.scheme == "https" else None
    transport, _ = await server.loop.create_connection(lambda: end, to.host, to.port, ssl=security)
    if to.scheme:
        transport.write(forwarded(request))


class _ProxyExchange:
    """The exchange with an upstream proxy that opens the way to another host."""

    def __init__(
        self,
        server: ServerState,
        to: ProxyDestination,
        proxy: UpstreamProxy,
        limit: asyncio.Timeout,
    ) -> None:
        self._server = server
        self._to = to
        self._proxy = proxy
        self._limit = limit

    async def connect(self, request: Request, end: asyncio.Protocol) -> bytes:
        loop = self._server.loop
        head = _AwaitedHead(loop)
        transport, _ = await loop.create_connection(
            lambda: head,
            self._proxy.host,
            self._proxy.port,
            ssl=ssl.create_default_context() if self._proxy.scheme == "https" else None,
        )
        try:
            if self._to.scheme == "http":
                received = await self._forward(transport, head, request)
            else:
                received = await self._open(transport, head)
            if self._to.scheme == "https":
                transport = await self._secure(transport, end)
                transport.write(forwarded(request))
            else:
                transport.set_protocol(end)
        except BaseException:
            transport.abort()
            raise
        end.connection_made(transport)
        return received

    async def _forward(
        self, transport: asyncio.Transport, head: "_AwaitedHead", request: Request
    ) -> bytes:
        url = f"http://{request.headers.get('Host')}"
        transport.write(forwarded(request, url, self._proxy.authorization))
        # The other host may take its time.
        self._limit.reschedule(self._server.loop.time() + self._server.limits.tunnel_idle)
        received = await head.received
        if self._status(received) == 407:
            raise self._refused(407)
        return received

    async def _open(self, transport: asyncio.Transport, head: "_AwaitedHead") -> bytes:
        name, credentials = self._to.authority, self._proxy.authorization
        authorization = f"Proxy-Authorization: {credentials}\r\n" if credentials else ""
        lines = f"CONNECT {name} HTTP/1.1\r\nHost: {name}\r\n{authorization}\r\n"
        transport.write(lines.encode("latin-1"))
        received = await head.received
        status = self._status(received)
        if not 200 <= status < 300:
            raise self._refused(status)
        return received.partition(b"\r\n\r\n")[2]

    async def _secure(
        self, transport: asyncio.Transport, end: asyncio.Protocol
    ) -> asyncio.Transport:
        context = ssl.create_default_context()
        try:
            secured = await self._server.loop.start_tls(
                transport, end, context, server_hostname=self._to.host
            )
        except OSError as error:
            text = f"{self._to.host}:{self._to.port} cannot be reached: {error}."
            raise ProtocolError(502, text, phrase=text) from None
        if secured is None:
            raise ConnectionResetError("the connection was closed")
        return secured

    def _status(self, received: bytes) -> int:
        match = _STATUS.match(received)
        if match is None:
            text = f"The upstream proxy {self._proxy} sends no HTTP answer."
            raise ProtocolError(502, text, phrase=text)
        return int(match[1])

    def _refused(self, status: int) -> ProtocolError:
        text = f"The upstream proxy {self._proxy} answers {status} for {self._to.authority}"
        if status == 407:
            text += "; give it http://user:password@host:port"
        return ProtocolError(502, f"{text}.", phrase=f"{text}.")


class _AwaitedHead(asyncio.Protocol):
    """Receives until the end of the first head, or of the connection, and then no more."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.received: asyncio.Future[bytes] = loop.create_future()
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if b"\r\n\r\n" in self._buffer or len(self._buffer) > _HEAD:
            if self._transport is not None:
                self._transport.pause_reading()
            self._end(bytes(self._buffer))

    def connection_lost(self, error: Exception | None) -> None:
        self._end(b"")

    def _end(self, received: bytes) -> None:
        if not self.received.done():
            self.received.set_result(received)


def forwarded(request: Request, url: str = "", authorization: str = "") -> bytes:
    """Return the bytes of a request that goes on to another host, which closes after it.

    Args:
        request: The client's request.
        url: What a proxy needs before the path.
        authorization: The credentials for a proxy.
    """
    target = request.target or quote(request.path, safe="/%:@!$&'()*+,;=~")
    if not request.target and request.query:
        target = f"{target}?{request.query}"
    fields = [pair for pair in request.headers.pairs if pair[0].lower() not in _HOP_BY_HOP]
    sends_body = request.body or request.method in ("POST", "PUT", "PATCH")
    length = [("Content-Length", str(len(request.body)))] if sends_body else []
    credentials = [("Proxy-Authorization", authorization)] if authorization else []
    own = (*length, *credentials, ("Connection", "close"))
    lines = [
        f"{request.method} {url}{target} HTTP/1.1",
        *(f"{name}: {value}" for name, value in (*fields, *own)),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + request.body
