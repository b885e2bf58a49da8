"""Answers that are not sent as a whole at once: delayed ones, and streams of events."""

import asyncio
import logging
from collections.abc import Callable

from mockserver.adapters.framing import GATE_POLL
from mockserver.model.errors import OUR_ERROR
from mockserver.model.http import Pull, Response
from mockserver.server.connection_state import ConnectionState
from mockserver.server.server_state import ServerState

_log = logging.getLogger("mockserver")


class DelayedAnswer:
    """Calls `deliver` after the delay of `response`; earlier if `response.opened` returns True."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, response: Response, deliver: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._opened = response.opened
        self._deliver = deliver
        self._timer = self._wait(response.delay)

    def deliver_now(self) -> None:
        """Do not wait any longer."""
        self._timer.cancel()
        self._deliver()

    def cancel(self) -> None:
        """Deliver nothing."""
        self._timer.cancel()

    def _wait(self, seconds: float) -> asyncio.TimerHandle:
        if self._opened is None or seconds <= GATE_POLL:
            return self._loop.call_later(seconds, self._deliver)
        return self._loop.call_later(GATE_POLL, self._look, self._opened, seconds - GATE_POLL)

    def _look(self, opened: Callable[[], bool], seconds: float) -> None:
        if opened():
            self._deliver()
        else:
            self._timer = self._wait(seconds)


class AnswerStream:
    """Writes to `transport` what `pull` returns in a thread, until one of them ends.

    Nothing is pulled while the client does not receive what is written: no more than one pull and
    the transport's own buffer are kept for a client, however slow it is. The connection aborts a
    client that receives nothing for `limits.take`.
    """

    def __init__(
        self, server: ServerState, transport: asyncio.Transport, state: ConnectionState, pull: Pull
    ) -> None:
        self._server = server
        self._transport = transport
        self._state = state
        self._pull = pull
        self._pulling: asyncio.Future[bytes | None] | None = None

    def go_on(self) -> None:
        """Pull the next bytes, unless that is going on already."""
        if self._pulling is None:
            self._pulling = self._server.pull(self._pull)
            self._pulling.add_done_callback(self._pulled)

    def cancel(self) -> None:
        """Write no more."""
        if self._pulling is not None:
            self._pulling.cancel()

    def _pulled(self, pulling: asyncio.Future[bytes | None]) -> None:
        self._pulling = None
        if pulling.cancelled() or self._transport.is_closing():
            return
        error = pulling.exception()
        if error is not None:
            _log.error("a stream of events failed. %s", OUR_ERROR, exc_info=error)
        data = None if error is not None else pulling.result()
        if data is None or self._server.ending:
            self._transport.close()
            return
        if data:
            self._transport.write(data)
        if not self._state.write_paused:
            self.go_on()
