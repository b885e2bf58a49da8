"""A real server in the test process: for any client, and for connections that really break."""

from typing import Self

from mockserver.control.front import Front, may_block
from mockserver.doors.wire import WireServer
from mockserver.engine.assembly import Settings, assemble
from mockserver.mock.controls import Controls
from mockserver.mock.remote_mock import RemoteMock
from mockserver.mock.sending import near


class TokenServer(Controls):
    """All vendors on a port of this machine, from a thread of this process; a context manager.

    `url`: where it is. Each vendor's `base_url` is below it. `settings` and `seed` as in
    `TokenMock`; `port` 0 takes a free one. Raises ConfigurationError if it is taken.
    """

    def __init__(
        self, *, settings: Settings | None = None, seed: int | None = None, port: int = 0
    ) -> None:
        self._front = Front(lambda: assemble(settings or {}, seed))
        self._wire = WireServer(
            self._front.answer,
            host="127.0.0.1",
            port=port,
            in_thread=may_block,
            http_date=self._front.engine.state.clock.http_date,
        )
        super().__init__(near(self._front.answer, host=lambda: f"127.0.0.1:{self._wire.port}"))

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._wire.port}"

    def start(self) -> None:
        """Answer from now on, until `stop`."""
        self._wire.start()

    def stop(self) -> None:
        """Answer no more: connections are closed, the thread ends."""
        self._wire.stop()

    def namespace(self) -> RemoteMock:
        """A fresh state of its own on this server, for one of those who share it."""
        return RemoteMock(self.url).namespace()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
