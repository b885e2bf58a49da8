"""A server in the main thread of a process, and errors of listening."""

import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from mockserver.model.errors import ConfigurationError
from mockserver.server import listen
from tests.server.servers import make, started
from tests.server.table.case import CLOSE

PROGRAM = """
import sys, threading
from mockserver.model.http import Response
if sys.argv[1] == "SteadyLoop":
    sys.modules["uvloop"] = None  # as if it were not installed
from mockserver.server import WireServer, event_loop, listen

def answer(request):
    if request.path == "/hang":
        print("called", flush=True)
        threading.Event().wait()
    return Response(200, body=b"at last", delay=600 if request.path == "/long" else 0)

server = WireServer(answer, listener=listen("127.0.0.1", 0), http_date=str,
                    in_thread=lambda request: request.path == "/hang")
with_loop = event_loop.fast_loop()
print(type(with_loop).__name__, flush=True)
with_loop.close()
ended = server.run(lambda: print(server.port, flush=True))
print(repr(ended), threading.active_count(), flush=True)
"""


@contextmanager
def running(loop: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Run the program on the event loop named `loop`; yield its process and its port."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, loop],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == f"{loop}\n"
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def talk(port: int, path: str, host: str = "127.0.0.1") -> socket.socket:
    connection = socket.create_connection((host, port), 10)
    try:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
    except OSError:
        connection.close()
        raise
    return connection


loops = pytest.mark.parametrize("loop", ["SteadyLoop", "Loop"], ids=["asyncio", "uvloop"])


@loops
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_the_server_in_order(loop: str, number: signal.Signals) -> None:
    """Delayed answers are sent, no thread is left, stderr is empty."""
    with running(loop) as (process, port), talk(port, "/long") as late, talk(port, "/a") as kept:
        assert kept.recv(12) == b"HTTP/1.1 200"
        process.send_signal(number)
        output, errors = process.communicate(timeout=20)
        assert (output, errors, process.returncode) == (f"{number!r} 1\n", "", 0)
        assert late.recv(1000).endswith(f"{CLOSE}\r\nat last".encode())


@loops
def test_what_clients_have_begun_is_finished(loop: str) -> None:
    """A kept connection and half a request are answered, and told that it was the last time."""
    with (
        running(loop) as (process, port),
        talk(port, "/a") as kept,
        socket.create_connection(("127.0.0.1", port), 10) as half,
    ):
        half.sendall(b"GET /a HTTP/1.1\r\nHo")
        assert CLOSE not in kept.recv(1000).decode()
        process.send_signal(signal.SIGTERM)
        with suppress(ConnectionError):
            while True:
                talk(port, "/a").close()
        kept.sendall(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
        half.sendall(b"st: h\r\n\r\n")
        for client in (kept, half):
            assert CLOSE in client.recv(1000).decode()
            assert client.recv(1000) == b""
        assert process.communicate(timeout=20)[1] == ""


@loops
@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_second_signal_ends_the_process_at_once(loop: str, second: signal.Signals) -> None:
    """A call in a thread that never returns does not keep the process."""
    with running(loop) as (process, port), talk(port, "/hang") as hanging:
        assert process.stdout
        assert process.stdout.readline() == "called\n"
        process.send_signal(signal.SIGTERM)
        assert hanging.recv(1) == b""  # it has waited half a second for the call
        process.send_signal(second)
        assert process.wait(20) == -second


def test_signal_handlers_are_restored() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    server = make()
    assert server.run(lambda: signal.raise_signal(signal.SIGINT)) is signal.SIGINT
    assert {number: signal.getsignal(number) for number in before} == before


HOST = "; a host is an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all"


@pytest.mark.parametrize(("host", "port", "reason", "cure"), [
    ("127.0.0.1", None, "127.0.0.1:{port}: Address already in use", "; port 0 takes a free one"),
    ("192.0.2.1", 0, "192.0.2.1:0: Cannot assign requested address", HOST),
    ("nowhere.invalid", 0, "nowhere.invalid:0: ", HOST),
    ("a..b", 0, "a..b:0: ", HOST),
    ("127.0.0.1", 65536, "127.0.0.1:65536: ", " ports go from 0 to 65535"),
    ("2001:db8::1", 0, "[2001:db8::1]:0: ", HOST),
])  # fmt: skip
def test_listen_error_names_the_address(
    host: str, port: int | None, reason: str, cure: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1] if port is None else port
        with pytest.raises(ConfigurationError) as raised:
            listen(host, number)
    text = str(raised.value)
    assert text.startswith("cannot listen on " + reason.format(port=number))
    assert text.endswith(cure)
    assert "\n" not in text


@pytest.mark.parametrize(("number", "cure"), [
    (errno.EACCES, "; choose a port above 1023"), (errno.EMFILE, ""),
])  # fmt: skip
def test_listen_error_has_only_the_remedy_of_its_cause(
    number: int, cure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's refusal is simulated: root, and users of many containers, may use any port."""

    def refused(*_: object, **__: object) -> socket.socket:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket, "create_server", refused)
    with pytest.raises(ConfigurationError) as raised:
        listen("127.0.0.1", 80)
    assert str(raised.value) == f"cannot listen on 127.0.0.1:80: {os.strerror(number)}{cure}"


@pytest.mark.parametrize(("host", "addresses"), [
    ("127.0.0.1", ["127.0.0.1"]),
    ("localhost", ["127.0.0.1"]),
    ("", ["127.0.0.1"]),
    ("::1", ["::1"]),
    ("::", ["::1", "127.0.0.1"]),
])  # fmt: skip
def test_listens_at_every_address_of_a_host(host: str, addresses: list[str]) -> None:
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6: hosts of IPv6 are NOT TESTED")
    with started(make(host=host)) as server:
        for address in addresses:
            with talk(server.port, "/a", address) as client:
                assert client.recv(12) == b"HTTP/1.1 200"


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
