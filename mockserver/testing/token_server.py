"""A server in the test process: for clients in any language, and with real broken connections."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from mockserver.admin.application import new_application
from mockserver.console import answer_page
from mockserver.emulator.namespaces import Settings, with_hosts
from mockserver.model.errors import MockServerError, check_flags
from mockserver.server import WireServer, listen, server_of
from mockserver.storage import MEMORY
from mockserver.testing.controls import Controls
from mockserver.testing.remote_mock import RemoteMock


class TokenServer(Controls):
    """All vendors on a port of this machine, from a thread of this process; a context manager.

    Args:
        settings: By vendor, a table of its settings.
        hosts: By vendor, further host names that lead to it.
        seed: The seed of the random numbers for probabilities and delays; None for a random seed.
        freeze: The moment at which the clock stands from the start: ISO 8601 text, a datetime, or
            Unix seconds.
        port: The TCP port; 0 for a free one.
        store: The URL of the store that keeps the state.
        offline: Refuse the requests that the server receives as a proxy for other hosts than the
            vendors'.
        upstream_proxies: By scheme, the proxies through which these hosts are reached, and under
            "no" the hosts that are reached directly: the form in which
            `urllib.request.getproxies_environment` returns them.
        verdicts: Record of each request what the rules for token clients need.
        ca_dir: The folder of the certificate authority for https; None for one in memory.

    Raises:
        ConfigurationError: For a setting, host, store or folder that is unknown or cannot be used.
        TypeError: For `offline` or `verdicts` that is neither True nor False, or a `port` that is
            not an integer.
        ValueError: For a `port` that is not from 0 to 65535.
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
        offline: bool = False,
        upstream_proxies: Mapping[str, str] | None = None,
        verdicts: bool = True,
        ca_dir: Path | str | None = None,
    ) -> None:
        check_flags(offline=offline)
        _check_port(port)  # before the store is opened
        tables = with_hosts(settings or {}, hosts or {})
        self._application = new_application(
            tables,
            seed=seed,
            store=store,
            pages=answer_page,
            verdicts=verdicts,
            ca_folder=None if ca_dir is None else lambda: Path(ca_dir),
        )
        self._application.check()
        self._application.certificates.check_folder()
        self._port = port
        self._offline = offline
        self._upstream = dict(upstream_proxies or {})
        self._wire: WireServer | None = None
        self._process = os.getpid()
        super().__init__(self._call, freeze)

    @property
    def url(self) -> str:
        """The server's address.

        Raises:
            MockServerError: If it is not started.
        """
        if self._wire is None:
            raise MockServerError("the server is not started: it has no address")
        return f"http://{self._host()}"

    def start(self) -> None:
        """Begin to answer.

        Raises:
            ConfigurationError: If the port is taken.
            MockServerError: If it is started already.
        """
        if self._wire is not None:
            raise MockServerError("the server is started already")
        listener = listen("127.0.0.1", self._port)
        wire = server_of(
            self._application, listener, offline=self._offline, upstream=self._upstream
        )
        wire.start()
        self._wire = wire
        self._process = os.getpid()
        self._handles.clear()  # the addresses in them contain the port

    def stop(self) -> None:
        """Close all connections and end the thread; the state is kept."""
        if self._wire is not None:
            self._wire.stop()
            self._wire = None

    def _call(self, name: str, body: Any = None, /, **parameters: str) -> Any:
        if self._process != os.getpid():
            where = " with its address" if self._wire is None else f"({self.url!r})"
            raise MockServerError(
                f"the server belongs to process {self._process}; the controls here reach a copy of "
                f"its state only: use RemoteMock{where}"
            )
        return self._application.call(name, body, host=self._host(), **parameters)

    def _host(self) -> str:
        return "localhost" if self._wire is None else f"127.0.0.1:{self._wire.port}"

    def namespace(self, name: str | None = None) -> RemoteMock:
        """Return the controls of a namespace: a state of its own on this server.

        Args:
            name: 1 to 100 letters, digits and `. _ ~ -`; None for a new namespace.
        """
        return RemoteMock(self.url).namespace(name)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _check_port(port: object) -> None:
    text = f"port must be a number from 0 to 65535, not {port!r}"
    if isinstance(port, bool) or not isinstance(port, int):
        raise TypeError(text)
    if not 0 <= port <= 65535:
        raise ValueError(text)
