"""A connection on a transport and an event loop in memory: the same bytes, without waiting.

The table of cases runs over real sockets and here. This shows that the transport in memory behaves
like a real one. Only here, each case is cut at every byte.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from mockserver.model.http import Answer
from mockserver.server import Limits, LongPolls
from mockserver.server.connection import Connection
from mockserver.server.server_state import ServerState, TlsContext
from tests.server import echo
from tests.server.servers import client_context, server_context


class MemoryLoop:
    """An event loop whose delays and threads end in `run`; time limits never pass."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()

    def time(self) -> float:
        return 0.0

    def call_at(self, when: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        return cast(asyncio.TimerHandle, MemoryTimer())

    def call_soon(self, call: Callable[[], None]) -> None:
        self._waiting.append(call)

    def call_later(self, delay: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        self._waiting.append(call)
        return cast(asyncio.TimerHandle, MemoryTimer())

    def run_in_executor(self, pool: object, call: Callable[..., Any], *values: Any) -> "MemoryCall":
        result = MemoryCall(call(*values))
        self._waiting.append(result.end)
        return result

    def run(self) -> bool:
        """End one delay or thread. Return False if there was none."""
        if not self._waiting:
            return False
        self._waiting.popleft()()
        return True


class MemoryTimer:
    def cancel(self) -> None:
        """Do nothing: a closed connection is not called, see `MemoryConnection.settle`."""


class MemoryCall:
    """A call in a thread."""

    def __init__(self, value: Any) -> None:
        self._value = value
        self._calls: list[Callable[[Any], None]] = []

    def add_done_callback(self, call: Callable[[Any], None]) -> None:
        self._calls.append(call)

    def end(self) -> None:
        for call in self._calls:
            call(self)

    def cancelled(self) -> bool:
        return False

    def result(self) -> Any:
        return self._value


class MemoryTransport:
    """Writes to memory; like a real transport, it refuses writes after the end."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.ended = False  # the client sees the end
        self.closed = False
        self.paused = False
        self.options: list[tuple[object, ...]] = []  # set on the socket
        self.protocol: asyncio.Protocol

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 1) if name == "peername" else self

    def setsockopt(self, *option: object) -> None:
        self.options.append(option)

    def can_write_eof(self) -> bool:
        return True

    def is_closing(self) -> bool:
        return self.closed

    def write(self, data: bytes) -> None:
        assert not self.ended, "written after the end"
        self.written += data

    def write_eof(self) -> None:
        assert not self.closed, "ended after the close"
        self.ended = True

    def close(self) -> None:
        self.ended = self.closed = True

    abort = close

    def set_protocol(self, protocol: asyncio.Protocol) -> None:
        self.protocol = protocol

    def pause_reading(self) -> None:
        assert not self.paused, "paused twice"
        self.paused = True

    def resume_reading(self) -> None:
        assert self.paused, "resumed without a pause"
        self.paused = False


class MemoryConnection:
    """A `Connection` on a transport and an event loop in memory."""

    def __init__(
        self,
        limits: Limits,
        *,
        made: bool = True,
        answer: Answer = echo.answer,
        tls: TlsContext | None = None,
    ) -> None:
        self.state = state = ServerState(
            answer,
            in_thread=echo.in_thread,
            http_date=echo.http_date,
            limits=limits,
            long_polls=LongPolls(),
            tls=tls,
        )
        self.loop = MemoryLoop()
        state.open(cast(asyncio.AbstractEventLoop, self.loop))
        self.transport = MemoryTransport()
        self.connection = Connection(state)
        self.transport.protocol = self.connection
        if made:
            self.make()

    def make(self) -> None:
        """Call `connection_made`."""
        self.connection.connection_made(cast(asyncio.Transport, self.transport))

    def send(self, *parts: bytes) -> None:
        """Receive `parts` one by one; delays end only when reading is paused."""
        for part in parts:
            while self.transport.paused:
                assert self.loop.run(), "paused for good"
            if part and not self.transport.closed:
                self.transport.protocol.data_received(part)

    def settle(self) -> None:
        """End all delays and threads."""
        while not self.transport.closed and self.loop.run():
            pass

    def finish(self) -> None:
        """Call `eof_received`."""
        if not self.transport.closed:
            self.transport.protocol.eof_received()

    @property
    def seen(self) -> tuple[bytes, bool]:
        """The written bytes, and True if the connection ended, at the end of this turn."""
        self.state.batch.flush()
        return bytes(self.transport.written), self.transport.ended


class TlsMemoryConnection(MemoryConnection):
    """A `Connection` in memory with a client that uses TLS."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits, tls=server_context)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = client_context().wrap_bio(
            self._incoming, self._outgoing, server_hostname="localhost"
        )
        self._taken = 0  # bytes of the transport that the client has received
        self._plain = bytearray()
        self._notified = False  # the client has received close_notify
        while self._shakes_hands():
            self._exchange()
        self._exchange()

    def send(self, *parts: bytes) -> None:
        """Encrypt and receive `parts` one by one; delays end only when reading is paused."""
        for part in parts:
            if part:
                self._tls.write(part)
                super().send(self._outgoing.read())

    def finish(self) -> None:
        """Send close_notify and the end of the stream."""
        with suppress(ssl.SSLError):
            self._tls.unwrap()
        super().send(self._outgoing.read())
        super().finish()

    @property
    def seen(self) -> tuple[bytes, bool]:
        """The decrypted bytes, and True if the connection ended with a close_notify."""
        _, ended = super().seen
        self._exchange()
        assert self._notified == ended
        return bytes(self._plain), ended

    def _shakes_hands(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return True
        return False

    def _exchange(self) -> None:
        super().send(self._outgoing.read())
        self._incoming.write(self.transport.written[self._taken :])
        self._taken = len(self.transport.written)
        if self._tls.version() is None:
            return
        try:
            while part := self._tls.read(1 << 20):
                self._plain += part
        except ssl.SSLWantReadError:
            return
        except ssl.SSLZeroReturnError:
            pass
        self._notified = True
