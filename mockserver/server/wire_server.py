"""The server: in the main thread until a signal ends it, or in a thread of its own, for tests."""

import asyncio
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from types import FrameType
from typing import TypeVar

from mockserver.model.http import Answer, Request
from mockserver.server.accepting import Accepting
from mockserver.server.ending import end
from mockserver.server.limits import Limits
from mockserver.server.loops import SteadyLoop, fast_loop
from mockserver.server.server_state import Service, Waits
from mockserver.server.sockets import allow

_Reason = TypeVar("_Reason")
_DEFAULTS = Limits()
_NO_WAITS = Waits()


class WireServer:
    """An HTTP/1.1 server that answers by one function what comes to `listener`; it serves once.

    `answer` is called on the event loop, one request at a time; a request of which `in_thread`
    says that its answer may block is answered in a thread, one that `waits` in a thread that
    nobody else needs. `http_date` dates the answers of the wire's own, to what is no request.
    Use `run`, or `start` and `stop`; each closes `listener`.
    """

    def __init__(  # noqa: PLR0913 - by name only
        self,
        answer: Answer,
        *,
        listener: socket.socket,
        in_thread: Callable[[Request], bool],
        http_date: Callable[[], str],
        tls: ssl.SSLContext | None = None,
        limits: Limits = _DEFAULTS,
        waits: Waits = _NO_WAITS,
    ) -> None:
        self._service = Service(answer, in_thread, http_date, limits, waits)
        self._tls = tls
        self._listener = listener
        self._port: int = listener.getsockname()[1]
        self._thread: threading.Thread | None = None
        self._end: Callable[[], None]

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._port

    def run(
        self, ready: Callable[[], object] = lambda: None, lifeline: int | None = None
    ) -> signal.Signals:
        """Answer until SIGINT or SIGTERM, in the main thread; says which of them it was.

        `ready` is called once connections are accepted and a signal ends in good order. At the
        end delayed answers are sent at once. A second signal ends the process at once.
        The end of `lifeline`, a pipe, is as good as SIGTERM.
        """
        allow(self._service.limits.connections)
        with closing(fast_loop()) as loop:
            ended: asyncio.Future[signal.Signals] = loop.create_future()
            with _told_by_signals(loop, ended):
                if lifeline is not None:
                    _told_by_pipe(loop, ended, lifeline)
                return loop.run_until_complete(self._serve(ended, ready))

    def start(self) -> None:
        """Answer in a thread of its own; returns once connections are accepted."""
        started: Future[Callable[[], None]] = Future()
        thread = threading.Thread(
            target=self._work, args=(started,), name="token-mockserver", daemon=True
        )
        thread.start()
        error = started.exception()
        if error is not None:
            thread.join()
            raise error
        self._end, self._thread = started.result(), thread

    def stop(self) -> None:
        """Send delayed answers at once, wait for calls in threads, close every socket.

        An answer that is not taken within half a second, or not there by then, is lost.
        """
        if self._thread is not None:
            self._end()
            self._thread.join()
            self._thread = None
        self._listener.close()

    def _work(self, started: Future[Callable[[], None]]) -> None:
        with closing(SteadyLoop()) as loop:
            ended: asyncio.Future[None] = loop.create_future()

            def finish() -> None:
                loop.call_soon_threadsafe(ended.set_result, None)

            try:
                loop.run_until_complete(self._serve(ended, lambda: started.set_result(finish)))
            except BaseException as error:
                if started.done():
                    raise
                started.set_exception(error)

    async def _serve(self, ended: asyncio.Future[_Reason], ready: Callable[[], object]) -> _Reason:
        self._service.open(asyncio.get_running_loop())
        accepting = Accepting(self._service, self._listener, self._tls)
        try:
            ready()
            return await ended
        finally:
            await accepting.close()
            await end(self._service)


@contextmanager
def _told_by_signals(
    loop: asyncio.AbstractEventLoop, ended: asyncio.Future[signal.Signals]
) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM)

    def tell(number: int, _frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_DFL)  # a second one shall not wait for anything
        loop.call_soon_threadsafe(_tell, ended, signal.Signals(number))

    before = {number: signal.signal(number, tell) for number in numbers}
    try:
        with _woken_by_signals(loop):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _told_by_pipe(
    loop: asyncio.AbstractEventLoop, ended: asyncio.Future[signal.Signals], lifeline: int
) -> None:
    def tell() -> None:
        loop.remove_reader(lifeline)
        _tell(ended, signal.SIGTERM)

    loop.add_reader(lifeline, tell)


def _tell(ended: asyncio.Future[signal.Signals], told: signal.Signals) -> None:
    if not ended.done():  # a signal and the pipe may come together
        ended.set_result(told)


@contextmanager
def _woken_by_signals(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Let a signal wake the loop that comes in the moment in which it goes to sleep.

    A handler in Python runs when Python goes on; only a byte on a socket ends the sleep.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.setblocking(False)
        writer.setblocking(False)
        loop.add_reader(reader, reader.recv, 64)
        before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            loop.remove_reader(reader)
