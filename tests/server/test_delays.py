"""Delays hold no thread, and nobody else."""

import threading
from contextlib import ExitStack

import pytest

from mockserver.model.http import Request, Response
from tests.server.raw import Client
from tests.server.servers import make, serving_as, started
from tests.server.table.case import ok, request

MANY = 1000
resource = pytest.importorskip("resource", reason="no limits of descriptors to raise here")


@pytest.fixture
def descriptors() -> None:
    """Enough for both ends of MANY connections, if the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * MANY + 200
    if soft < needed:
        if hard != resource.RLIM_INFINITY and hard < needed:
            pytest.skip(f"{needed} descriptors are needed, the system allows {hard}: NOT TESTED")
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


@pytest.mark.usefixtures("descriptors")
@pytest.mark.parametrize("kind", ["plain", "plain uvloop"])
def test_a_thousand_are_delayed_at_once(kind: str) -> None:
    """All are in the middle of a delay that never ends, and all are sent when the server ends."""
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


def test_a_short_delay_overtakes_a_long_one() -> None:
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


def test_a_call_in_a_thread_holds_nobody() -> None:
    """Else the loop could not answer the request for which the thread waits."""
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


def test_on_the_loop_one_request_at_a_time() -> None:
    with serving_as("plain") as server, ExitStack() as stack:
        clients = [stack.enter_context(Client(server)) for _ in range(20)]
        for client in clients:
            client.send(request("GET /a"))
        assert {client.read(len(ok("GET /a"))) for client in clients} == {ok("GET /a")}
