"""Delays hold no thread, and nobody else."""

import threading
import time
from contextlib import ExitStack

import pytest

from mockserver.core.http import Request, Response
from tests.doors.wire.raw import Client
from tests.doors.wire.servers import make, serving_as, started
from tests.doors.wire.table.case import ok, request

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


def one_second(request: Request) -> Response:
    return Response(200, body=b"x", delay=1.0)


@pytest.mark.usefixtures("descriptors")
@pytest.mark.parametrize("kind", ["plain", "plain uvloop"])
def test_a_thousand_seconds_in_few(kind: str) -> None:
    with serving_as(kind, one_second) as server, ExitStack() as stack:
        clients = [stack.enter_context(Client(server)) for _ in range(MANY)]
        threads = threading.active_count()
        begin = time.monotonic()
        for client in clients:
            client.send(request("GET /"))
        ends = {client.read(17) for client in clients}
        seconds = time.monotonic() - begin
        assert threading.active_count() <= threads  # one of an earlier test may have ended
    assert ends == {b"HTTP/1.1 200 OK\r\n"}
    assert 1.0 <= seconds < 10.0  # 1000 in one thread, 125 in eight


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
