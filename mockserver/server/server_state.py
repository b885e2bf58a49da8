"""State that all connections of one server share."""

import asyncio
import logging
import os
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import NamedTuple, Protocol

from mockserver.model.errors import OUR_ERROR
from mockserver.model.http import Answer, Pull, Request, Response
from mockserver.server.limits import Limits
from mockserver.server.request_head import HeadReader
from mockserver.server.write_batch import WriteBatch

_THREADS = 8
_TOGETHER = 64  # requests; with more of them the first answer would be late
_LONG_POLLS = 200  # threads for calls that wait for other requests

_GRACE = 0.5
"""Seconds, at the end, for clients to receive what is written and for threads to return."""

_log = logging.getLogger("mockserver")


class Patience(NamedTuple):
    """Seconds, at the end, for clients to finish what they have begun.

    Args:
        idle: For clients with a kept connection: if one sends another request, the answer says
            `Connection: close`. Without this the request could cross the end of the connection.
        begun: For clients that have sent a part of a request; counted from the beginning, too.
    """

    idle: float = 0.0
    begun: float = 0.0


class OpenConnection(Protocol):
    """A connection that the end of the server closes."""

    def end(self, *, idle: bool = True, begun: bool = True) -> None:
        """Close once the current answer is sent; or only if no request is awaited or begun."""

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


AnswerAll = Callable[[Sequence[Request], Answer], Sequence[Response]]
"""Answer requests together, and by the given function those that have to be answered alone."""

_RespondAll = Callable[[Sequence[Request]], Sequence[Response]]


class _RequestBatches:
    """Requests that are answered together, in a thread.

    A store on a disk or at another host takes about as long for many requests as for one. While
    some are answered the next ones are collected, so that a batch has one request for a single
    client and many when there is much to do.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, threads: Executor, answer: _RespondAll
    ) -> None:
        self._loop = loop
        self._threads = threads
        self._answer = answer
        self._waiting: list[tuple[Request, asyncio.Future[Response]]] = []
        self._answering = False

    def put(self, request: Request) -> asyncio.Future[Response]:
        """Add a request, which is answered together with others that arrive now."""
        if not self._waiting and not self._answering:
            self._loop.call_soon(self._collect, 1)
        future: asyncio.Future[Response] = self._loop.create_future()
        self._waiting.append((request, future))
        return future

    def _collect(self, before: int) -> None:
        """Answer what is waiting once a turn of the event loop has added nothing to `before`.

        Clients that were answered together ask again within a few turns. If the first of them were
        answered without the rest, they would be two groups from then on, and each request would
        wait for the transactions of both.
        """
        waiting = len(self._waiting)
        if before < waiting < _TOGETHER:
            self._loop.call_soon(self._collect, waiting)
        else:
            self._start()

    def _start(self) -> None:
        batch, self._waiting = self._waiting[:_TOGETHER], self._waiting[_TOGETHER:]
        requests = [request for request, _ in batch]
        self._answering = True
        called = self._loop.run_in_executor(self._threads, self._answer, requests)
        called.add_done_callback(partial(self._answered, [future for _, future in batch]))

    def _answered(
        self,
        futures: Sequence[asyncio.Future[Response]],
        called: asyncio.Future[Sequence[Response]],
    ) -> None:
        self._answering = False
        if called.cancelled():
            return  # the server has ended
        for future, response in zip(futures, called.result(), strict=True):
            if not future.cancelled():  # its client has gone
                future.set_result(response)
        if self._waiting:
            self._collect(0)


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
        answer_all: AnswerAll | None = None,
    ) -> None:
        self._answer: Callable[[Request], object] = answer  # whatever it returns is checked
        self._answer_all = answer_all
        self._http_date = http_date
        self._in_thread = in_thread
        self._long_polls = long_polls
        self.limits = limits
        self.heads = HeadReader(limits)
        self.tls_context = tls
        self.connections: set[OpenConnection] = set()
        self.kept = 0  # bytes of incomplete requests
        self.tunnels = 0
        self.ending = False
        self._warned: set[str] = set()
        self._empty = asyncio.Event()
        self.numbers = count(1)
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
        # Different in each worker, which share a journal.
        self.numbers = count((os.getpid() << 32) + 1)
        self._threads = ThreadPoolExecutor(_THREADS, "token-mockserver")
        self._batches = _RequestBatches(loop, self._threads, self.respond_all)
        self._long_poll_threads = ThreadPoolExecutor(_LONG_POLLS, "token-mockserver-waiting")

    def ask(self, request: Request) -> Response | asyncio.Future[Response]:
        """Return the response, or its future if it is made in a thread."""
        if not self._in_thread(request):
            if self._answer_all is None:
                return self._respond(request)
            return self._batches.put(request)
        polls = self._long_polls.matches(request)
        pool = self._long_poll_threads if polls else self._threads
        return self.loop.run_in_executor(pool, self._respond, request)

    def pull(self, pull: Pull) -> asyncio.Future[bytes | None]:
        """Return the future of the next bytes of an answer without an end."""
        return self.loop.run_in_executor(self._long_poll_threads, pull)

    def respond_all(self, requests: Sequence[Request]) -> Sequence[Response]:
        """Return the answers to requests that have come together."""
        if self._answer_all is not None and len(requests) > 1:
            return self._answer_all(requests, self._respond)
        return [self._respond(request) for request in requests]

    def leave(self, connection: OpenConnection) -> None:
        """Forget `connection`."""
        self.connections.discard(connection)
        if self.ending and not self.connections:
            self._empty.set()

    async def end(self, patience: Patience) -> None:
        """Close all connections and wait for all threads.

        Delayed answers are sent at once, those in threads if they return soon; long polls are
        released.
        """
        self.ending = True
        self._long_polls.release()
        if patience.idle:
            await self._end_connections(patience.idle, idle=False, begun=False)
        if patience.begun:
            await self._end_connections(patience.begun - patience.idle, begun=False)
        await self._end_connections(_GRACE)
        pools = (self._threads, self._long_poll_threads)
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for connection in tuple(self.connections):
            connection.abort()
        await self._all_left(_GRACE)
        for pool in pools:
            pool.shutdown()  # waits for every call, however long it takes: threads cannot be ended

    def warn_once(self, text: str) -> None:
        """Log a warning, unless this server has logged it already: the client will try again."""
        if text not in self._warned:
            self._warned.add(text)
            _log.warning(text)

    def failed(self, request: Request) -> Response:
        """Log the current exception and return a 500 that does not mention it."""
        # Without the path: it may contain a secret, and line ends that would forge a log line.
        _log.exception("a request (%.20r) could not be answered. %s", request.method, OUR_ERROR)
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

    async def _end_connections(
        self, seconds: float, *, idle: bool = True, begun: bool = True
    ) -> None:
        for connection in tuple(self.connections):
            connection.end(idle=idle, begun=begun)
        await self._all_left(seconds)

    async def _all_left(self, seconds: float) -> None:
        if self.connections:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), seconds)
