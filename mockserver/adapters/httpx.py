"""A transport of `httpx` that answers in the process."""

import threading
from collections.abc import Callable

import httpx

from mockserver.adapters.httpx_exchange import HttpxExchange
from mockserver.model.http import Answer


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
        self._exchange = HttpxExchange(httpx, answer, is_vendor_host, passthrough=passthrough)
        self._lock = threading.Lock()
        self._network: httpx.HTTPTransport | None = None
        self._async_network: httpx.AsyncHTTPTransport | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer after its delay."""
        if self._exchange.passes_through(request):
            with self._lock:
                self._network = self._network or httpx.HTTPTransport()
            return self._network.handle_request(request)
        response: httpx.Response = self._exchange.respond(request)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer after its delay, in which other tasks run."""
        if self._exchange.passes_through(request):
            with self._lock:
                self._async_network = self._async_network or httpx.AsyncHTTPTransport()
            return await self._async_network.handle_async_request(request)
        response: httpx.Response = await self._exchange.async_respond(request)
        return response

    def close(self) -> None:
        """Close connections to the network; a later request opens new ones."""
        if self._network is not None:
            self._network.close()

    async def aclose(self) -> None:
        """Close connections to the network; a later request opens new ones."""
        if self._async_network is not None:
            await self._async_network.aclose()
