"""Servers as processes that are pinned to one processor, and their use of resources."""

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
    command: Sequence[str], cwd: Path, cpu: int | None = SERVER_CPU
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `command` on one processor, or all for None; kill it and its children at the end."""
    with (cwd / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command if cpu is None else ["taskset", "-c", str(cpu), *command],
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
    """Return a free port whose successor is free too, outside of the range of client ports."""
    clients = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.sample(range(clients - 10_000, clients - 1, 2), 100):
        with suppress(OSError), socket.socket() as probe, socket.socket() as next_probe:
            probe.bind(("", port))
            next_probe.bind(("", port + 1))
            return port
    raise RuntimeError("no port is free")


def answer(url: str, ask: Ask) -> bytes:
    """Send a request and return the body of the answer.

    Raises:
        RuntimeError: The status is wrong.
        OSError: There is no answer.
    """
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
    """Return the seconds from now until the first correct answer."""
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
    """Return the resident memory of a process and its children in MiB."""
    return sum(map(_resident, _family(pid))) / (1 << 20)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process and its children have used."""
    fields = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2] for each in _family(pid)]
    ticks = sum(int(number) for text in fields for number in text.split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def descriptors(pid: int) -> int:
    """Return the number of open files and sockets of a process."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid: int) -> int:
    """Return the number of threads of a process."""
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
