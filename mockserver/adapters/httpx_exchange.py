"""Requests and responses of `httpx` and of `httpx2`, which has the same classes.

The library is passed as a module, so that the use of one does not import the other.
"""

import errno
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import cache
from types import ModuleType
from typing import Any

from mockserver.adapters.framing import (
    GARBAGE,
    framed,
    is_open_within,
    limited,
    origin_of,
    path_and_query,
    refusal_text,
    wait,
)
from mockserver.adapters.interception import Layer
from mockserver.model.http import Answer, Fault, Headers, Pairs, Request, Response

_NO_ANSWER = "Server disconnected without sending a response."
_RESET = f"[Errno {errno.ECONNRESET}] {os.strerror(errno.ECONNRESET)}"
_CHUNKED = (("Transfer-Encoding", "chunked"),)


class HttpxExchange:
    """Answers requests of one library in place of the network.

    Args:
        library: The module `httpx` or `httpx2`.
        answer: Answers a request in place of the server.
        is_vendor_host: Return True for a host, in lower case, that `answer` answers for.
        passthrough: Send other requests to the network; False makes them raise the library's
            ConnectError.
    """

    def __init__(
        self,
        library: ModuleType,
        answer: Answer,
        is_vendor_host: Callable[[str], bool],
        *,
        passthrough: bool = True,
    ) -> None:
        self._library = library
        self._answer = answer
        self._is_vendor_host = is_vendor_host
        self._passthrough = passthrough
        self._outer_routers: list[Any] = []  # active in respx before this object

    def layers(self) -> list[Layer]:
        """Return the layers over the library's network transports.

        Transports of the user's own are not replaced.
        """
        self._outer_routers = _routers_of_respx()
        return [
            Layer(self._library.HTTPTransport, "handle_request", self._before),
            Layer(self._library.AsyncHTTPTransport, "handle_async_request", self._async_before),
        ]

    def passes_through(self, request: Any) -> bool:
        """Return True for a request to another host.

        Raises:
            ConnectError: `passthrough` is False; the library's own exception.
        """
        host = origin_of(str(request.url)).host
        if self._is_vendor_host(host):
            return False
        if not self._passthrough:
            raise self._library.ConnectError(refusal_text(host))
        return True

    def respond(self, request: Any) -> Any:
        """Return the answer to a request after its delay."""
        response = self._answer(_received_request(request, request.read()))
        with suppress(TimeoutError):  # raised below as the library's own error
            response = wait(response, _read_timeout(request))
        return self._read_response(response, request)

    async def async_respond(self, request: Any) -> Any:
        """Return the answer to a request after its delay, in which other tasks run."""
        received = _received_request(request, await request.aread())
        response = self._answer(received._replace(connection=_task_number()))
        seconds = limited(response.delay, _read_timeout(request))
        if await _pause(seconds, response.opened):
            response = response._replace(delay=0.0)
        return self._read_response(response, request)

    def _is_routed_by_respx(self, request: Any) -> bool:
        """Return True if a respx mock that the user started after this one has a route for it."""
        return any(
            route.pattern is None or route.pattern.match(request)
            for router in _routers_of_respx()
            if not any(router is outer for outer in self._outer_routers)
            for route in router.routes
        )

    def _before(self, below: Callable[..., Any], transport: Any, request: Any) -> Any:
        if self._is_routed_by_respx(request) or self.passes_through(request):
            return below(transport, request)
        return self.respond(request)

    async def _async_before(self, below: Callable[..., Any], transport: Any, request: Any) -> Any:
        if self._is_routed_by_respx(request) or self.passes_through(request):
            return await below(transport, request)
        return await self.async_respond(request)

    def _read_response(self, response: Response, request: Any) -> Any:
        """Return what a client receives; raise what it raises for a fault or a long delay."""
        library, limit = self._library, _read_timeout(request)
        if limit is not None and response.delay > limit:
            raise library.ReadTimeout("timed out")
        if response.fault is Fault.CONNECTION_RESET_BY_PEER:
            raise library.ReadError(_RESET)
        if response.fault is Fault.MALFORMED_RESPONSE_CHUNK:
            return self._client_response(200, _CHUNKED, _garbage_class(library)())
        if response.fault is not None:
            raise library.RemoteProtocolError(_NO_ANSWER)  # the same for garbage
        headers, body = framed(response, request.method)
        return self._client_response(response.status, headers, library.ByteStream(body))

    def _client_response(self, status: int, headers: Pairs, body: Any) -> Any:
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self._library.Response(status, headers=raw, stream=body)


def _routers_of_respx() -> list[Any]:
    """Return the active routers of respx, which replaces what lies below httpx's transports."""
    mocks: Any = sys.modules.get("respx.mocks")
    return [] if mocks is None else list(mocks.HTTPCoreMocker.routers)


def _received_request(request: Any, body: bytes) -> Request:
    """Return the request that a server would receive."""
    target = request.url.raw_path.decode("ascii")
    path, query = path_and_query(target)
    raw = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    # HTTP/1.1 connections of both libraries send the Host first.
    pairs = sorted(raw, key=lambda pair: pair[0].lower() != "host")
    scheme = request.url.scheme
    return Request(request.method, path, query, Headers(pairs), body, target=target, scheme=scheme)


def _task_number() -> int:
    """Return the number of the current task; 0 if anyio runs no task in this thread."""
    from anyio import get_current_task  # noqa: PLC0415 - httpx has imported it

    try:
        return get_current_task().id
    except RuntimeError:
        return 0


def _read_timeout(request: Any) -> float | None:
    """Return the seconds for which the client waits for a response; None for no limit."""
    limits: dict[str, float | None] = request.extensions.get("timeout", {})
    return limits.get("read")


@cache
def _garbage_class(library: ModuleType) -> Callable[[], Any]:
    """Return the class of a response body whose first chunk has no size."""
    base: Any = type("_Streams", (library.SyncByteStream, library.AsyncByteStream), {})

    class Garbage(base):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            raise library.RemoteProtocolError(f"illegal chunk header: {bytearray(GARBAGE)!r}")

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for chunk in self:
                yield chunk

    return Garbage


async def _pause(seconds: float, opened: Callable[[], bool] | None) -> bool:
    """Wait for `seconds` of real time, or until canceled; return True if a gate opens earlier.

    The wait happens in a thread, because freezegun stops the timers of the event loop.
    """
    if seconds <= 0:
        return False
    from anyio import CapacityLimiter, to_thread  # noqa: PLC0415 - for delays alone

    over = threading.Event()
    limiter = CapacityLimiter(1)  # one for each delay, so that none waits for the end of another

    def blocked() -> bool:
        if opened is not None:
            return is_open_within(lambda: over.is_set() or opened(), seconds, over.wait)
        return over.wait(seconds)

    try:
        return await to_thread.run_sync(blocked, abandon_on_cancel=True, limiter=limiter)
    finally:
        over.set()
