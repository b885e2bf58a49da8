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
from tests.server.servers import CERTIFICATE, KINDS, make, serving_as, started
from tests.server.socket_client import Client
from tests.server.table.case import CLOSE, LIMITS, ok, request, wire

A = request("GET /a")
BODY = Limits().body
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
kinds = pytest.mark.parametrize("kind", KINDS)


@kinds
def test_reading_stops_during_a_pending_answer(kind: str) -> None:
    """During a pending answer the client has to wait; it goes on after the answer."""
    release = threading.Event()

    def answer(request: Request) -> Response:
        if request.path == "/thread":
            assert release.wait(20)
        return Response(204)

    with started(make(answer, tls="tls" in kind), kind) as server, Client(server, kind) as client:
        client.socket.settimeout(0.3)
        client.send(request("GET /thread"))
        with pytest.raises(TimeoutError):
            client.send_until_refused(request("GET /a", "Y: " + "y" * 30_000))
        release.set()
        client.socket.settimeout(10)
        assert client.read(2 * len(EMPTY)) == 2 * EMPTY


def test_reading_pauses_at_the_limit_and_resumes() -> None:
    cut = MemoryConnection(LIMITS)
    cut.connection.data_received(request("GET /later") + b"G" * LIMITS.read_ahead)
    assert not cut.transport.paused
    cut.connection.data_received(b"E")
    assert cut.transport.paused
    cut.settle()
    assert not cut.transport.paused


def test_requests_wait_while_writing_is_paused() -> None:
    """A client that does not receive its answers gets no further ones."""
    cut = MemoryConnection(LIMITS)
    cut.connection.pause_writing()
    cut.send(A)
    assert cut.seen == (b"", False)
    cut.connection.data_received(b"\r\n" * LIMITS.read_ahead)
    assert cut.transport.paused
    cut.connection.resume_writing()
    assert cut.seen == (ok("GET /a"), False)
    assert not cut.transport.paused


PARTS = {
    "length": request("POST /a", "Content-Length: 60") + b"x" * 50,
    "chunks": request("POST /a", "Transfer-Encoding: chunked") + b"32\r\n" + b"x" * 50 + b"\r\n",
}


@pytest.mark.parametrize("framing", PARTS)
def test_kept_bytes_over_the_limit_get_503(framing: str) -> None:
    """Half a body of each of many clients would fill the memory."""
    with serving_as("plain", limits=Limits(kept=100)) as server, ExitStack() as stack:
        first, second, third, fourth = (stack.enter_context(Client(server)) for _ in range(4))
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


def test_many_requests_in_one_piece_are_answered_in_turns() -> None:
    cut = MemoryConnection(LIMITS)
    cut.connection.data_received(A * 40)
    answered = [cut.seen[0].count(b"HTTP/1.1 200")]
    while cut.loop.run():
        answered.append(cut.seen[0].count(b"HTTP/1.1 200"))
    assert sorted(set(answered)) == [16, 32, 40]
    assert not cut.transport.paused


def test_reading_pauses_between_turns() -> None:
    cut = MemoryConnection(LIMITS)
    cut.connection.data_received(A * 40)
    assert cut.transport.paused
    cut.settle()
    assert (cut.seen, cut.transport.paused) == ((ok("GET /a") * 40, False), False)


def test_requests_before_eof_are_all_answered() -> None:
    cut = MemoryConnection(LIMITS)
    cut.connection.data_received(A * 40)
    cut.finish()
    cut.settle()
    assert cut.seen == (ok("GET /a") * 40, True)


def test_eof_while_writing_is_paused() -> None:
    cut = MemoryConnection(LIMITS)
    cut.connection.pause_writing()
    cut.send(A)
    cut.finish()
    assert cut.seen == (b"", False)
    cut.connection.resume_writing()
    assert cut.seen == (ok("GET /a"), True)


@kinds
def test_connections_over_the_limit_get_503(kind: str) -> None:
    limits = Limits(connections=2)
    with serving_as(kind, limits=limits) as server, Client(server, kind) as first:
        with Client(server, kind) as second:
            for client in (first, second):
                client.send(A)
                assert client.read(len(ok("GET /a"))) == ok("GET /a")
            with Client(server, kind) as third:
                third.send(A)  # its first byte shows if the answer has to be inside TLS
                assert third.read_all() == wire(503, "There are too many connections.", CLOSE)
        first.send(A)
        assert first.read(len(ok("GET /a"))) == ok("GET /a")


@pytest.mark.parametrize("kind", ["plain", "plain uvloop"])
def test_accepting_resumes_after_a_shortage_of_descriptors(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listener stays readable, so accepting pauses instead of failing again at once."""
    refusals: list[int] = []

    class Short(socket.socket):
        def accept(self) -> tuple[socket.socket, object]:
            if len(refusals) < 3:
                refusals.append(EMFILE)
                raise OSError(EMFILE, "Too many open files")
            return super().accept()

    monkeypatch.setattr(http_server, "_SHORTAGE", 0.02)
    server = make()
    server._listener = Short(fileno=server._listener.detach())
    with started(server, kind), Client(server) as client:
        client.send(A)
        assert client.read(len(ok("GET /a"))) == ok("GET /a")
        assert len(refusals) == 3


def test_stop_during_a_shortage_of_descriptors() -> None:
    class Short(socket.socket):
        def accept(self) -> tuple[socket.socket, object]:
            refused.set()
            raise OSError(EMFILE, "Too many open files")

    refused = threading.Event()
    server = make()
    server._listener = Short(fileno=server._listener.detach())
    with started(server), Client(server):
        assert refused.wait(10)


def test_closed_connections_do_not_count() -> None:
    with serving_as("plain", limits=Limits(connections=1)) as server:
        for _ in range(20):
            with Client(server) as client:
                client.send(request("GET /a", "Connection: close"))
                assert client.read_all() == ok("GET /a", connection=CLOSE)


@pytest.mark.parametrize("kind", ["plain", "tls"])
@pytest.mark.parametrize("chunks", [False, True], ids=["length", "chunks"])
def test_too_large_body_gets_413(kind: str, chunks: bool) -> None:
    """The client sends all before it reads, so that the rest has to be dropped."""
    body = b"x" * (4 * BODY)
    scheme = "https" if kind == "tls" else "http"
    with serving_as(kind) as server:
        answer = requests.post(
            f"{scheme}://localhost:{server.port}/",
            data=iter([body]) if chunks else body,
            timeout=20,
            verify=str(CERTIFICATE),
        )
    assert (answer.status_code, answer.text) == (413, f"The body is over {BODY} bytes.\n")


def test_body_at_the_limit_is_answered() -> None:
    def answer(request: Request) -> Response:
        return Response(200, body=str(len(request.body)).encode())

    with serving_as("plain", answer) as server:
        for data in (b"x" * BODY, iter([b"x" * 1000] * 8000)):
            answered = requests.post(f"http://127.0.0.1:{server.port}/", data=data, timeout=20)
            assert answered.status_code == 200
            assert answered.text in {str(BODY), "8000000"}


def test_incomplete_request_is_acknowledged_at_once() -> None:
    """Nagle's algorithm: a body is held back until the head is acknowledged."""
    cut = MemoryConnection(LIMITS)
    cut.send(request("POST /a", "Content-Length: 3"))
    assert cut.transport.options
    cut.transport.options.clear()
    cut.send(b"abc", A)
    assert not cut.transport.options


def test_bytes_before_connection_made_are_kept() -> None:
    """`start_tls` can hand over bytes before `connection_made`."""
    cut = MemoryConnection(LIMITS, made=False)
    cut.connection.data_received(A[:9])
    cut.connection.data_received(A[9:] + A)
    cut.make()
    assert cut.seen == (ok("GET /a") * 2, False)


def test_eof_before_connection_made_is_kept() -> None:
    cut = MemoryConnection(LIMITS, made=False)
    cut.connection.data_received(A)
    assert not cut.connection.eof_received()
    cut.make()
    assert cut.seen == (ok("GET /a"), True)


def test_connection_lost_before_connection_made() -> None:
    cut = MemoryConnection(LIMITS, made=False)
    cut.connection.data_received(A)
    cut.connection.connection_lost(None)
    cut.make()
    assert cut.seen == (b"", False)
