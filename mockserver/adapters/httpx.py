"""Transports of `httpx` that answer in the process."""

import errno
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
from anyio import CapacityLimiter, to_thread

from mockserver.adapters.delay import limited, wait
from mockserver.adapters.faults import GARBAGE
from mockserver.adapters.framing import framed, origin_of, path_and_query
from mockserver.model.http import Answer, Fault, Headers, Pairs, Request, Response

_NO_ANSWER = "Server disconnected without sending a response."
_RESET = f"[Errno {errno.ECONNRESET}] {os.strerror(errno.ECONNRESET)}"
_CHUNKED = (("Transfer-Encoding", "chunked"),)


class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers requests to vendors' hosts, for `httpx.Client` and `httpx.AsyncClient`.

    It raises what httpx raises for a broken connection and for a read timeout.

    Args:
        answer: Answers a request in place of the server.
        is_vendor_host: Return True for a host, in lower case, that `answer` answers for.
        passthrough: Send other requests to the network; False makes them raise
            httpx.ConnectError.
    """

    def __init__(
        self, answer: Answer, is_vendor_host: Callable[[str], bool], *, passthrough: bool = True
    ) -> None:
        self._answer = answer
        self._is_vendor_host = is_vendor_host
        self._passthrough = passthrough
        self._lock = threading.Lock()
        self._network: httpx.HTTPTransport | None = None
        self._async_network: httpx.AsyncHTTPTransport | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer after its delay."""
        if self._passes_through(request):
            with self._lock:
                self._network = self._network or httpx.HTTPTransport()
            return self._network.handle_request(request)
        response = self._answer(_received_request(request, request.read()))
        wait(limited(response.delay, _read_timeout(request)), None)
        return _read_response(response, request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer after its delay, in which other tasks run."""
        if self._passes_through(request):
            with self._lock:
                self._async_network = self._async_network or httpx.AsyncHTTPTransport()
            return await self._async_network.handle_async_request(request)
        response = self._answer(_received_request(request, await request.aread()))
        await _pause(limited(response.delay, _read_timeout(request)))
        return _read_response(response, request)

    def close(self) -> None:
        """Close connections to the network; a later request opens new ones."""
        if self._network is not None:
            self._network.close()

    async def aclose(self) -> None:
        """Close connections to the network; a later request opens new ones."""
        if self._async_network is not None:
            await self._async_network.aclose()

    def _passes_through(self, request: httpx.Request) -> bool:
        host = origin_of(str(request.url)).host
        if self._is_vendor_host(host):
            return False
        if not self._passthrough:
            text = f"Connection refused: {host} is no vendor's host, and passthrough is off"
            raise httpx.ConnectError(text)
        return True


def _received_request(request: httpx.Request, body: bytes) -> Request:
    """Return the request that a server would receive."""
    target = request.url.raw_path.decode("ascii")
    path, query = path_and_query(target)
    raw = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    # httpx's HTTP/1.1 connections send the Host first.
    pairs = sorted(raw, key=lambda pair: pair[0].lower() != "host")
    return Request(request.method, path, query, Headers(pairs), body, target=target)


def _read_response(response: Response, request: httpx.Request) -> httpx.Response:
    """Return what a client receives; raise what it raises for a fault or a long delay."""
    limit = _read_timeout(request)
    if limit is not None and response.delay > limit:
        raise httpx.ReadTimeout("timed out")
    if response.fault is Fault.CONNECTION_RESET_BY_PEER:
        raise httpx.ReadError(_RESET)
    if response.fault is Fault.MALFORMED_RESPONSE_CHUNK:
        return _client_response(200, _CHUNKED, _Garbage())
    if response.fault is not None:
        raise httpx.RemoteProtocolError(_NO_ANSWER)  # httpx raises the same for garbage
    headers, body = framed(response, request.method)
    return _client_response(response.status, headers, httpx.ByteStream(body))


def _read_timeout(request: httpx.Request) -> float | None:
    """Return the seconds for which the client waits for an answer; None for no limit."""
    limits: dict[str, float | None] = request.extensions.get("timeout", {})
    return limits.get("read")


def _client_response(
    status: int, headers: Pairs, body: "httpx.ByteStream | _Garbage"
) -> httpx.Response:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return httpx.Response(status, headers=raw, stream=body)


class _Garbage(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body whose first chunk has no size."""

    def __iter__(self) -> Iterator[bytes]:
        raise httpx.RemoteProtocolError(f"illegal chunk header: {bytearray(GARBAGE)!r}")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


async def _pause(seconds: float) -> None:
    """Wait for real seconds, or until cancelled.

    A thread waits, because timers of the event loop never end under a frozen clock.
    """
    if seconds <= 0:
        return
    over = threading.Event()
    limiter = CapacityLimiter(1)  # of its own: no delay waits for the end of another
    try:
        await to_thread.run_sync(over.wait, seconds, abandon_on_cancel=True, limiter=limiter)
    finally:
        over.set()
