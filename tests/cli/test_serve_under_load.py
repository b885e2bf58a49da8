"""`serve` under floods that it has to bound, and its end in the middle of work."""

import http.client
import os
import re
import resource
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import requests

from tests.command_line import Served, serving
from tests.vendor_tokens import DATASENTINEL_LOGIN

TOKEN = "/ds-api/user-token"
STATM = Path("/proc/self/statm")
MIB = 1 << 20

pytestmark = pytest.mark.skipif(
    not STATM.exists(), reason="there is no /proc: the memory of a flood is NOT TESTED"
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving("--port", "0", cwd=tmp_path) as server:
        assert_answers(server)
        yield server


def memory(server: Served) -> float:
    """MiB that the server has in memory."""
    pages = (STATM.parents[1] / str(server.process.pid) / "statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / MIB


def assert_answers(server: Served) -> None:
    answer = requests.post(server.url + TOKEN, headers=DATASENTINEL_LOGIN, timeout=20)
    assert answer.status_code == 201


def connect(server: Served, stack: ExitStack) -> socket.socket:
    return stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 20))


def test_slow_clients_block_no_other(served: Served) -> None:
    """A thousand clients are in the middle of a head."""
    before = memory(served)
    with ExitStack() as stack:
        for number in range(1000):
            slow = connect(served, stack)
            slow.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * (number % 2000))
        assert_answers(served)
        assert memory(served) - before < 40


def test_memory_is_bounded_when_answers_are_never_read(served: Served) -> None:
    before = memory(served)
    with ExitStack() as stack:
        for _ in range(20):
            flood = connect(served, stack)
            flood.settimeout(0.2)
            with suppress(TimeoutError):
                while True:
                    flood.sendall(b"GET /ds-api/ HTTP/1.1\r\nHost: h\r\n\r\n" * 1000)
        assert_answers(served)
        assert memory(served) - before < 40


def test_memory_is_bounded_when_bodies_never_end(served: Served) -> None:
    """A hundred clients have sent 7 of 8 MiB: more than all of them together may."""
    refused = 0
    with ExitStack() as stack:
        clients = [connect(served, stack) for _ in range(100)]
        for client in clients:
            head = f"POST {TOKEN} HTTP/1.1\r\nHost: h\r\nContent-Length: {8 * MIB}\r\n\r\n"
            with suppress(OSError):
                client.sendall(head.encode() + bytes(7 * MIB))
        assert_answers(served)
        assert memory(served) < 600
        for client in clients:
            client.settimeout(0.01)
            with suppress(OSError):
                refused += client.recv(12) == b"HTTP/1.1 503"
        assert 50 <= refused < 100


def test_connections_beyond_the_usual_limit_of_open_files_are_answered(tmp_path: Path) -> None:
    """The usual limit is 1024; the server asks the system for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1000:
        pytest.skip(f"the system allows {hard} open files: more are NOT TESTED")
    with ExitStack() as stack:
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
        try:
            server = stack.enter_context(serving("--port", "0", cwd=tmp_path))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1000), hard))
        clients = [connect(server, stack) for _ in range(400)]
        for client in clients:
            client.sendall(b"GET /ds-api/ HTTP/1.1\r\nHost: h\r\n\r\n")
        assert {client.recv(12) for client in clients} == {b"HTTP/1.1 200"}


def test_server_ends_under_load_with_whole_answers_only(served: Served) -> None:
    """Each client sees right answers, then a connection that is closed or refused."""
    seen: list[str] = []
    started = threading.Barrier(9)

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
        for number in range(1_000_000):
            try:
                connection.request("POST", TOKEN, headers=DATASENTINEL_LOGIN)
                answer = connection.getresponse()
                token = re.fullmatch(rb'{"user-token":"[\w.-]+"}', answer.read())
                seen.append("right" if token and answer.status == 201 else "wrong")
                if answer.getheader("Connection") == "close":
                    break
            except ConnectionError:  # closed with nothing on it: the request came too late
                break
            except Exception as error:
                seen.append(repr(error))
                break
            if number == 20:
                started.wait(20)
        connection.close()

    clients = [threading.Thread(target=work) for _ in range(8)]
    for client in clients:
        client.start()
    started.wait(20)
    assert served.end(signal.SIGTERM) == (0, "")
    for client in clients:
        client.join(20)
    assert set(seen) == {"right"}
    assert len(seen) > 8 * 20
