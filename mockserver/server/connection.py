"""One client's connection: requests in, answers out in the same order."""

import asyncio
from enum import Enum, auto
from typing import cast

from mockserver.adapters.faults import LAST_WORDS
from mockserver.model.http import Fault, Response
from mockserver.server.asking import Asking
from mockserver.server.deadline import Deadline
from mockserver.server.protocol_error import ProtocolError
from mockserver.server.reading import Incoming, Reader, Stage, Waiting
from mockserver.server.request_head import CLOSE
from mockserver.server.server_state import Service
from mockserver.server.sockets import acknowledge, reset
from mockserver.server.writing import CONTINUE, encode


class _State(Enum):
    OPENING = auto()  # with start_tls, bytes come before the connection is made: they are kept
    READING = auto()
    ANSWERING = auto()  # a request is in a thread or its answer delayed; those behind it wait
    LEAVING = auto()  # the last is written; the transport closes once the client has taken it
    DRAINING = auto()  # the last is written; what the client still sends is read away
    GONE = auto()


_KEEPING = (_State.OPENING, _State.READING, _State.ANSWERING)


class Connection(asyncio.Protocol):
    """The protocol of one connection, plain or inside TLS.

    One request is answered at a time: what is behind a delayed one, or behind one that breaks
    the connection, has no effect before its turn.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._limits = service.limits
        self._reader = Reader(service.limits)
        self._asking = Asking(service, self._deliver_late)
        self._deadline = Deadline(service.loop, self._overdue)
        self._state = _State.OPENING
        self._stage: Stage | None = None  # whose time is running
        self._clogged = False  # the client does not take its answers
        self._held = False  # we do not take its requests
        self._kept = 0  # bytes of them that the service counts
        self._resting = False  # others have their turn
        self._finished = False  # the client will send no more
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read. One connection too many is answered 503."""
        service = self._service
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it
        if self._state is _State.GONE:
            return
        service.connections.add(self)
        if service.ending:
            self._transport.abort()
            return
        self._state = _State.READING
        self._reader.peer = (transport.get_extra_info("peername") or [""])[0]
        self._deadline.set(self._limits.first_byte)
        if len(service.connections) > self._limits.connections:
            self._refuse(ProtocolError(503, "There are too many connections."))
        elif self._reader.unread or self._finished:
            self._proceed()

    def data_received(self, data: bytes) -> None:
        """Answer the requests that `data` makes whole, or keep it for later."""
        if self._state in _KEEPING:
            self._reader.receive(data)
            self._proceed()
            self._hold()
            self._weigh()

    def eof_received(self) -> bool:
        """The client sends no more. It may still read, but under TLS this is the end."""
        self._finished = True
        if self._state is _State.DRAINING:
            self._flushed().close()
        self._proceed()
        self._service.outbox.flush()  # TLS closes the transport when this returns
        return self._state is not _State.OPENING and self._transport.can_write_eof()

    def pause_writing(self) -> None:
        """The client does not take what is written: answer nothing more until it does."""
        self._clogged = True
        self._deadline.set(self._limits.take)

    def resume_writing(self) -> None:
        """The client has taken what was written."""
        self._clogged = False
        self._stage = None
        self._proceed()
        self._weigh()

    def connection_lost(self, _error: Exception | None) -> None:
        """Let go of everything."""
        self._state = _State.GONE
        self._deadline.cancel()
        self._asking.drop()
        self._reader.forget()
        self._weigh()
        self._service.leave(self)

    def end(self) -> None:
        """Send a delayed answer at once, let a thread finish, and leave."""
        if self._asking.hurry() or self._state not in (_State.READING, _State.DRAINING):
            return
        if self._flushed().get_write_buffer_size():
            self._leave()
        else:
            self._transport.abort()  # without TLS's farewell, for which clients take their time

    def abort(self) -> None:
        """Leave now."""
        self._flushed().abort()

    # Requests, one after another

    def _proceed(self) -> None:
        turns = self._limits.in_a_row
        while self._state is _State.READING and not (self._clogged or self._resting):
            if not turns:
                self._rest()
                return
            turns -= 1
            try:
                event = self._reader.next()
            except ProtocolError as refused:
                self._refuse(refused)
                return
            if event is None:
                self._await_more(self._reader.stage)
                return
            if isinstance(event, Waiting):
                self._flushed().write(CONTINUE)
            else:
                self._take(event)

    def _rest(self) -> None:
        """Let others have their turn: thousands of requests may have come in one piece."""
        self._resting = True
        self._service.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        self._resting = False
        self._proceed()
        self._weigh()

    def _take(self, incoming: Incoming) -> None:
        self._stage = None
        response = self._asking.ask(incoming)
        if response is None:
            self._state = _State.ANSWERING
            self._deadline.clear()
        else:
            self._deliver(incoming, response)

    def _deliver_late(self, incoming: Incoming, response: Response) -> None:
        self._deliver(incoming, response)
        self._proceed()
        self._weigh()

    def _deliver(self, incoming: Incoming, response: Response) -> None:
        if response.fault is not None:
            self._break(response.fault)
            return
        data, last = self._encode(incoming, response)
        self._state = _State.READING
        self._service.outbox.put(self._transport, data)
        if last:
            self._part()

    def _flushed(self) -> asyncio.Transport:
        """The transport, after all answers so far were written to it."""
        self._service.outbox.flush()
        return self._transport

    def _encode(self, incoming: Incoming, response: Response) -> tuple[bytes, bool]:
        service, request = self._service, incoming.request
        connection = CLOSE if service.ending else incoming.connection
        try:
            return encode(response, request.method, connection)
        except Exception:
            return encode(service.failed(request), request.method, connection)

    # Waiting

    def _await_more(self, stage: Stage) -> None:
        if self._finished:
            self._end_of_input(stage)
            return
        self._release()
        if stage is Stage.NOTHING:
            self._deadline.set(self._limits.idle)
        else:
            acknowledge(self._transport)
            if stage is not self._stage:
                limits = self._limits
                seconds = limits.head_time if stage is Stage.HEAD else limits.body_time
                self._deadline.set(seconds)
        self._stage = stage

    def _end_of_input(self, stage: Stage) -> None:
        if stage is Stage.NOTHING:
            self._leave()
        else:
            self._refuse(ProtocolError(400, "The request ends early."))

    def _hold(self) -> None:
        """Read no further ahead: without a bound, a client could fill the memory."""
        waits = self._state is _State.ANSWERING or (
            (self._clogged or self._resting) and self._state is _State.READING
        )
        if waits and not self._held and self._reader.unread > self._limits.read_ahead:
            self._held = True
            self._transport.pause_reading()

    def _weigh(self) -> None:
        """Have what is kept here counted; who makes it too much for the server is sent away."""
        kept = self._reader.kept
        if kept == self._kept:
            return
        service = self._service
        service.kept += kept - self._kept
        self._kept = kept
        if service.kept > self._limits.kept and self._state in _KEEPING:
            self._reader.forget()
            if self._state is _State.READING:
                self._refuse(ProtocolError(503, "There is too much to read."))
            else:
                self._flushed().abort()
            self._weigh()

    def _release(self) -> None:
        if self._held:
            self._held = False
            self._transport.resume_reading()

    def _overdue(self) -> None:
        if self._state is not _State.READING or self._clogged:
            self._flushed().abort()
        elif self._stage in (Stage.HEAD, Stage.BODY):
            self._refuse(ProtocolError(408, "The request takes too long."))
        else:
            self._leave()

    # Leaving

    def _break(self, fault: Fault) -> None:
        if fault is Fault.CONNECTION_RESET_BY_PEER:
            self._state = _State.LEAVING
            reset(self._flushed())
        else:
            self._flushed().write(LAST_WORDS[fault])
            self._part()

    def _refuse(self, refused: ProtocolError) -> None:
        data, _ = encode(self._service.refuse(refused), "", CLOSE)
        self._flushed().write(data)
        self._drain()

    def _part(self) -> None:
        if self._reader.unread:
            self._drain()
        else:
            self._leave()

    def _leave(self) -> None:
        """Close as soon as the client has taken what is written."""
        self._state = _State.LEAVING
        self._deadline.set(self._limits.take)
        self._flushed().close()

    def _drain(self) -> None:
        """Read away what comes before closing: bytes left unread would reset the connection."""
        if self._finished or self._service.ending:
            self._leave()
            return
        self._state = _State.DRAINING
        if self._transport.can_write_eof():
            self._flushed().write_eof()
            self._deadline.set(self._limits.linger)
        else:
            self._deadline.set(self._limits.tls_linger)
        self._release()
