"""The end of a server in a thread: fast, in order, and with nothing left open."""

import gc
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from mockserver.adapters.framing import FINAL_BYTES
from mockserver.model.http import Fault, Request, Response
from tests.server import echo
from tests.server.servers import HeldCall, kinds, make, serving_as, started
from tests.server.socket_client import SocketClient
from tests.server.table.case import CLOSE, ok, request, said

DESCRIPTORS = "/proc/self/fd"
THREAD = request("GET /thread")


@pytest.fixture
def descriptors() -> Callable[[], int]:
    """Return a function that counts the open descriptors of this process."""
    if not os.path.isdir(DESCRIPTORS):
        pytest.skip(f"there is no {DESCRIPTORS}: leaks of descriptors are NOT TESTED")
    return lambda: len(os.listdir(DESCRIPTORS))


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def held(request: Request) -> Response:
    """Answer as the echo does; at /long after ten minutes."""
    if request.path.startswith("/long"):
        fault = Fault(request.query) if request.query else None
        return Response(200, (("Date", echo.DATE),), b"at last", delay=600, fault=fault)
    return echo.answer(request)


@kinds
def test_end_closes_connections_in_every_state(kind: str, descriptors: Callable[[], int]) -> None:
    with serving_as(kind, held):
        pass  # whatever is opened once and kept
    gc.collect()
    before = descriptors()
    with ExitStack() as stack:
        with serving_as(kind, held) as server:
            open_in_every_state(stack, lambda: SocketClient(server, kind))
            if "tls" in kind:
                stack.enter_context(SocketClient(server)).send(b"\x16\x03\x01")
        assert is_closed(server.port)
    gc.collect()
    assert descriptors() == before


def open_in_every_state(stack: ExitStack, connect: Callable[[], SocketClient]) -> None:
    """Open one connection in every state of `ConnectionState`."""
    for sent, answered in [
        (b"", 0),
        (request("GET /a"), len(ok("GET /a"))),
        (b"GET /a HTTP/1.1\r\n", 0),
        (request("POST /a", "Content-Length: 3"), 0),
        (request("GET /long"), 0),
        (request("GET /long") + request("GET /a", "Y: " + "y" * 30_000) * 9, 0),
        (b"\0", 17),
        (request("GET /large") * 200, 17),
        (request("GET /thread-later"), 0),
    ]:
        client = stack.enter_context(connect())
        client.send(sent)
        client.read(answered)


def is_closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@kinds
def test_delayed_answers_and_faults_are_sent_at_the_end(kind: str) -> None:
    expected = {"/long": said(b"at last", CLOSE), "/long/2": said(b"at last", CLOSE)}
    expected |= {f"/long?{fault}": words for fault, words in FINAL_BYTES.items()}
    with serving_as(kind, held) as server, ExitStack() as stack:
        clients = {path: stack.enter_context(SocketClient(server, kind)) for path in expected}
        for path, client in clients.items():
            client.exchange(request("GET /a") + request(f"GET {path}") + request("GET /never"))
        server.stop()
        assert {path: client.read_all() for path, client in clients.items()} == expected


@kinds
@pytest.mark.parametrize("delay", [0.0, 600.0])
def test_end_waits_for_a_call_in_a_thread(kind: str, delay: float) -> None:
    """Its answer is sent if the client is still connected."""
    held = HeldCall(Response(200, (("Date", echo.DATE),), b"late", delay=delay))
    with (
        started(make(held, tls="tls" in kind), kind) as server,
        SocketClient(server, kind) as client,
    ):
        client.send(THREAD)
        assert held.called.wait(10)
        timer = threading.Timer(0.1, held.release.set)
        timer.start()
        server.stop()
        assert held.release.is_set()
        assert client.read_all() == said(b"late", CLOSE)
        timer.join()


def test_end_waits_for_a_slow_call_without_its_answer() -> None:
    held = HeldCall(Response(200))
    with started(make(held)) as server, SocketClient(server) as client:
        client.send(THREAD)
        assert held.called.wait(10)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        assert client.read_all() == b""
        assert stopping.is_alive()
        held.release.set()
        stopping.join(10)
        assert not stopping.is_alive()


def test_calls_that_have_not_begun_are_cancelled() -> None:
    calls, release = [], threading.Event()
    eight, received = threading.Semaphore(0), threading.Semaphore(0)

    def in_thread(request: Request) -> bool:
        if request.path == "/here":
            return False
        received.release()
        return True

    def answer(request: Request) -> Response:
        if request.path == "/thread":
            calls.append(request.path)
            eight.release()
            assert release.wait(20)
        return Response(200)

    server = make(answer, in_thread=in_thread)
    with ExitStack() as stack:
        stack.enter_context(started(server))
        clients = [stack.enter_context(SocketClient(server)) for _ in range(20)]
        for client in clients:
            client.send(request("GET /here"))  # a connection that waits to be taken is reset
            assert client.read(38).endswith(b"Content-Length: 0\r\n\r\n")
            client.send(THREAD)
        for seen in (*[received] * 20, *[eight] * 8):  # a request not read yet would be reset
            assert seen.acquire(timeout=10)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        assert clients[-1].read_all() == b""
        release.set()
        stopping.join(10)
    assert len(calls) == 8


def test_client_gone_during_a_call() -> None:
    held = HeldCall(Response(200, delay=600))
    with started(make(held)) as server:
        with SocketClient(server) as client:
            client.send(THREAD)
            assert held.called.wait(10)
            client.reset_on_close()
        with SocketClient(server) as other:  # by now the loop has seen the reset of the first
            other.send(request("GET /status/none", "Connection: close"))
            held.release.set()


@kinds
def test_stop_twice_and_without_start(kind: str) -> None:
    server = make(tls="tls" in kind)
    port = server.port
    server.stop()
    assert is_closed(port)
    server.stop()
    with pytest.raises((OSError, ValueError)):
        server.start()
    server.stop()


def test_servers_beside_and_after_each_other_leave_nothing_open(
    descriptors: Callable[[], int],
) -> None:
    counts = []
    with serving_as("plain") as one, SocketClient(one) as first:
        for _ in range(20):
            with serving_as("plain") as other, SocketClient(other) as second:
                assert one.port != other.port
                first.exchange()
                second.exchange()
            counts.append(descriptors())
    assert len(set(counts)) == 1
