"""The network that requests to other hosts go to."""

import threading

import httpx


class Network:
    """Transports of httpx's own, opened by the first request that needs one."""

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
        """Close the first kind's connections."""
        with self._lock:
            opened, self._blocking = self._blocking, None
        if opened is not None:
            opened.close()

    async def aclose(self) -> None:
        """Close the second kind's connections."""
        with self._lock:
            opened, self._asynchronous = self._asynchronous, None
        if opened is not None:
            await opened.aclose()
