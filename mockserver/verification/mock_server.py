"""`token-mockserver serve` in a process of its own, on a free port."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LONGEST_START = 30  # seconds
_LONGEST_STOP = 10


class ServerFailed(Exception):
    """A server that did not start; the text is its output."""


@contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """Start a server with its files in the empty `folder`, and yield its address.

    Raises:
        ServerFailed: If it does not start.
    """
    port_file, log = folder / "port", folder / "log"
    command = [sys.executable, "-m", "mockserver", "serve"]
    flags = ["--port", "0", "--port-file", str(port_file)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, *flags], cwd=folder, env=_environment(), stdout=output, stderr=output
        )
    try:
        yield f"http://127.0.0.1:{_port(process, port_file, log)}"
    finally:
        _stop(process)


def _environment() -> dict[str, str]:
    """Return this environment without settings of the server, and with this `mockserver`."""
    home = str(Path(__file__).parents[2])
    kept = {name: value for name, value in os.environ.items() if not _is_setting(name)}
    paths = [home, *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)}


def _is_setting(name: str) -> bool:
    return name.startswith("TOKEN_MOCKSERVER_")


def _port(process: subprocess.Popen[bytes], port_file: Path, log: Path) -> int:
    deadline = time.monotonic() + _LONGEST_START
    while not port_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise ServerFailed(f"no server: {log.read_text().strip() or 'it printed nothing'}")
        time.sleep(0.02)
    return int(port_file.read_text())


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_LONGEST_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
