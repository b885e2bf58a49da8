"""The Python clients that a mock answers in this process, each at the highest function it can."""

import sys
from collections.abc import Collection

import responses

from mockserver.adapters.httpx_exchange import HttpxExchange
from mockserver.adapters.interception import ActiveLayers, Layer
from mockserver.adapters.other_process import GUARD, check_process
from mockserver.adapters.requests import Interception
from mockserver.admin.application import Application
from mockserver.testing.socket_clients import SocketClients

CLIENTS = ("requests", "httpx", "httpx2", "sockets")
"""What can be answered; "sockets" are all other clients on Python's own sockets."""


class PythonClients:
    """Answers clients in this process from `start` to `stop`, from every thread.

    `requests`, `httpx` and `httpx2` are answered without a socket; all others are led to a
    loopback server of the same application.

    Args:
        application: What answers.
        passthrough: Let requests to other hosts go where they would have gone; False makes them
            raise what the client raises for a refused connection.
        clients: Those of `CLIENTS` that are answered.

    Raises:
        ValueError: For a client that is not one of `CLIENTS`.
    """

    def __init__(
        self, application: Application, *, passthrough: bool, clients: Collection[str]
    ) -> None:
        for name in clients:
            if name not in CLIENTS:
                raise ValueError(f"clients: {name!r} is not one of {', '.join(CLIENTS)}")
        self._engine = application.engine
        self._passthrough = passthrough
        self._clients = clients
        self._requests = Interception(
            self._engine.answer, self.is_vendor_host, passthrough=passthrough
        )
        self._sockets = SocketClients(application, self.is_vendor_host, passthrough=passthrough)
        self._active = ActiveLayers()

    @property
    def response(self) -> responses.BaseResponse:
        """A rule for a user's `responses` mock that matches requests to the vendors' hosts."""
        return self._requests.response

    @property
    def url(self) -> str:
        """The address of the loopback server, started at the first call."""
        return self._sockets.url

    def start(self) -> None:
        """Begin to answer; it may be called again, and ends with as many calls of `stop`.

        Raises:
            ActiveElsewhere: While a mock is started in another thread.
        """
        self._active.lay(self._layers())
        GUARD.add(self._hosts())

    def stop(self) -> None:
        """End the last `start`, or do nothing; after the first one all is as it was before."""
        if not self.is_started:
            return
        self._active.lift()
        GUARD.remove(self._hosts())
        if not self.is_started:
            self._sockets.stop()

    @property
    def is_started(self) -> bool:
        """True between the first `start` and the last `stop`."""
        return self._active.process is not None

    def check_process(self) -> None:
        """Raise UsedInOtherProcess in a child of the process that has started this."""
        check_process(self._active.process)

    def is_vendor_host(self, host: str) -> bool:
        """Return True for a vendor's host.

        Raises:
            UsedInOtherProcess: For one in a child of the process that has started this.
        """
        is_known = self._engine.router.knows(host)
        if is_known:
            check_process(self._active.process)
        return is_known

    def _hosts(self) -> frozenset[str]:
        hosts = self._engine.router.hosts.values()
        return frozenset(host.lower() for names in hosts for host in names)

    def _layers(self) -> list[Layer]:
        layers = self._requests.layers() if "requests" in self._clients else []
        for name in ("httpx", "httpx2"):
            if name in self._clients and name in sys.modules:
                exchange = HttpxExchange(
                    sys.modules[name],
                    self._engine.answer,
                    self.is_vendor_host,
                    passthrough=self._passthrough,
                )
                layers += exchange.layers()
        return layers + (self._sockets.layers() if "sockets" in self._clients else [])
