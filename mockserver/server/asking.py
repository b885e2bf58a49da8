"""From a request to its answer: on the loop or in a thread, and then after its delay."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from mockserver.model.http import Response
from mockserver.server.reading import Incoming
from mockserver.server.server_state import Service

Later = Callable[[Incoming, Response], None]


class _Delayed(NamedTuple):
    timer: asyncio.TimerHandle
    incoming: Incoming
    response: Response


class Asking:
    """What one connection waits for: at most one answer at a time."""

    __slots__ = ("_called", "_delayed", "_later", "_service")

    def __init__(self, service: Service, later: Later) -> None:
        self._service = service
        self._later = later
        self._called: asyncio.Future[Response] | None = None
        self._delayed: _Delayed | None = None

    def ask(self, incoming: Incoming) -> Response | None:
        """The answer, if it can be sent at once; else None, and `later` is called with it."""
        service, request = self._service, incoming.request
        pool = service.pool(request)
        if pool is None:
            return self._due(incoming, service.ask(request))
        self._called = service.loop.run_in_executor(pool, service.ask, request)
        self._called.add_done_callback(partial(self._returned, incoming))
        return None

    def hurry(self) -> bool:
        """Do not wait for a delay any longer. Says whether there was one."""
        delayed = self._delayed
        if delayed is None:
            return False
        delayed.timer.cancel()
        self._ring()
        return True

    def drop(self) -> None:
        """Nobody wants the answer any more."""
        if self._called is not None:
            self._called.cancel()
        if self._delayed is not None:
            self._delayed.timer.cancel()
            self._delayed = None

    def _due(self, incoming: Incoming, response: Response) -> Response | None:
        if response.delay <= 0 or self._service.ending:
            return response
        timer = self._service.loop.call_later(response.delay, self._ring)
        self._delayed = _Delayed(timer, incoming, response)
        return None

    def _returned(self, incoming: Incoming, called: asyncio.Future[Response]) -> None:
        self._called = None
        if called.cancelled():
            return
        response = self._due(incoming, called.result())
        if response is not None:
            self._later(incoming, response)

    def _ring(self) -> None:
        delayed, self._delayed = self._delayed, None
        if delayed is not None:
            self._later(delayed.incoming, delayed.response)
