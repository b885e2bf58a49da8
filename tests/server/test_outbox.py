"""Answers of one turn of the loop leave together at its end, each before what comes after it."""

import asyncio
from typing import cast

from mockserver.model.http import Response
from mockserver.server import Limits
from mockserver.server.write_batch import WriteBatch
from tests.server.fake import PaperLoop, PaperTransport, Wire

ASK = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
LARGE = bytes(1 << 20)
FAREWELL = b"GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
NONSENSE = b"?\r\n\r\n"


def outbox() -> tuple[WriteBatch, PaperLoop]:
    loop = PaperLoop()
    return WriteBatch(cast(asyncio.AbstractEventLoop, loop)), loop


def transport() -> asyncio.Transport:
    return cast(asyncio.Transport, PaperTransport())


def written(to: asyncio.Transport) -> bytes:
    return bytes(cast(PaperTransport, to).written)


def test_nothing_is_written_before_the_end_of_the_turn_and_then_all_in_order() -> None:
    box, loop = outbox()
    one, other = transport(), transport()
    box.put(one, b"1")
    box.put(other, b"2")
    box.put(one, b"3")
    assert written(one) == written(other) == b""
    assert loop.run()
    assert (written(one), written(other)) == (b"13", b"2")
    assert not loop.run(), "asked for more than once in a turn"


def test_each_turn_has_an_end() -> None:
    box, loop = outbox()
    to = transport()
    for turn in (b"1", b"2"):
        box.put(to, turn)
        assert loop.run()
    assert written(to) == b"12"


def test_what_was_written_at_once_is_not_written_again() -> None:
    box, loop = outbox()
    to = transport()
    box.put(to, b"1")
    box.flush()
    box.put(to, b"2")
    while loop.run():
        pass
    assert written(to) == b"12"


def test_a_large_answer_waits_for_nothing_nor_does_what_came_before_it() -> None:
    box, _ = outbox()
    to = transport()
    box.put(to, b"1")
    box.put(to, bytes(1 << 20))
    assert len(written(to)) == 1 + (1 << 20)


def test_of_many_answers_the_first_does_not_wait_for_all() -> None:
    box, loop = outbox()
    to = transport()
    for _ in range(1000):
        box.put(to, b"1")
    assert len(written(to)) > 900
    while loop.run():
        pass
    assert written(to) == b"1" * 1000


def test_who_takes_no_large_answer_is_given_no_other() -> None:
    """However many requests came in one piece: their answers would fill the memory."""
    asked = []
    cut = Wire(Limits(), answer=lambda request: asked.append(request) or Response(200, (), LARGE))  # type: ignore[func-returns-value]
    write = cut.transport.write

    def clogged(data: bytes) -> None:
        write(data)
        cut.connection.pause_writing()

    cut.transport.write = clogged  # type: ignore[method-assign]
    cut.send(ASK * 16)
    assert len(asked) == 1


def test_who_has_gone_keeps_nobody_from_his_answer() -> None:
    box, loop = outbox()
    gone, here = transport(), transport()
    box.put(gone, b"1")
    box.put(here, b"2")
    gone.close()
    assert loop.run()
    assert (written(gone), written(here)) == (b"", b"2")


def test_a_request_is_answered_at_the_end_of_the_turn() -> None:
    cut = Wire(Limits())
    cut.send(ASK)
    assert not cut.transport.written
    assert cut.loop.run()
    assert cut.transport.written.count(b"HTTP/1.1 200") == 1


def test_an_answer_comes_before_the_end() -> None:
    cut = Wire(Limits())
    cut.send(ASK, FAREWELL)
    assert cut.transport.written.count(b"HTTP/1.1 200") == 2
    assert cut.transport.ended


def test_an_answer_comes_before_a_refusal() -> None:
    cut = Wire(Limits())
    cut.send(ASK, NONSENSE)
    first, _, second = bytes(cut.transport.written).partition(b"HTTP/1.1 400")
    assert first.startswith(b"HTTP/1.1 200")
    assert second


def test_an_answer_comes_before_the_end_of_the_server() -> None:
    cut = Wire(Limits())
    cut.send(ASK)
    cut.transport.get_write_buffer_size = lambda: len(cut.transport.written)  # type: ignore[attr-defined]
    cut.connection.end()
    assert cut.transport.written.startswith(b"HTTP/1.1 200")
    assert cut.transport.ended


def test_an_answer_comes_before_its_client_is_sent_away() -> None:
    cut = Wire(Limits(kept=2000))
    cut.send(ASK + ASK.replace(b"/a", b"/thread") + bytes(4000))
    assert cut.transport.closed
    assert cut.transport.written.startswith(b"HTTP/1.1 200")


def test_an_answer_comes_before_the_end_of_input() -> None:
    """Over TLS the transport is closed as soon as the protocol was told."""
    cut = Wire(Limits())
    cut.send(ASK)
    cut.finish()
    assert cut.transport.written.startswith(b"HTTP/1.1 200")
