"""What all connections of one server share."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from mockserver.model.http import Answer, Request, Response
from mockserver.server.limits import Limits
from mockserver.server.protocol_error import ProtocolError
from mockserver.server.write_batch import WriteBatch

_THREADS = 8
_WAITING = 200
_log = logging.getLogger("mockserver")


class Open(Protocol):
    """A connection that the end of the server has to end."""

    def end(self) -> None:
        """Leave as soon as what is being answered is sent."""

    def abort(self) -> None:
        """Leave now."""


@dataclass(frozen=True)
class Waits:
    """Requests that wait for others to come: `which` they are, and `hurry`, by which all that wait
    now are answered.
    """

    which: Callable[[Request], bool] = lambda _request: False
    hurry: Callable[[], None] = lambda: None


class Service:
    """The function that answers, where it is called, and who is connected."""

    def __init__(
        self,
        answer: Answer,
        in_thread: Callable[[Request], bool],
        http_date: Callable[[], str],
        limits: Limits,
        waits: Waits,
    ) -> None:
        self._answer = answer
        self._http_date = http_date
        self._in_thread = in_thread
        self._waits = waits
        self.limits = limits
        self.connections: set[Open] = set()
        self.kept = 0  # bytes of requests that are not whole yet
        self.ending = False
        self.empty = asyncio.Event()
        self.loop: asyncio.AbstractEventLoop
        self.outbox: WriteBatch
        self._threads: Executor
        self._waiting: Executor

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Work on `loop`, and in threads that are started when they are needed.

        Who waits has threads of its own: everybody else is answered meanwhile.
        """
        self.loop = loop
        self.outbox = WriteBatch(loop)
        self._threads = ThreadPoolExecutor(_THREADS, "token-mockserver")
        self._waiting = ThreadPoolExecutor(_WAITING, "token-mockserver-waiting")

    def pool(self, request: Request) -> Executor | None:
        """Where the answer to `request` is looked for; None for the loop itself."""
        if not self._in_thread(request):
            return None
        return self._waiting if self._waits.which(request) else self._threads

    def hurry(self) -> None:
        """Let those that wait return."""
        self._waits.hurry()

    def close(self) -> None:
        """Begin no call in a thread any more."""
        for pool in (self._threads, self._waiting):
            pool.shutdown(wait=False, cancel_futures=True)

    def join(self) -> None:
        """Wait for every call in a thread, however long it takes: a thread cannot be ended."""
        for pool in (self._threads, self._waiting):
            pool.shutdown()

    def leave(self, connection: Open) -> None:
        """Forget `connection`; once the server is ending, say when none is left."""
        self.connections.discard(connection)
        if self.ending and not self.connections:
            self.empty.set()

    def ask(self, request: Request) -> Response:
        """The answer to `request`; a 500 that says nothing if the function raises."""
        try:
            response = self._answer(request)
            if not isinstance(response, Response):
                raise TypeError(f"{type(response).__name__} is no Response")
            return response
        except Exception:
            return self.failed(request)

    def failed(self, request: Request) -> Response:
        """What is said when an exception, which is logged, leaves us without an answer."""
        _log.exception("%s %s could not be answered", request.method, request.path)
        return self.error(500, "An internal error occurred.")

    def refuse(self, refused: ProtocolError) -> Response:
        """What is said to a client that sent no request."""
        return self.error(refused.status, refused.reason)

    def error(self, status: int, reason: str) -> Response:
        """An answer of the connection's own: plain text, one line."""
        headers = (
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Date", self._http_date()),
        )
        return Response(status, headers, f"{reason}\n".encode())
