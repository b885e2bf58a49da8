"""The network that requests to other hosts go to."""

import threading

import httpx


class Network:
    """Transports of httpx's own, made for the first request that needs one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocking: httpx.HTTPTransport | None = None
        self._asynchronous: httpx.AsyncHTTPTransport | None = None

    def blocking(self) -> httpx.HTTPTransport:
        """For `httpx.Client`."""
        with self._lock:
            self._blocking = self._blocking or httpx.HTTPTransport()
        return self._blocking

    def asynchronous(self) -> httpx.AsyncHTTPTransport:
        """For `httpx.AsyncClient`."""
        with self._lock:
            self._asynchronous = self._asynchronous or httpx.AsyncHTTPTransport()
        return self._asynchronous

    def close(self) -> None:
        """Close the connections of the first kind; a later request opens its own."""
        if self._blocking is not None:
            self._blocking.close()

    async def aclose(self) -> None:
        """Close the connections of the second kind; a later request opens its own."""
        if self._asynchronous is not None:
            await self._asynchronous.aclose()
