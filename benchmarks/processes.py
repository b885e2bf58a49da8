"""Servers as processes, pinned to a processor, and what they take of the machine."""

import http.client
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.load import Ask

SERVER_CPU, CLIENT_CPU = 0, min(1, (os.cpu_count() or 1) - 1)
_PATIENCE = 60.0


@contextmanager
def running(
    command: Sequence[str], cwd: Path, cpu: int = SERVER_CPU
) -> Iterator["subprocess.Popen[bytes]"]:
    """`command` on one processor, until it is killed with all that it has started."""
    with (cwd / "server.log").open("wb") as log:
        process = subprocess.Popen(
            ["taskset", "-c", str(cpu), *command],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    """A port that nobody has, and the next one too; none of those that clients are given."""
    clients = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.sample(range(clients - 10_000, clients - 1, 2), 100):
        with suppress(OSError), socket.socket() as probe, socket.socket() as next_probe:
            probe.bind(("", port))
            next_probe.bind(("", port + 1))
            return port
    raise RuntimeError("no port is free")


def answer(url: str, ask: Ask) -> bytes:
    """The body of the right answer. Raises RuntimeError for another status, OSError for none."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(ask.method, ask.path, ask.body or None, dict(ask.headers))
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != ask.status:
        raise RuntimeError(f"{ask.method} {url}{ask.path}: {response.status}, {body[:200]!r}")
    return body


def await_answer(process: "subprocess.Popen[bytes]", url: str, ask: Ask) -> float:
    """Seconds, from now, until the first right answer."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < _PATIENCE:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} has ended")
        try:
            answer(url, ask)
            return time.perf_counter() - begin
        except (OSError, RuntimeError, http.client.HTTPException):
            time.sleep(0.002)
    raise RuntimeError(f"no right answer from {process.args!r}")


def memory(pid: int) -> float:
    """MiB in memory of a process and all that it has started."""
    return sum(map(_resident, _family(pid))) / (1 << 20)


def descriptors(pid: int) -> int:
    """How many files and sockets a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid: int) -> int:
    """How many threads a process has."""
    return len(os.listdir(f"/proc/{pid}/task"))


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread may end meanwhile
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
