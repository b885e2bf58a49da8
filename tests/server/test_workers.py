"""Several worker processes at one socket, ended by real signals."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "programs" / "workers.py"
DEATH = re.compile(r"worker ([0-9]+) ended by SIGKILL; another starts in ([0-9.]+) s")

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="there is no /proc here: workers are NOT TESTED"
)


class Running:
    """The program. Its workers share its pipes, which end when all processes are gone."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.pid = process.pid
        self.port = int(self.line())

    def line(self) -> str:
        """Return the next printed line."""
        assert self.process.stdout
        return self.process.stdout.readline()

    def ask(self, path: str) -> socket.socket:
        """Send a request; return its connection."""
        connection = socket.create_connection(("127.0.0.1", self.port), 20)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        return connection

    def worker(self) -> int:
        """Return the id of the process that answers."""
        with self.ask("/") as connection:
            return worker_of(connection)

    def workers(self, count: int) -> set[int]:
        """Return the ids of `count` processes that answer."""
        found: set[int] = set()
        while len(found) < count:
            found.add(self.worker())
        return found

    def is_open(self) -> bool:
        """Return True if the port accepts connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def ended(self) -> tuple[int, str, str]:
        """Return the exit code and what was printed until the last process was gone."""
        output, errors = self.process.communicate(timeout=30)
        return self.process.returncode, output, errors


def worker_of(connection: socket.socket) -> int:
    answer = connection.recv(1000).decode()
    assert answer.startswith("HTTP/1.1 200"), answer
    return int(answer.rpartition("\n")[2])


@contextmanager
def running(count: int, *arguments: str) -> Iterator[Running]:
    with start(str(count), *arguments) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


def start(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(PROGRAM), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that a signal can go to all of them
    )


def wait_for_end(pid: int) -> None:
    """Return once the process is a zombie or gone."""
    stat = Path(f"/proc/{pid}/stat")
    with suppress(FileNotFoundError):
        while stat.read_text().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.01)


def test_all_workers_answer_at_one_port() -> None:
    with running(3) as program:
        assert program.pid not in program.workers(3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to the parent", "to all"])
def test_signal_ends_all_workers_in_order(number: signal.Signals, send: object) -> None:
    """Delayed answers are sent, stderr is empty, no process and no descriptor is left."""
    assert callable(send)
    with running(2) as program, ExitStack() as stack:
        late = [stack.enter_context(program.ask("/late")) for _ in range(8)]
        workers = program.workers(2)
        send(program.pid, number)
        assert {worker_of(connection) for connection in late} <= workers
        assert program.ended() == (0, f"{number!r} 0\n", "")


def test_second_signal_kills_all_workers() -> None:
    with running(2) as program, program.ask("/hang") as hanging:
        assert program.line() == "hangs\n"
        program.process.send_signal(signal.SIGTERM)
        assert hanging.recv(1) == b""  # it has waited half a second for the call
        assert not program.is_open()
        program.process.send_signal(signal.SIGTERM)
        assert program.ended() == (-signal.SIGTERM, "", "")


@pytest.mark.parametrize("hung", [0, 1], ids=["the first", "the last"])
def test_second_signal_kills_a_hung_worker_after_others_have_ended(hung: int) -> None:
    with running(2) as program:
        workers = sorted(program.workers(2))
        os.kill(workers[hung], signal.SIGSTOP)
        program.process.send_signal(signal.SIGTERM)
        wait_for_end(workers[1 - hung])
        program.process.send_signal(signal.SIGTERM)
        assert program.ended() == (-signal.SIGTERM, "", "")


def test_hung_worker_is_killed_after_the_grace() -> None:
    with running(2, "brief") as program:
        hung = min(program.workers(2))
        os.kill(hung, signal.SIGSTOP)
        program.process.send_signal(signal.SIGTERM)
        expected = f"worker {hung} does not end and is killed\n"
        assert program.ended() == (0, f"{signal.SIGTERM!r} 0\n", expected)


def test_ignored_hangup_stays_ignored() -> None:
    """A server that was started with nohup outlives its terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with running(2) as program:
            os.killpg(program.pid, signal.SIGHUP)
            assert len(program.workers(2)) == 2
            program.process.terminate()
            assert program.ended() == (0, f"{signal.SIGTERM!r} 0\n", "")
    finally:
        signal.signal(signal.SIGHUP, before)


def test_workers_end_in_order_without_their_parent() -> None:
    with running(2) as program, program.ask("/late") as late:
        workers = program.workers(2)
        program.process.kill()
        assert worker_of(late) in workers
        assert program.ended() == (-signal.SIGKILL, "", "")
        assert not program.is_open()


def test_dead_worker_is_replaced() -> None:
    with running(2) as program:
        dead = program.worker()
        os.kill(dead, signal.SIGKILL)
        assert dead not in program.workers(2)
        program.process.terminate()
        code, output, errors = program.ended()
        assert (code, output) == (0, f"{signal.SIGTERM!r} 0\n")
        assert [match[1] for match in DEATH.finditer(errors)] == [str(dead)]


def test_pause_before_replacement_doubles() -> None:
    with running(1) as program:
        for _ in range(3):
            os.kill(program.worker(), signal.SIGKILL)
        program.worker()
        program.process.terminate()
        _, _, errors = program.ended()
        assert [match[2] for match in DEATH.finditer(errors)] == ["0.1", "0.2", "0.4"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("stillborn", "MockServerError('the first worker ended with exit code 3')"),
        ("misled", "ConfigurationError('nothing is right here')"),
    ],
)
def test_error_of_the_first_worker_is_raised_once(how: str, said: str) -> None:
    """No further worker is started, and the error is reported once."""
    with start("3", how) as process:
        assert process.communicate(timeout=30) == (f"{said}\n", "")
