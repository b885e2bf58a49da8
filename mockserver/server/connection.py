"""One client's connection: requests in, answers out in the same order."""

import asyncio
import logging
from functools import partial
from typing import cast

from mockserver.model.errors import MockServerError
from mockserver.model.http import Response
from mockserver.server.connection_end import TOO_MANY, EndingConnection
from mockserver.server.connection_state import KEEPS_INPUT, Event, Stage
from mockserver.server.event_loop import acknowledge
from mockserver.server.late_answers import AnswerStream, DelayedAnswer
from mockserver.server.limits import ProtocolError
from mockserver.server.request_head import CLOSE
from mockserver.server.request_reader import Progress, ReceivedRequest
from mockserver.server.server_state import ServerState
from mockserver.server.tls_transport import CLIENT_HELLO, TlsTransport
from mockserver.server.write_batch import CONTINUE, encode

_HTTP_2 = b"PRI * HTTP/2"  # RFC 9113, 3.4: the first bytes of a client that uses it without asking
_NO_HTTP_2 = "a client speaks HTTP/2: this server speaks HTTP/1.1 only"
_NO_TLS = "a client speaks TLS, which this port does not have: use http:// in its address"
_log = logging.getLogger("mockserver")


class Connection(EndingConnection):
    """The protocol of one connection, plain or inside TLS.

    One request is answered at a time: a request after a delayed one, or after one that breaks
    the connection, has no effect before the earlier one is done.
    """

    def __init__(self, server: ServerState) -> None:
        super().__init__(server)
        self._server_name = ""  # the host of the last CONNECT
        self._counted = 0  # bytes kept here that are part of `server.kept`
        self._called: asyncio.Future[Response] | None = None
        self._stream: AnswerStream | None = None
        self._delayed: DelayedAnswer | None = None

    # Callbacks of the event loop and of the server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read. A connection over the limit is answered 503."""
        server, state = self._server, self._state
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not a subclass
        state.move(Event.MADE)
        if state.current is Stage.CLOSED:
            return
        server.connections.add(self)
        if server.ending:
            self._transport.abort()
            return
        self._reader.connection = next(server.numbers)
        self._reader.peer = (transport.get_extra_info("peername") or [""])[0]
        self._deadline.set(self._limits.first_byte)
        if len(server.connections) > self._limits.connections:
            state.over_limit = True
            self._deadline.set(self._limits.linger)
        elif self._reader.unread or state.eof_received:
            self._proceed()

    def data_received(self, data: bytes) -> None:
        """Answer the requests that `data` completes, or keep it."""
        state = self._state
        if state.at_start:
            state.at_start = False
            if data[0] == CLIENT_HELLO:
                if self._server.tls_context is not None:
                    self._start_tls(data)
                    return
                self._server.warn_once(_NO_TLS)
            elif data.startswith(_HTTP_2):
                self._server.warn_once(_NO_HTTP_2)
            if state.over_limit:
                self._refuse(TOO_MANY)
        if state.current in KEEPS_INPUT:
            self._reader.receive(data)
            self._proceed()
            if self._reader.kept or self._counted:
                self._limit_input()

    def eof_received(self) -> bool:
        """Answer the remaining requests; return True, for the transport to stay open."""
        state = self._state
        state.eof_received = True
        if self._stream is not None:
            return False  # the client has gone
        if state.current is Stage.DRAINING:
            self._flushed().close()
        self._proceed()
        return state.current is not Stage.OPENING

    def pause_writing(self) -> None:
        """Answer no further request until the client has received what is written."""
        self._state.write_paused = True
        self._deadline.set(self._limits.take)

    def resume_writing(self) -> None:
        """Go on with the next request."""
        self._state.write_paused = False
        self._state.timed = None
        if self._stream is not None:
            self._deadline.clear()
            self._stream.go_on()
            return
        self._proceed()
        self._count_input()

    def connection_lost(self, _error: Exception | None) -> None:
        """Release all resources."""
        self._state.move(Event.LOST)
        self._deadline.cancel()
        if self._called is not None:
            self._called.cancel()
        if self._delayed is not None:
            self._delayed.cancel()
            self._delayed = None
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None
        self._reader.forget()
        self._count_input()
        self._server.leave(self)

    def end(self, *, idle: bool = True, begun: bool = True) -> None:
        """Send a delayed answer at once, wait for one in a thread, and close.

        Args:
            idle: Close also if no part of another request has come.
            begun: Close also if a part of another request has come.
        """
        state = self._state
        half_received = state.timed in (Progress.HEAD, Progress.BODY)
        if self._delayed is not None:
            self._delayed.deliver_now()
        elif self._stream is not None:
            self._stream.cancel()
            self._transport.close()
        elif state.current is Stage.READING and not (begun if half_received else idle):
            return  # the answer to the next request says that it is the last
        elif state.current in (Stage.READING, Stage.DRAINING):
            if self._flushed().get_write_buffer_size():
                self._close()
            else:
                self._transport.close()

    # TLS

    def _start_tls(self, data: bytes) -> None:
        assert self._server.tls_context is not None
        try:
            context = self._server.tls_context()
        except MockServerError as error:
            _log.error("TLS is not possible: %s", error)
            self._close()
            return
        # The time limit of the first byte goes on: it includes the handshake.
        tls = TlsTransport(self._transport, self, context, self._secured, self._server_name)
        self._transport = tls
        self._reader.scheme = "https"
        tls.data_received(data)

    def _secured(self) -> None:
        if self._state.over_limit:
            self._refuse(TOO_MANY)

    # Requests, one after another

    def _proceed(self) -> None:
        state = self._state
        turns = self._limits.in_a_row
        while state.takes_requests:
            if not turns:
                # Thousands of requests may have come in one piece: let others have their turn.
                state.yielding = True
                self._server.loop.call_soon(self._resume)
                return
            turns -= 1
            try:
                received = self._reader.next()
            except ProtocolError as refused:
                self._refuse(refused)
                return
            if isinstance(received, ReceivedRequest):
                self._answer(received)
                if not self._reader.unread and state.takes_requests:
                    self._await_more(Progress.NOTHING)
                    return
            elif received is Progress.EXPECTS_CONTINUE:
                self._flushed().write(CONTINUE)
            else:
                self._await_more(received)
                return

    def _resume(self) -> None:
        self._state.yielding = False
        self._proceed()
        self._count_input()

    def _answer(self, received: ReceivedRequest) -> None:
        self._state.timed = None
        if received.request.method == "CONNECT":
            self._refuse(ProtocolError(501, "This server is not a proxy."))
            return
        response = self._server.ask(received.request)
        if not isinstance(response, Response):
            self._called = response
            response.add_done_callback(partial(self._returned, received))
        elif response.delay > 0 and not self._server.ending:
            self._delay(received, response)
        else:
            self._deliver(received, response)
            return
        self._state.move(Event.PENDING)
        self._deadline.clear()

    def _returned(self, received: ReceivedRequest, called: asyncio.Future[Response]) -> None:
        self._called = None
        if called.cancelled():
            return
        response = called.result()
        if response.delay > 0 and not self._server.ending:
            self._delay(received, response)
        else:
            self._deliver_pending(received, response)

    def _delay(self, received: ReceivedRequest, response: Response) -> None:
        deliver = partial(self._deliver_pending, received, response)
        self._delayed = DelayedAnswer(self._server.loop, response, deliver)

    def _deliver_pending(self, received: ReceivedRequest, response: Response) -> None:
        self._delayed = None
        self._state.move(Event.ANSWERED)
        self._deliver(received, response)
        self._proceed()
        self._count_input()

    def _deliver(self, received: ReceivedRequest, response: Response) -> None:
        if response.fault is not None:
            self._break(response.fault)
            return
        server, request = self._server, received.request
        connection = CLOSE if server.ending else received.connection
        try:
            data, last = encode(response, request.method, connection)
        except Exception:
            data, last = encode(server.failed(request), request.method, connection)
        server.batch.put(self._transport, data)
        if response.pull is not None and request.method != "HEAD":
            self._state.move(Event.PENDING)
            self._deadline.clear()
            self._stream = AnswerStream(server, self._flushed(), self._state, response.pull)
            self._stream.go_on()
        elif last:
            self._finish()

    # Waiting for input, and its limits

    def _await_more(self, progress: Progress) -> None:
        state = self._state
        if state.eof_received:
            if progress is Progress.NOTHING:
                self._close()
            else:
                self._refuse(ProtocolError(400, "The request ends early."))
            return
        self._resume_reading()
        if progress is not Progress.NOTHING:
            acknowledge(self._transport)
        # A limit that runs does not restart, neither for a byte of a head nor for an empty line.
        if progress is not state.timed:
            self._deadline.set(progress.limit(self._limits))
        state.timed = progress

    def _limit_input(self) -> None:
        """Read no further ahead than `limits.read_ahead`, and count what is kept."""
        state = self._state
        if (
            not state.read_paused
            and state.blocked
            and self._reader.unread > self._limits.read_ahead
        ):
            state.read_paused = True
            self._transport.pause_reading()
        self._count_input()

    def _count_input(self) -> None:
        """Update the server-wide count of kept bytes; refuse or abort above `limits.kept`."""
        kept = self._reader.kept
        if kept == self._counted:
            return
        server, state = self._server, self._state
        server.kept += kept - self._counted
        self._counted = kept
        if server.kept > self._limits.kept and state.current in KEEPS_INPUT:
            self._reader.forget()
            if state.current is Stage.READING:
                self._refuse(ProtocolError(503, "There is too much to read."))
            else:
                self._flushed().abort()
            self._count_input()
