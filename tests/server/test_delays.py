"""Delays hold no thread and no other request, and pass in real time."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

import freezegun
import pytest
import time_machine

from mockserver.model.http import Request, Response
from tests.server.servers import HeldCall, make, plain_kinds, serving_as, started
from tests.server.socket_client import SocketClient
from tests.server.table.case import LATER, request

MANY = 1000
resource = pytest.importorskip("resource", reason="no limits of descriptors to raise here")


@pytest.fixture
def descriptors() -> None:
    """Raise the limit of descriptors to both ends of MANY connections, if the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * MANY + 200
    if soft < needed:
        if hard != resource.RLIM_INFINITY and hard < needed:
            pytest.skip(f"{needed} descriptors are needed, the system allows {hard}: NOT TESTED")
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


@pytest.mark.usefixtures("descriptors")
@plain_kinds
def test_thousand_delays_need_no_thread(kind: str) -> None:
    """A thousand answers are delayed without an end, and sent when the server ends."""
    asked = threading.Semaphore(0)

    def answer(request: Request) -> Response:
        asked.release()
        return Response(200, body=b"x", delay=600.0 if request.path == "/" else 0.01)

    with serving_as(kind, answer) as server, ExitStack() as stack:
        threads = threading.active_count()
        clients = [stack.enter_context(SocketClient(server)) for _ in range(MANY)]
        for client in clients:
            client.send(request("GET /"))
        for _ in clients:
            assert asked.acquire(timeout=20)
        assert threading.active_count() <= threads  # one of an earlier test may have ended
        with SocketClient(server) as quick:
            quick.exchange(request("GET /quick"), b"HTTP/1.1 200")
        server.stop()
        assert {client.read(17) for client in clients} == {b"HTTP/1.1 200 OK\r\n"}


def test_call_in_a_thread_blocks_no_other_request() -> None:
    held = HeldCall(Response(200))
    with started(make(held)) as server, SocketClient(server) as waiting, ExitStack() as stack:
        waiting.send(request("GET /thread"))
        assert held.called.wait(10)
        for _ in range(20):
            free = stack.enter_context(SocketClient(server))
            free.exchange(request("GET /a"), b"HTTP/1.1 200")
        held.release.set()
        assert waiting.read(12) == b"HTTP/1.1 200"


STOPS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "freezegun.freeze_time('2026-01-01')": lambda: freezegun.freeze_time("2026-01-01"),
    "time_machine.travel('2026-01-01', tick=False)": lambda: time_machine.travel(
        "2026-01-01", tick=False
    ),
}
stopped_times = pytest.mark.parametrize("stopped", STOPS, ids=["freezegun", "time-machine"])


@stopped_times
@pytest.mark.parametrize("kind", ["plain", "plain uvloop", "tls"])
def test_delay_ends_while_time_stands(stopped: str, kind: str) -> None:
    with serving_as(kind) as server, SocketClient(server, kind) as client, STOPS[stopped]():
        client.exchange(request("GET /later"), LATER)
    with STOPS[stopped](), serving_as(kind) as server, SocketClient(server, kind) as client:
        client.exchange(request("GET /later"), LATER)


@stopped_times
def test_delay_ends_where_time_stood_before_the_import(stopped: str) -> None:
    """The first test that imports the server may have stopped time already."""
    program = f"""
import socket, freezegun, time_machine
with {stopped}:
    from tests.server.servers import make, started
    with started(make()) as server:
        client = socket.create_connection(("127.0.0.1", server.port))
        client.settimeout(10)
        client.sendall(b"GET /later HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n")
        print(client.recv(12))
        client.close()
"""
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert output.stdout == "b'HTTP/1.1 200'\n"
