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
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from mockserver.server.workers import FIRST_PAUSE, LONGEST_PAUSE, STEADY, WorkerSlot, ending

PROGRAM = Path(__file__).parent / "programs" / "workers.py"
DEATH = re.compile(r"worker ([0-9]+) ended by SIGKILL; another starts in ([0-9.]+) s")
ENDED = f"{signal.SIGTERM!r} 0\n"

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

    def terminated(self) -> str:
        """Return what was printed to stderr until SIGTERM ended the program in order."""
        self.process.terminate()
        code, output, errors = self.ended()
        assert (code, output) == (0, ENDED)
        return errors


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
    with suppress(FileNotFoundError, ProcessLookupError):
        while stat.read_text().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to the parent", "to all"])
def test_signal_ends_all_workers_in_order(number: signal.Signals, send: object) -> None:
    """Delayed answers are sent, stderr is empty, no process and no descriptor is left."""
    assert callable(send)
    with running(2) as program, ExitStack() as stack:
        late = [stack.enter_context(program.ask("/late")) for _ in range(8)]
        workers = program.workers(2)
        assert program.pid not in workers
        send(program.pid, number)
        assert {worker_of(connection) for connection in late} <= workers
        assert program.ended() == (0, f"{number!r} 0\n", "")


def test_second_signal_kills_all_workers() -> None:
    with running(2) as program, program.ask("/hang") as hanging:
        assert program.line() == "hangs\n"
        program.process.terminate()
        assert hanging.recv(1) == b""  # it has waited half a second for the call
        assert not program.is_open()
        program.process.terminate()
        assert program.ended() == (-signal.SIGTERM, "", "")


@pytest.mark.parametrize("hung", [0, 1], ids=["the first", "the last"])
def test_second_signal_kills_a_hung_worker_after_others_have_ended(hung: int) -> None:
    with running(2) as program:
        workers = sorted(program.workers(2))
        os.kill(workers[hung], signal.SIGSTOP)
        program.process.terminate()
        wait_for_end(workers[1 - hung])
        program.process.terminate()
        assert program.ended() == (-signal.SIGTERM, "", "")


def test_hung_worker_is_killed_after_the_grace() -> None:
    with running(2, "brief") as program:
        hung = min(program.workers(2))
        os.kill(hung, signal.SIGSTOP)
        assert program.terminated() == f"worker {hung} does not end and is killed\n"


def test_ignored_hangup_stays_ignored() -> None:
    """A server that was started with nohup outlives its terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with running(2) as program:
            os.killpg(program.pid, signal.SIGHUP)
            assert len(program.workers(2)) == 2
            assert program.terminated() == ""
    finally:
        signal.signal(signal.SIGHUP, before)


def test_workers_end_in_order_without_their_parent() -> None:
    with running(2) as program, program.ask("/late") as late:
        workers = program.workers(2)
        program.process.kill()
        assert worker_of(late) in workers
        assert program.ended() == (-signal.SIGKILL, "", "")
        assert not program.is_open()


@pytest.mark.parametrize("count", [1, 2])
def test_dead_worker_is_replaced_after_a_pause_that_doubles(count: int) -> None:
    with running(count) as program:
        dead = []
        for _ in range(3 if count == 1 else 1):
            dead.append(program.worker())
            os.kill(dead[-1], signal.SIGKILL)
        assert dead[-1] not in program.workers(count)
        expected = list(zip(map(str, dead), ["0.1", "0.2", "0.4"], strict=False))
        assert DEATH.findall(program.terminated()) == expected


@pytest.mark.parametrize(("how", "said"), [
    ("stillborn", "MockServerError('the first worker ended with exit code 3')"),
    ("misled", "ConfigurationError('nothing is right here')"),
])  # fmt: skip
def test_error_of_the_first_worker_is_raised_once(how: str, said: str) -> None:
    """No further worker is started, and the error is reported once."""
    with start("3", how) as process:
        assert process.communicate(timeout=30) == (f"{said}\n", "")


def ended(code: int) -> BaseProcess:
    """Return a process that ended with an exit code, or by a signal if it is negative."""
    target, argument = (os._exit, code) if code >= 0 else (signal.raise_signal, -code)
    process = get_context("spawn").Process(target=target, args=(argument,))
    process.start()
    process.join()
    return process


class DyingProcesses:
    """Starts processes that have ended when `start` returns, by a clock that the test sets."""

    def __init__(self) -> None:
        self.now = 100.0
        self.started: list[float] = []
        self.slot = WorkerSlot(self.start, lambda: self.now)

    def start(self) -> BaseProcess:
        self.started.append(self.now)
        return ended(3)

    def replace(self) -> float:
        """Wait for the pause to pass and start the next; return the pause."""
        pause = self.slot.keep()
        assert pause is not None
        assert self.slot.process is None
        assert self.slot.keep() == pytest.approx(pause)
        self.now += pause
        assert self.slot.keep() is None
        return pause


def test_pause_doubles_while_workers_die_soon(caplog: pytest.LogCaptureFixture) -> None:
    dying = DyingProcesses()
    assert dying.slot.keep() is None
    assert dying.started == [100.0]
    assert dying.slot.process
    first = dying.slot.process.pid
    pauses = [dying.replace() for _ in range(10)]
    doubled = [FIRST_PAUSE * 2**power for power in range(9)]
    assert pauses == pytest.approx([*doubled, LONGEST_PAUSE])
    assert caplog.messages[0] == f"worker {first} ended with exit code 3; another starts in 0.1 s"
    dying.now += STEADY
    assert dying.slot.keep() is None  # a steady worker is replaced at once
    assert dying.replace() == pytest.approx(FIRST_PAUSE)


@pytest.mark.parametrize(("code", "words"), [(0, "with exit code 0"), (-9, "by SIGKILL")])
def test_ending_in_words(code: int, words: str) -> None:
    assert ending(ended(code)) == f"ended {words}"
