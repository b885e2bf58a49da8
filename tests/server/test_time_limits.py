"""Each time limit by itself: one is short, all others are long."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from mockserver.model.http import Request, Response
from mockserver.server import Limits, WireServer
from tests.server.echo import answer
from tests.server.servers import serving_as
from tests.server.socket_client import SocketClient
from tests.server.table.case import EARLY, ok, request, wire

FAR = Limits(first_byte=600, head_time=600, body_time=600, idle=600, take=600, linger=600)
SOON = 0.05
A, OK = request("GET /a"), ok("GET /a")
LATE = wire(408, "The request takes too long.")
HEADS = (b"G", b"GET /a HTTP/1.1\r\nHost: h\r\n", b"\r\n\r")

each_kind = pytest.mark.parametrize("kind", ["plain", "plain uvloop", "tls"])


@contextmanager
def limited(kind: str = "plain", **soon: float) -> Iterator[WireServer]:
    with serving_as(kind, answer, replace(FAR, **soon)) as server:  # type: ignore[arg-type]
        yield server


@each_kind
@pytest.mark.parametrize(("limit", "sent", "answered"), [
    ("first_byte", b"", b""),
    ("idle", A, OK),
    *(("head_time", A + head, OK + LATE) for head in HEADS),
    ("body_time", request("POST /a", "Content-Length: 3") + b"ab", LATE),
])  # fmt: skip
def test_connection_ends_at_its_limit(kind: str, limit: str, sent: bytes, answered: bytes) -> None:
    with limited(kind, **{limit: SOON}) as server, SocketClient(server, kind) as client:
        client.send(sent)
        assert client.read_all() == answered


def test_handshake_limit() -> None:
    with limited("tls", first_byte=SOON) as server, SocketClient(server) as client:
        assert client.gone()


def test_idle_limit_restarts_with_every_answer() -> None:
    with limited(idle=2) as server, SocketClient(server) as client:
        for _ in range(11):
            client.exchange()
            assert client.silent(0.2)
        assert client.gone()


@pytest.mark.parametrize(
    ("limit", "before", "piece"),
    [("head_time", b"", b"a"), ("first_byte", b"", b"\r\n"), ("idle", A, b"\r\n")],
)
def test_limit_does_not_restart_with_every_piece(limit: str, before: bytes, piece: bytes) -> None:
    """A client that sends single bytes of a head, or empty lines, gets no more time."""
    with limited("plain", **{limit: 0.2}) as server, SocketClient(server) as client:
        if before:
            client.exchange(before)
        sent = 0
        while client.silent(0.02):
            client.send(piece)
            sent += 1
            assert sent < 100
        assert sent


def test_each_head_has_its_own_limit() -> None:
    """A head may begin in the packet in which the one before ends."""
    with limited(head_time=2) as server, SocketClient(server) as client:
        client.send(b"GET /a HTTP/1.1\r\n")
        for _ in range(3):
            assert client.silent(0.8)
            client.exchange(b"Host: h\r\n\r\n" + b"GET /a HTTP/1.1\r\n")


def test_limits_do_not_apply_to_pending_answers() -> None:
    def slow(request: Request) -> Response:
        return Response(200, body=b"x", delay=1.5)

    short = Limits(first_byte=1, head_time=1, body_time=1, take=1, linger=1, idle=9)
    with serving_as("plain", slow, short) as server:
        for path in ("/a", "/thread"):
            with SocketClient(server) as client:
                client.exchange(request(f"GET {path}"), b"HTTP/1.1 200")


@each_kind
def test_answer_that_is_not_received_is_aborted(kind: str) -> None:
    """The system's buffers take some; then the server waits for `take` seconds."""
    body = b"x" * (16 << 20)

    def large(request: Request) -> Response:
        return Response(200, body=body)

    with (
        serving_as(kind, large, replace(FAR, take=0.2)) as server,
        SocketClient(server, kind) as client,
    ):
        client.send(A * 2)
        client.read(1)
        while server._state.connections:
            time.sleep(0.01)
        assert received(client) < 2 * len(body)


def received(client: SocketClient) -> int:
    total = 0
    try:
        while part := client.socket.recv(1 << 20):
            total += len(part)
    except OSError:
        pass  # cut off
    return total


def test_lingering_drops_input_and_ends_with_a_reset() -> None:
    """A client that keeps sending is cut off after `linger` seconds."""
    for linger, dropped in ((SOON, False), (FAR.linger, True)):
        with limited(linger=linger) as server, SocketClient(server) as client:
            client.send(b"\0")
            assert client.read_all().startswith(b"HTTP/1.1 400")
            if dropped:
                client.send(b"x" * 1_000_000)
            else:
                while server._state.connections:
                    time.sleep(0.01)
                with pytest.raises(OSError, match=r"reset by peer|Broken pipe"):
                    client.send_until_refused(b"x")


def test_eof_inside_a_head_gets_400() -> None:
    with limited() as server, SocketClient(server) as client:
        client.send(b"GET /")
        client.finish()
        assert client.read_all() == EARLY
