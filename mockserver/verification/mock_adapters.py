"""The ways to reach the mock of a run; the same handlers answer through each."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from werkzeug.serving import WSGIRequestHandler, make_server

from mockserver.adapters.flask import create_app
from mockserver.admin.application import new_application
from mockserver.model.http import Request, Response
from mockserver.server import WireServer, listen
from mockserver.testing.controls import Controls
from mockserver.testing.remote_mock import RemoteMock
from mockserver.testing.token_mock import TokenMock
from mockserver.testing.token_server import TokenServer

_LONGEST_START = 30  # seconds
_LONGEST_STOP = 10  # seconds


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


@dataclass(frozen=True)
class RunningMock:
    """A mock that runs: its controls, and the addresses of a vendor and of a Host."""

    mock: Controls
    root: str
    base_url: Callable[[str], str]
    by_host: Callable[[str], str]


@contextmanager
def _server(_folder: Path) -> Iterator[RunningMock]:
    with TokenServer() as server:
        yield _at(server, server.url)


@contextmanager
def _serve(folder: Path) -> Iterator[RunningMock]:
    with running_server(folder) as root:
        yield _at(RemoteMock(root), root)


class _Unlogged(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Log nothing: a log would hold the tokens that are sent in queries."""


@contextmanager
def _flask(_folder: Path) -> Iterator[RunningMock]:
    server = make_server("127.0.0.1", 0, create_app(), threaded=True, request_handler=_Unlogged)
    thread = Thread(target=server.serve_forever)
    thread.start()
    root = f"http://127.0.0.1:{server.server_port}"
    try:
        yield _at(RemoteMock(root), root)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _requests(_folder: Path) -> Iterator[RunningMock]:
    with TokenMock() as mock:
        yield RunningMock(
            mock, "the mock", lambda name: mock.vendors[name].base_url, "https://{}".format
        )


@contextmanager
def _planted(_folder: Path) -> Iterator[RunningMock]:
    application = new_application({})

    def answer(request: Request) -> Response:
        return with_one_divergence(request, application.answer(request))

    wire = WireServer(
        answer,
        listener=listen("127.0.0.1", 0),
        in_thread=application.may_block,
        http_date=application.http_date,
    )
    wire.start()
    try:
        root = f"http://127.0.0.1:{wire.port}"
        yield _at(RemoteMock(root), root)
    finally:
        wire.stop()


def with_one_divergence(request: Request, response: Response) -> Response:
    """Return a success with the first name in its body changed; any other response unchanged."""
    if "/__admin" in request.path or response.status >= 300 or response.body[:2] != b'{"':
        return response
    name, quote, rest = response.body[2:].partition(b'"')
    return response._replace(body=b'{"' + name + b"_" + quote + rest)


def _at(mock: Controls, root: str) -> RunningMock:
    return RunningMock(mock, root, lambda vendor: f"{root}/{vendor}", lambda _host: root)


MOCK_ADAPTERS: dict[str, Callable[[Path], AbstractContextManager[RunningMock]]] = {
    "server": _server,
    "serve": _serve,
    "flask": _flask,
    "requests": _requests,
    "planted": _planted,
}
"""The adapters by name; each is a context manager that takes an empty folder.

`server` is a thread of this process, `serve` the command, `flask` the application behind Werkzeug,
`requests` the interception in this process, and `planted` a server at which the checks must fail.
"""
