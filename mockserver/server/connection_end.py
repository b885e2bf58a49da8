"""The end of a connection: the last bytes that are written, and when and how it is closed."""

import asyncio

from mockserver.adapters.framing import FINAL_BYTES
from mockserver.model.http import Fault
from mockserver.server.connection_state import ConnectionState, Event, Stage
from mockserver.server.event_loop import Deadline, reset
from mockserver.server.limits import ProtocolError
from mockserver.server.request_head import CLOSE
from mockserver.server.request_reader import Progress, RequestReader
from mockserver.server.server_state import ServerState
from mockserver.server.write_batch import encode

TOO_MANY = ProtocolError(503, "There are too many connections.")


class EndingConnection(asyncio.Protocol):
    """The transport, the reader and the state of a connection, and the functions that close it."""

    def __init__(self, server: ServerState) -> None:
        self._server = server
        self._limits = server.limits
        self._reader = RequestReader(server.limits, server.heads)
        self._deadline = Deadline(server.loop, self._overdue)
        self._state = ConnectionState()
        self._transport: asyncio.Transport

    def abort(self) -> None:
        """Close now."""
        self._flushed().abort()

    def _flushed(self) -> asyncio.Transport:
        """Return the transport, after all earlier answers were written to it."""
        self._server.batch.flush()
        return self._transport

    def _overdue(self) -> None:
        state = self._state
        if state.current is not Stage.READING or state.write_paused:
            self._flushed().abort()
        elif state.timed in (Progress.HEAD, Progress.BODY):
            self._refuse(ProtocolError(408, "The request takes too long."))
        elif state.over_limit:
            self._refuse(TOO_MANY)
        else:
            self._close()

    def _break(self, fault: Fault) -> None:
        if fault is Fault.CONNECTION_RESET_BY_PEER:
            self._state.move(Event.CLOSE)
            reset(self._flushed())
        else:
            self._flushed().write(FINAL_BYTES[fault])
            self._finish()

    def _refuse(self, refused: ProtocolError) -> None:
        data, _ = encode(self._server.error(refused.status, refused.reason), "", CLOSE)
        if refused.phrase:
            start = f"HTTP/1.1 {refused.status} {refused.phrase}".encode("latin-1")
            data = start + data[data.index(b"\r\n") :]
        self._flushed().write(data)
        self._drain()

    def _finish(self) -> None:
        if self._reader.unread:
            self._drain()
        else:
            self._close()

    def _close(self) -> None:
        """Close as soon as the client has received what is written."""
        self._state.move(Event.CLOSE)
        self._deadline.set(self._limits.take)
        self._flushed().close()

    def _drain(self) -> None:
        """Read and drop further input before closing: unread bytes would cause a reset.

        See RFC 9112, 9.6, on the lingering close.
        """
        if self._state.eof_received or self._server.ending:
            self._close()
            return
        self._state.move(Event.DRAIN)
        self._flushed().write_eof()
        self._deadline.set(self._limits.linger)
        self._resume_reading()

    def _resume_reading(self) -> None:
        if self._state.read_paused:
            self._state.read_paused = False
            self._transport.resume_reading()
