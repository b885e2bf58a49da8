"""A real server in the test process: for any client, and for connections that really break."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from mockserver.admin.application import new_application
from mockserver.emulator.namespaces import Settings
from mockserver.model.errors import MockServerError
from mockserver.server import WireServer, listen, server_of
from mockserver.storage.open_backend import MEMORY
from mockserver.testing.controls import Controls
from mockserver.testing.mock_settings import with_hosts
from mockserver.testing.remote_mock import RemoteMock
from mockserver.testing.transport import local


class TokenServer(Controls):
    """All vendors on a port of this machine, from a thread of this process; a context manager.

    `url`: where it is, while it is started. Each vendor's `base_url` is below it. `settings`,
    `hosts`, `seed` and `freeze` as in `TokenMock`; `port` 0 takes a free one. `store`: the URL
    of where state is kept.
    """

    def __init__(  # noqa: PLR0913 - by name only
        self,
        *,
        settings: Settings | None = None,
        hosts: Mapping[str, Sequence[str]] | None = None,
        seed: int | None = None,
        freeze: datetime | str | float | None = None,
        port: int = 0,
        store: str = MEMORY,
    ) -> None:
        tables = with_hosts(settings or {}, hosts or {})
        self._front = new_application(tables, seed=seed, store=store)
        self._front.check()
        self._freeze = freeze
        self._port = port
        self._wire: WireServer | None = None
        super().__init__(local(self._front, self._host))
        self._begin()

    @property
    def url(self) -> str:
        """The server's address. Raises MockServerError if it is not started."""
        if self._wire is None:
            raise MockServerError("the server is not started: it has no address")
        return f"http://{self._host()}"

    def start(self) -> None:
        """Answer from now on, until `stop`. Raises ConfigurationError if the port is taken."""
        if self._wire is not None:
            raise MockServerError("the server is started already")
        wire = server_of(self._front, listen("127.0.0.1", self._port))
        wire.start()
        self._wire = wire
        self._handles.clear()  # their addresses have the port

    def stop(self) -> None:
        """Answer no more: connections are closed, the thread ends. The state stays."""
        if self._wire is not None:
            self._wire.stop()
            self._wire = None

    def reset(self) -> None:
        """Everything as when this server was made, a frozen clock too."""
        super().reset()
        self._begin()

    def _begin(self) -> None:
        if self._freeze is not None:
            self.clock.freeze(self._freeze)

    def _host(self) -> str:
        return "localhost" if self._wire is None else f"127.0.0.1:{self._wire.port}"

    def namespace(self) -> RemoteMock:
        """A fresh state of its own on this server, for one of those who share it."""
        return RemoteMock(self.url).namespace()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
