"""Answers of one turn of the event loop are written at its end, in order."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from mockserver.model.http import Request, Response
from mockserver.server import Limits
from mockserver.server.write_batch import WriteBatch
from tests.server.in_memory import MemoryConnection, MemoryLoop, MemoryTransport
from tests.server.table.case import request

ASK = request("GET /a")
LARGE = bytes(1 << 20)


class Batch:
    """A batch on a loop and transports in memory."""

    def __init__(self) -> None:
        self.loop = MemoryLoop()
        self.transports = [MemoryTransport(), MemoryTransport()]
        self._batch = WriteBatch(cast(asyncio.AbstractEventLoop, self.loop))
        self.flush = self._batch.flush

    def write(self, *data: bytes, to: int = 0) -> None:
        for each in data:
            self._batch.put(cast(asyncio.Transport, self.transports[to]), each)

    @property
    def written(self) -> list[bytes]:
        return [bytes(transport.written) for transport in self.transports]


@pytest.fixture
def batch() -> Batch:
    return Batch()


def test_writes_are_made_in_order_at_the_end_of_each_turn(batch: Batch) -> None:
    batch.write(b"1")
    batch.write(b"2", to=1)
    batch.write(b"3")
    assert batch.written == [b"", b""]
    assert batch.loop.run()
    assert batch.written == [b"13", b"2"]
    assert not batch.loop.run(), "asked for more than once in a turn"
    batch.write(b"4")
    assert batch.loop.run()
    assert batch.written[0] == b"134"


def test_flushed_writes_are_not_repeated(batch: Batch) -> None:
    batch.write(b"1")
    batch.flush()
    batch.write(b"2")
    while batch.loop.run():
        pass
    assert batch.written[0] == b"12"


@pytest.mark.parametrize("writes", [[b"1", LARGE], [b"1"] * 1000])
def test_large_and_many_writes_are_made_before_the_end(batch: Batch, writes: list[bytes]) -> None:
    batch.write(*writes)
    assert len(batch.written[0]) > 900
    while batch.loop.run():
        pass
    assert batch.written[0] == b"".join(writes)


def test_closed_transport_is_skipped(batch: Batch) -> None:
    batch.write(b"1")
    batch.write(b"2", to=1)
    batch.transports[0].close()
    assert batch.loop.run()
    assert batch.written == [b"", b"2"]


def test_paused_writing_stops_answers_within_a_turn() -> None:
    """Answers to many requests in one piece would fill the memory."""
    asked = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response(200, (), LARGE)

    cut = MemoryConnection(Limits(), answer=answer)
    write = cut.transport.write

    def clogged(data: bytes) -> None:
        write(data)
        cut.connection.pause_writing()

    cut.transport.write = clogged  # type: ignore[method-assign]
    cut.send(ASK * 16)
    assert len(asked) == 1


def end(cut: MemoryConnection) -> None:
    cut.transport.get_write_buffer_size = lambda: len(cut.transport.written)  # type: ignore[attr-defined]
    cut.connection.end()


FLUSHES: dict[str, tuple[Callable[[MemoryConnection], object], bool]] = {
    "the turn ends": (lambda cut: cut.loop.run(), False),
    "the connection closes": (lambda cut: cut.send(request("GET /a", "Connection: close")), True),
    "a refusal": (lambda cut: cut.send(b"?\r\n\r\n"), True),
    "the server ends": (end, True),
    "an abort": (lambda cut: cut.send(request("GET /thread") + bytes(4000)), True),
    "eof_received returns": (MemoryConnection.finish, False),
}
"""Over asyncio's TLS the transport closes when `eof_received` returns."""


@pytest.mark.parametrize(("act", "ends"), FLUSHES.values(), ids=FLUSHES)
def test_answer_is_written_before(act: Callable[[MemoryConnection], object], ends: bool) -> None:
    cut = MemoryConnection(Limits(kept=2000))
    cut.send(ASK)
    assert not cut.transport.written
    act(cut)
    assert cut.transport.written.startswith(b"HTTP/1.1 200")
    assert not ends or cut.transport.ended
