"""State that all connections of one server share."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from mockserver.model.http import Answer, Request, Response
from mockserver.server.limits import Limits
from mockserver.server.write_batch import WriteBatch

_THREADS = 8
_LONG_POLLS = 200  # threads for calls that wait for other requests

_GRACE = 0.5
"""Seconds, at the end, for clients to receive what is written and for threads to return."""

_log = logging.getLogger("mockserver")


class OpenConnection(Protocol):
    """A connection that the end of the server closes."""

    def end(self) -> None:
        """Close once the current answer is sent."""

    def abort(self) -> None:
        """Close now."""


@dataclass(frozen=True)
class LongPolls:
    """Requests whose answer waits for other requests.

    Attributes:
        matches: Return True for such a request.
        release: Have all that are waiting answered now.
    """

    matches: Callable[[Request], bool] = lambda _request: False
    release: Callable[[], None] = lambda: None


TlsContext = Callable[[], ssl.SSLContext]
"""Return the context of the server's side of TLS; raise ConfigurationError if there is none."""


class ServerState:
    """The function that answers, the threads that it is called in, and the open connections."""

    def __init__(  # noqa: PLR0913 - by name only
        self,
        answer: Answer,
        *,
        in_thread: Callable[[Request], bool],
        http_date: Callable[[], str],
        limits: Limits,
        long_polls: LongPolls,
        tls: TlsContext | None = None,
    ) -> None:
        self._answer = answer
        self._http_date = http_date
        self._in_thread = in_thread
        self._long_polls = long_polls
        self.limits = limits
        self.tls_context = tls
        self.connections: set[OpenConnection] = set()
        self.kept = 0  # bytes of incomplete requests
        self.tunnels = 0
        self.ending = False
        self._empty = asyncio.Event()
        self.loop: asyncio.AbstractEventLoop
        self.batch: WriteBatch
        self._threads: Executor
        self._long_poll_threads: Executor

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Use `loop`. Threads are started when they are needed.

        Long polls have threads of their own, so that other requests are answered meanwhile.
        """
        self.loop = loop
        self.batch = WriteBatch(loop)
        self._threads = ThreadPoolExecutor(_THREADS, "token-mockserver")
        self._long_poll_threads = ThreadPoolExecutor(_LONG_POLLS, "token-mockserver-waiting")

    def ask(self, request: Request) -> Response | asyncio.Future[Response]:
        """Return the response, or its future if it is made in a thread."""
        if not self._in_thread(request):
            return self._respond(request)
        polls = self._long_polls.matches(request)
        pool = self._long_poll_threads if polls else self._threads
        return self.loop.run_in_executor(pool, self._respond, request)

    def leave(self, connection: OpenConnection) -> None:
        """Forget `connection`."""
        self.connections.discard(connection)
        if self.ending and not self.connections:
            self._empty.set()

    async def end(self) -> None:
        """Close all connections and wait for all threads.

        Delayed answers are sent at once, those in threads if they return soon; long polls are
        released.
        """
        self.ending = True
        self._long_polls.release()
        for connection in tuple(self.connections):
            connection.end()
        await self._all_left()
        pools = (self._threads, self._long_poll_threads)
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for connection in tuple(self.connections):
            connection.abort()
        await self._all_left()
        for pool in pools:
            pool.shutdown()  # waits for every call, however long it takes: threads cannot be ended

    def failed(self, request: Request) -> Response:
        """Log the current exception and return a 500 that does not mention it."""
        _log.exception("%s %s could not be answered", request.method, request.path)
        return self.error(500, "An internal error occurred.")

    def error(self, status: int, reason: str) -> Response:
        """Return an answer of the connection itself: `reason` as one line of plain text."""
        headers = (
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Date", self._http_date()),
        )
        return Response(status, headers, f"{reason}\n".encode())

    def _respond(self, request: Request) -> Response:
        try:
            response = self._answer(request)
            if not isinstance(response, Response):
                raise TypeError(f"{type(response).__name__} is no Response")
            return response
        except Exception:
            return self.failed(request)

    async def _all_left(self) -> None:
        if self.connections:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), _GRACE)
