"""Ways to other hosts: directly, or through a proxy that the user's own network requires."""

import asyncio
import re
import ssl
from typing import cast
from urllib.parse import quote

from mockserver.model.http import Request
from mockserver.server.limits import ProtocolError
from mockserver.server.server_state import ServerState
from mockserver.server.upstream_proxies import ProxyDestination, UpstreamProxy

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
