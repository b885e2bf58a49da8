"""Answers of one turn of the event loop are written at its end, in order."""

import asyncio
from typing import cast

from mockserver.model.http import Request, Response
from mockserver.server import Limits
from mockserver.server.write_batch import WriteBatch
from tests.server.in_memory import MemoryConnection, MemoryLoop, MemoryTransport

ASK = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
LARGE = bytes(1 << 20)
FAREWELL = b"GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
NONSENSE = b"?\r\n\r\n"


def outbox() -> tuple[WriteBatch, MemoryLoop]:
    loop = MemoryLoop()
    return WriteBatch(cast(asyncio.AbstractEventLoop, loop)), loop


def transport() -> asyncio.Transport:
    return cast(asyncio.Transport, MemoryTransport())


def written(to: asyncio.Transport) -> bytes:
    return bytes(cast(MemoryTransport, to).written)


def test_writes_are_made_in_order_at_the_end_of_the_turn() -> None:
    box, loop = outbox()
    one, other = transport(), transport()
    box.put(one, b"1")
    box.put(other, b"2")
    box.put(one, b"3")
    assert written(one) == written(other) == b""
    assert loop.run()
    assert (written(one), written(other)) == (b"13", b"2")
    assert not loop.run(), "asked for more than once in a turn"


def test_each_turn_has_its_own_batch() -> None:
    box, loop = outbox()
    to = transport()
    for turn in (b"1", b"2"):
        box.put(to, turn)
        assert loop.run()
    assert written(to) == b"12"


def test_flushed_writes_are_not_repeated() -> None:
    box, loop = outbox()
    to = transport()
    box.put(to, b"1")
    box.flush()
    box.put(to, b"2")
    while loop.run():
        pass
    assert written(to) == b"12"


def test_large_write_is_made_at_once() -> None:
    box, _ = outbox()
    to = transport()
    box.put(to, b"1")
    box.put(to, bytes(1 << 20))
    assert len(written(to)) == 1 + (1 << 20)


def test_many_writes_are_made_before_the_end_of_the_turn() -> None:
    box, loop = outbox()
    to = transport()
    for _ in range(1000):
        box.put(to, b"1")
    assert len(written(to)) > 900
    while loop.run():
        pass
    assert written(to) == b"1" * 1000


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


def test_closed_transport_is_skipped() -> None:
    box, loop = outbox()
    gone, here = transport(), transport()
    box.put(gone, b"1")
    box.put(here, b"2")
    gone.close()
    assert loop.run()
    assert (written(gone), written(here)) == (b"", b"2")


def test_answer_is_written_at_the_end_of_the_turn() -> None:
    cut = MemoryConnection(Limits())
    cut.send(ASK)
    assert not cut.transport.written
    assert cut.loop.run()
    assert cut.transport.written.count(b"HTTP/1.1 200") == 1


def test_answer_is_written_before_the_connection_closes() -> None:
    cut = MemoryConnection(Limits())
    cut.send(ASK, FAREWELL)
    assert cut.transport.written.count(b"HTTP/1.1 200") == 2
    assert cut.transport.ended


def test_answer_is_written_before_a_refusal() -> None:
    cut = MemoryConnection(Limits())
    cut.send(ASK, NONSENSE)
    first, _, second = bytes(cut.transport.written).partition(b"HTTP/1.1 400")
    assert first.startswith(b"HTTP/1.1 200")
    assert second


def test_answer_is_written_before_the_server_ends() -> None:
    cut = MemoryConnection(Limits())
    cut.send(ASK)
    cut.transport.get_write_buffer_size = lambda: len(cut.transport.written)  # type: ignore[attr-defined]
    cut.connection.end()
    assert cut.transport.written.startswith(b"HTTP/1.1 200")
    assert cut.transport.ended


def test_answer_is_written_before_an_abort() -> None:
    cut = MemoryConnection(Limits(kept=2000))
    cut.send(ASK + ASK.replace(b"/a", b"/thread") + bytes(4000))
    assert cut.transport.closed
    assert cut.transport.written.startswith(b"HTTP/1.1 200")


def test_answer_is_written_before_eof_received_returns() -> None:
    """Over asyncio's TLS the transport closes when `eof_received` returns."""
    cut = MemoryConnection(Limits())
    cut.send(ASK)
    cut.finish()
    assert cut.transport.written.startswith(b"HTTP/1.1 200")
