"""Bounds on what a client can make the server keep, answer and accept."""

import socket
import threading
from contextlib import ExitStack
from dataclasses import replace
from errno import EMFILE

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.http import Request, Response
from mockserver.server import Limits, http_server
from tests.server.in_memory import MemoryConnection
from tests.server.servers import (
    CERTIFICATE,
    HeldCall,
    kinds,
    make,
    plain_kinds,
    serving_as,
    started,
)
from tests.server.socket_client import SocketClient
from tests.server.table.case import CLOSE, LIMITS, ok, request, wire

A, OK = request("GET /a"), ok("GET /a")
BODY = Limits().body
PARTS = {
    "length": request("POST /a", "Content-Length: 60") + b"x" * 50,
    "chunks": request("POST /a", "Transfer-Encoding: chunked") + b"32\r\n" + b"x" * 50 + b"\r\n",
}


@kinds
def test_reading_stops_during_a_pending_answer(kind: str) -> None:
    """During a pending answer the client has to wait; it goes on after the answer."""
    held, empty = HeldCall(Response(204)), b"HTTP/1.1 204 No Content\r\n\r\n"
    with (
        started(make(held, tls="tls" in kind), kind) as server,
        SocketClient(server, kind) as client,
    ):
        client.socket.settimeout(0.3)
        client.send(request("GET /thread"))
        with pytest.raises(TimeoutError):
            client.send_until_refused(request("GET /a", "Y: " + "y" * 30_000))
        held.release.set()
        client.socket.settimeout(10)
        assert client.read(2 * len(empty)) == 2 * empty


@kinds
def test_a_client_that_sends_empty_lines_for_ever_is_cut_off(kind: str) -> None:
    with started(make(tls="tls" in kind), kind) as server, SocketClient(server, kind) as client:
        client.exchange()
        client.exchange(b"\r\n" * 4096 + A)
        client.send(b"\r\n" * (Limits().line // 2))
        client.exchange()
        for _ in range(Limits().line // 1024 + 1):
            client.send(b"\r\n" * 512)
        refusal = "There are too many empty lines before a request."
        assert client.read_all() == wire(400, refusal, CLOSE)


@pytest.fixture
def cut() -> MemoryConnection:
    return MemoryConnection(LIMITS)


def test_reading_pauses_at_the_limit_and_resumes(cut: MemoryConnection) -> None:
    cut.connection.data_received(request("GET /later") + b"G" * LIMITS.read_ahead)
    assert not cut.transport.paused
    cut.connection.data_received(b"E")
    assert cut.transport.paused
    cut.settle()
    assert not cut.transport.paused


@pytest.mark.parametrize("finished", [False, True])
def test_requests_wait_while_writing_is_paused(cut: MemoryConnection, finished: bool) -> None:
    """A client that does not receive its answers gets no further ones."""
    cut.connection.pause_writing()
    cut.send(A)
    if finished:
        cut.finish()
    else:
        cut.connection.data_received(b"\r\n" * LIMITS.read_ahead)
        assert cut.transport.paused
    assert cut.seen == (b"", False)
    cut.connection.resume_writing()
    assert cut.seen == (OK, finished)
    assert not cut.transport.paused


@pytest.mark.parametrize("finished", [False, True])
def test_many_requests_in_one_piece_are_answered_in_turns(
    cut: MemoryConnection, finished: bool
) -> None:
    cut.connection.data_received(A * 40)
    assert cut.transport.paused
    if finished:
        cut.finish()
    answered = [cut.seen[0].count(b"HTTP/1.1 200")]
    while cut.loop.run():
        answered.append(cut.seen[0].count(b"HTTP/1.1 200"))
    assert sorted(set(answered)) == [16, 32, 40]
    assert cut.seen == (OK * 40, finished)
    assert finished or not cut.transport.paused


@pytest.mark.parametrize("framing", PARTS)
def test_kept_bytes_over_the_limit_get_503(framing: str) -> None:
    """Half a body of each of many clients would fill the memory."""
    with serving_as("plain", limits=Limits(kept=100)) as server, ExitStack() as stack:
        first, second, third, fourth = (stack.enter_context(SocketClient(server)) for _ in range(4))
        for client in (first, second):
            client.send(PARTS[framing])
            assert client.silent(0.1)
        third.send(PARTS[framing])
        assert third.read_all() == wire(503, "There is too much to read.", CLOSE)
        first.finish()
        first.read_all()
        fourth.send(PARTS[framing])
        assert fourth.silent(0.1)


@given(st.binary(max_size=40), st.integers(1, 9), st.integers(20, 200), st.booleans())
def test_count_of_kept_bytes_is_exact(more: bytes, step: int, kept: int, chunks: bool) -> None:
    """The count is 0 after the connection is lost, whatever was sent, however it was cut."""
    cut = MemoryConnection(replace(LIMITS, kept=kept))
    sent = PARTS["chunks" if chunks else "length"] + more + A + request("GET /later") + more
    for start in range(0, len(sent), step):
        cut.send(sent[start : start + step])
        assert cut.state.kept == cut.connection._reader.kept <= kept + LIMITS.read_ahead
    cut.settle()
    assert cut.state.kept == cut.connection._reader.kept
    cut.connection.connection_lost(None)
    assert cut.state.kept == 0


@kinds
def test_connections_over_the_limit_get_503(kind: str) -> None:
    """Closed connections do not count."""
    with (
        serving_as(kind, limits=Limits(connections=2)) as server,
        SocketClient(server, kind) as first,
    ):
        with SocketClient(server, kind) as second:
            first.exchange()
            second.exchange()
            with SocketClient(server, kind) as third:
                third.send(A)  # its first byte shows if the answer has to be inside TLS
                assert third.read_all() == wire(503, "There are too many connections.", CLOSE)
        first.exchange()
        for _ in range(20):
            with SocketClient(server, kind) as client:
                client.send(request("GET /a", "Connection: close"))
                assert client.read_all() == ok("GET /a", connection=CLOSE)


class ShortListener(socket.socket):
    """Fails for want of descriptors, `failures` times."""

    failures = 3

    def accept(self) -> tuple[socket.socket, object]:
        if self.failures:
            self.failures -= 1
            raise OSError(EMFILE, "Too many open files")
        return super().accept()


@plain_kinds
def test_accepting_resumes_after_a_shortage_of_descriptors(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listener stays readable, so accepting pauses instead of failing again at once."""
    monkeypatch.setattr(http_server, "_SHORTAGE", 0.02)
    server = make()
    server._listener = listener = ShortListener(fileno=server._listener.detach())
    with started(server, kind), SocketClient(server) as client:
        client.exchange()
        assert listener.failures == 0


def test_stop_during_a_shortage_of_descriptors() -> None:
    refused = threading.Event()

    class Short(ShortListener):
        def accept(self) -> tuple[socket.socket, object]:
            refused.set()
            raise OSError(EMFILE, "Too many open files")

    server = make()
    server._listener = Short(fileno=server._listener.detach())
    with started(server), SocketClient(server):
        assert refused.wait(10)


@pytest.mark.parametrize("kind", ["plain", "tls"])
@pytest.mark.parametrize("chunks", [False, True], ids=["length", "chunks"])
def test_body_over_the_limit_gets_413(kind: str, chunks: bool) -> None:
    """The client sends all before it reads, so that the rest has to be dropped."""

    def answer(request: Request) -> Response:
        return Response(200, body=str(len(request.body)).encode())

    with serving_as(kind, answer) as server:
        url = f"{'https' if kind == 'tls' else 'http'}://localhost:{server.port}/"
        for size, status, text in (
            (4 * BODY, 413, f"The body is over {BODY} bytes.\n"),
            (BODY, 200, str(BODY)),
        ):
            data = iter([b"x" * (BODY // 8)] * (8 * size // BODY)) if chunks else b"x" * size
            answered = requests.post(url, data=data, timeout=20, verify=str(CERTIFICATE))
            assert (answered.status_code, answered.text) == (status, text)


def test_incomplete_request_is_acknowledged_at_once(cut: MemoryConnection) -> None:
    """Nagle's algorithm: a body is held back until the head is acknowledged."""
    cut.send(request("POST /a", "Content-Length: 3"))
    assert cut.transport.options
    cut.transport.options.clear()
    cut.send(b"abc", A)
    assert not cut.transport.options


@pytest.mark.parametrize(
    ("then", "seen"),
    [("", (OK, False)), ("eof_received", (OK, True)), ("connection_lost", (b"", False))],
)
def test_events_before_connection_made_are_kept(then: str, seen: tuple[bytes, bool]) -> None:
    """`start_tls` can hand over bytes before `connection_made`."""
    cut = MemoryConnection(LIMITS, made=False)
    cut.connection.data_received(A[:9])
    cut.connection.data_received(A[9:])
    if then:
        getattr(cut.connection, then)(*([None] if then == "connection_lost" else []))
    cut.make()
    assert cut.seen == seen
