"""The server: in the main thread until a signal ends it, or in a thread of its own, for tests."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from types import FrameType
from typing import TypeVar

from mockserver.model.http import Answer, Request
from mockserver.server.connection import Connection
from mockserver.server.event_loop import SteadyLoop, allow, end_signals, fast_loop
from mockserver.server.limits import Limits
from mockserver.server.proxy import ForwardProxy
from mockserver.server.proxy_connection import ProxyConnection
from mockserver.server.server_state import AnswerAll, LongPolls, Patience, ServerState, TlsContext

_PATIENCE = Patience(idle=2.0, begun=3.0)  # with _GRACE less than workers.GRACE
_IMPATIENT = Patience()
_SHORTAGE = 0.5  # seconds between attempts while the system has no descriptor left

_Reason = TypeVar("_Reason")
_DEFAULTS = Limits()
_NO_LONG_POLLS = LongPolls()


class WireServer:
    """An HTTP/1.1 server for one listening socket, which can be started once.

    Use `run`, or `start` and `stop`. Both ways close `listener`.

    Args:
        answer: Called on the event loop or in a thread, for one request at a time.
        listener: A listening socket; see `sockets.listen`.
        in_thread: Return True for a request whose answer may block; it is made in a thread.
        answer_all: Called in a thread for the other requests, those of a turn together, because a
            store is used that may block. None: they are answered on the event loop.
        http_date: Return the Date of answers to what is no request.
        tls: Return the context for connections that begin with TLS; called at the first one.
            None: there is no TLS.
        proxy: The rules of the forward proxy. None: CONNECT is refused, and absolute URLs are
            answered whatever host they name.
        limits: Sizes and times.
        long_polls: Requests that wait for others; they are answered in threads of their own.
    """

    def __init__(  # noqa: PLR0913 - by name only
        self,
        answer: Answer,
        *,
        listener: socket.socket,
        in_thread: Callable[[Request], bool],
        http_date: Callable[[], str],
        tls: TlsContext | None = None,
        proxy: ForwardProxy | None = None,
        limits: Limits = _DEFAULTS,
        long_polls: LongPolls = _NO_LONG_POLLS,
        answer_all: AnswerAll | None = None,
    ) -> None:
        self._state = ServerState(
            answer,
            answer_all=answer_all,
            in_thread=in_thread,
            http_date=http_date,
            limits=limits,
            long_polls=long_polls,
            tls=tls,
        )
        self._proxy = proxy
        self._listener = listener
        self._port: int = listener.getsockname()[1]
        self._thread: threading.Thread | None = None
        self._end: Callable[[], None]

    @property
    def port(self) -> int:
        """The port of the listening socket."""
        return self._port

    def run(
        self, ready: Callable[[], object] = lambda: None, lifeline: int | None = None
    ) -> signal.Signals:
        """Answer until SIGINT, SIGTERM or SIGHUP, in the main thread.

        At the end delayed answers are sent at once, and clients have some seconds to finish what
        they have begun. A second signal ends the process at once.

        Args:
            ready: Called once connections are accepted and signals are handled.
            lifeline: The read end of a pipe; its end has the effect of SIGTERM.

        Returns:
            The signal that ended the server.
        """
        allow(self._state.limits.connections)
        with closing(fast_loop()) as loop:
            ended: asyncio.Future[signal.Signals] = loop.create_future()
            with _ended_by_signals(loop, ended):
                if lifeline is not None:
                    _ended_by_pipe(loop, ended, lifeline)
                return loop.run_until_complete(self._serve(ended, ready, _PATIENCE))

    def start(self) -> None:
        """Answer in a thread of its own; return once connections are accepted."""
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

        An answer that is not received, or not made, within half a second is lost.
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

    async def _serve(
        self,
        ended: asyncio.Future[_Reason],
        ready: Callable[[], object],
        patience: Patience = _IMPATIENT,
    ) -> _Reason:
        self._state.open(asyncio.get_running_loop())
        acceptor = Acceptor(self._state, self._listener, self._proxy)
        try:
            ready()
            return await ended
        finally:
            await acceptor.close()
            await self._state.end(patience)


class Acceptor:
    """Makes a `Connection` of each client that connects to `listener`, until `close`.

    asyncio's own server forgets connections that are accepted but not made yet, so that a server
    that ends could not close them.
    """

    def __init__(
        self, state: ServerState, listener: socket.socket, proxy: ForwardProxy | None
    ) -> None:
        self._state = state
        self._loop = state.loop
        self._listener = listener
        self._proxy = proxy
        self._making: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        listener.setblocking(False)
        self._open()

    async def close(self) -> None:
        """Accept no more. All accepted connections are made or closed when this returns."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._listener)
        await asyncio.sleep(0)  # a task that has not begun could not close its socket
        await asyncio.gather(*self._making, return_exceptions=True)
        self._listener.close()

    def _open(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        # One at a time, so that other processes at this listener get theirs.
        try:
            accepted, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # another process accepted it, or the client has gone already
        except OSError:
            # Without a free descriptor the listener stays readable: do not try again at once.
            self._loop.remove_reader(self._listener)
            self._pause = self._loop.call_later(_SHORTAGE, self._open)
            return
        making = self._loop.create_task(self._make(accepted))
        self._making.add(making)
        making.add_done_callback(self._making.discard)

    def _connection(self) -> Connection:
        if self._proxy is None:
            return Connection(self._state)
        return ProxyConnection(self._state, self._proxy)

    async def _make(self, accepted: socket.socket) -> None:
        accepted.setblocking(False)
        with suppress(OSError):  # the client has gone already
            await self._loop.connect_accepted_socket(self._connection, accepted)


@contextmanager
def _ended_by_signals(
    loop: asyncio.AbstractEventLoop, ended: asyncio.Future[signal.Signals]
) -> Iterator[None]:
    numbers = end_signals()

    def handle(number: int, _frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_DFL)  # a second one ends the process at once
        loop.call_soon_threadsafe(_end_with, ended, signal.Signals(number))

    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        with _woken_by_signals(loop):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ended_by_pipe(
    loop: asyncio.AbstractEventLoop, ended: asyncio.Future[signal.Signals], lifeline: int
) -> None:
    def handle() -> None:
        loop.remove_reader(lifeline)
        _end_with(ended, signal.SIGTERM)

    loop.add_reader(lifeline, handle)


def _end_with(ended: asyncio.Future[signal.Signals], reason: signal.Signals) -> None:
    if not ended.done():  # a signal and the end of the pipe may come together
        ended.set_result(reason)


@contextmanager
def _woken_by_signals(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Wake `loop` when a signal comes, also in the moment before it waits for events.

    A Python handler runs when the interpreter goes on; only a byte on a socket ends the wait.
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
