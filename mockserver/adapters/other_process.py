"""The error for a mock that is used in another process than its own.

A mock answers in the process that starts it. A forked child inherits a copy of the state, in which
a one-time code could be used a second time. A child that multiprocessing spawns inherits nothing,
so its requests would reach the real vendor.
"""

import multiprocessing.process
import os
import socket
from collections.abc import Callable, Iterable
from typing import Any

from mockserver.adapters.interception import Layer
from mockserver.adapters.socket_redirect import host_text
from mockserver.model.errors import MockServerError

_KEY = "token_mockserver"


class UsedInOtherProcess(MockServerError):
    """A mock was used in a child of the process that started it."""

    def __init__(self, owner: int) -> None:
        super().__init__(
            f"the mock was started in process {owner} and answers there only, not in its child "
            f"{os.getpid()}: for tests with several processes use TokenServer (in pytest: "
            "token_server), or `token-mockserver run -- COMMAND`"
        )


def check_process(owner: int | None) -> None:
    """Raise UsedInOtherProcess in a process that is not `owner`; None stands for every process."""
    if owner is not None and owner != os.getpid():
        raise UsedInOtherProcess(owner)


class ChildGuard:
    """Makes children that multiprocessing starts refuse connections to hosts of active mocks.

    Each process object has a copy of its parent's configuration. With the methods "spawn" and
    "forkserver" it is pickled with the process object, so that a child which unpickles it installs
    the guard before it runs anything else.
    """

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._active: list[frozenset[str]] = []

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[int, frozenset[str]]]:
        return _install, (self._owner, frozenset().union(*self._active))

    def add(self, hosts: frozenset[str]) -> None:
        """Refuse `hosts`, in lower case, in children that are started from now on."""
        self._active.append(hosts)
        _configuration()[_KEY] = self

    def remove(self, hosts: frozenset[str]) -> None:
        """Undo one `add`."""
        self._active.remove(hosts)
        if not self._active:
            _configuration().pop(_KEY, None)


GUARD = ChildGuard()


def _configuration() -> dict[str, Any]:
    process: Any = multiprocessing.process.current_process()
    configuration: dict[str, Any] = process._config
    return configuration


def _install(owner: int, hosts: Iterable[str]) -> ChildGuard:
    """Refuse to resolve or reach `hosts` in this process; return the guard for its own children."""
    refused = frozenset(hosts)

    def check(host: Any) -> None:
        named = isinstance(host, str | bytes | bytearray)
        if named and host_text(host).lower().rstrip(".") in refused:
            raise UsedInOtherProcess(owner)

    def resolve(below: Callable[..., Any], host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return below(host, *args, **kwargs)

    def connect(below: Callable[..., Any], sock: socket.socket, address: Any) -> Any:
        check(address[0] if isinstance(address, tuple) else None)
        return below(sock, address)

    for name in ("getaddrinfo", "gethostbyname"):
        Layer(socket, name, resolve).lay()
    for name in ("connect", "connect_ex"):
        Layer(socket.socket, name, connect).lay()
    guard = ChildGuard()
    guard._owner = owner
    guard._active.append(refused)
    return guard
