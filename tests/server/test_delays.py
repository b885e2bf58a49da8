"""Delays hold no thread and no other request."""

import threading
from contextlib import ExitStack

import pytest

from mockserver.model.http import Request, Response
from tests.server.servers import make, serving_as, started
from tests.server.socket_client import Client
from tests.server.table.case import ok, request

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
@pytest.mark.parametrize("kind", ["plain", "plain uvloop"])
def test_thousand_delays_need_no_thread(kind: str) -> None:
    """A thousand answers are delayed without an end, and sent when the server ends."""
    asked = threading.Semaphore(0)

    def answer(request: Request) -> Response:
        asked.release()
        return Response(200, body=b"x", delay=600.0)

    with serving_as(kind, answer) as server, ExitStack() as stack:
        threads = threading.active_count()
        clients = [stack.enter_context(Client(server)) for _ in range(MANY)]
        for client in clients:
            client.send(request("GET /"))
        for _ in clients:
            assert asked.acquire(timeout=20)
        assert threading.active_count() <= threads  # one of an earlier test may have ended
        server.stop()
        assert {client.read(17) for client in clients} == {b"HTTP/1.1 200 OK\r\n"}


def test_delays_do_not_wait_for_each_other() -> None:
    def answer(request: Request) -> Response:
        return Response(200, body=b"x", delay=float(request.query))

    with (
        serving_as("plain", answer) as server,
        Client(server) as patient,
        Client(server) as quick,
    ):
        patient.send(request("GET /?600"))
        quick.send(request("GET /?0.01"))
        assert quick.read(12) == b"HTTP/1.1 200"


def test_call_in_a_thread_does_not_block_the_loop() -> None:
    """The thread waits for a request that the loop answers."""
    called, release = threading.Event(), threading.Event()
    names = {}

    def answer(request: Request) -> Response:
        names[request.path] = threading.current_thread()
        if request.path == "/thread":
            called.set()
            assert release.wait(10)
        else:
            release.set()
        return Response(200, body=request.path.encode())

    with started(make(answer)) as server, Client(server) as held, Client(server) as free:
        held.send(request("GET /thread"))
        assert called.wait(10)
        free.send(request("GET /a"))
        assert free.read(12) == b"HTTP/1.1 200"
        assert held.read(12) == b"HTTP/1.1 200"
    assert names["/thread"] is not names["/a"]
    assert threading.main_thread() not in names.values()


def test_requests_of_many_connections_are_all_answered() -> None:
    with serving_as("plain") as server, ExitStack() as stack:
        clients = [stack.enter_context(Client(server)) for _ in range(20)]
        for client in clients:
            client.send(request("GET /a"))
        assert {client.read(len(ok("GET /a"))) for client in clients} == {ok("GET /a")}
