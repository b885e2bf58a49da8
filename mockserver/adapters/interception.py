"""Layers over functions of classes and modules: mocks that nest, and may stop in any order.

Other libraries that replace the same function are not affected: a layer refers only to the
function that it replaced.
"""

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import Any

from mockserver.adapters.late_imports import AfterImport
from mockserver.adapters.socket_redirect import host_text
from mockserver.model.errors import MockServerError

_PROCESS = "multiprocessing.process"
_KEY = "token_mockserver"

Intercept = Callable[..., Any]
"""Called like the function that is replaced, with the function below as first argument."""

_LOCK = threading.RLock()


class ActiveElsewhere(MockServerError):
    """A mock is active in another thread, and it answers the requests of all threads."""

    def __init__(self, owner: threading.Thread) -> None:
        here = threading.current_thread().name
        super().__init__(
            f"a mock is active in thread {owner.name!r} and answers the requests of every thread; "
            f"thread {here!r} cannot start one before it is stopped"
        )


class Layer:
    """Replaces the function `name` of `owner`, a class or module, from `lay` to `lift`."""

    def __init__(self, owner: Any, name: str, intercept: Intercept) -> None:
        self._owner = owner
        self._name = name
        self._intercept: Intercept | None = intercept
        self._below: Callable[..., Any] = intercept  # until `lay`
        self._is_inherited = False
        self._function = self._make_function()

    def lay(self) -> None:
        """Replace the function that is there now."""
        with _LOCK:
            self._below = getattr(self._owner, self._name)
            self._is_inherited = self._name not in vars(self._owner)
            # By this name `inspect` finds the signature of what lies below.
            vars(self._function)["__wrapped__"] = self._below
            setattr(self._owner, self._name, self._function)

    def lift(self) -> None:
        """Stop intercepting; restore the function as soon as no layer is on top of this one."""
        # Another library may keep our function, which then must not keep the mock in memory.
        self._intercept = None
        self._settle()

    def _make_function(self) -> Callable[..., Any]:
        # A plain function: Python binds it to instances by itself, which a callable object would
        # have to do in a call of its own.
        def layer(*args: Any, **kwargs: Any) -> Any:
            intercept = self._intercept
            if intercept is not None:
                return intercept(self._below, *args, **kwargs)
            self._settle()
            return self._below(*args, **kwargs)

        vars(layer)[_LAYER] = self
        return layer

    def _settle(self) -> None:
        with _LOCK:
            while (top := _layer_of(getattr(self._owner, self._name))) and top._intercept is None:
                top._restore()

    def _restore(self) -> None:
        if self._is_inherited:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._below)


class LateLayer(Layer):
    """A layer over the function `name` of the class `owner` in `module`, once it is imported."""

    def __init__(self, module: str, owner: str, name: str, intercept: Intercept) -> None:
        super().__init__(None, name, intercept)
        self._module = module
        self._class = owner
        self._import = AfterImport(module, self._lay)

    def lay(self) -> None:
        """Replace the function that is there now, or right after the import of its module."""
        self._import.begin()

    def lift(self) -> None:
        """Stop intercepting, if the module was imported."""
        self._import.cancel()
        if self._owner is not None:
            super().lift()

    def _lay(self) -> None:
        self._owner = getattr(import_module(self._module), self._class)
        super().lay()


_LAYER = "_mockserver_layer"  # the attribute of a layer's function that holds the layer


def _layer_of(function: Any) -> Layer | None:
    layer = getattr(function, _LAYER, None)
    # `functools.wraps` copies the attribute to functions of other libraries.
    return layer if isinstance(layer, Layer) and layer._function is function else None


def is_layer(function: Any) -> bool:
    """Return True if a function is a layer's."""
    return _layer_of(function) is not None


class Stack:
    """The active mocks of a process, each with its layers; all are started in one thread.

    Attributes:
        height: The number of mocks.
        servers: By address of a mock's server, the height of the stack below that mock.
    """

    def __init__(self) -> None:
        self.height = 0
        self.servers: dict[tuple[str, int], int] = {}
        self._thread = threading.current_thread()

    def enter(self, layers: Sequence[Layer]) -> None:
        """Lay `layers` on top.

        Raises:
            ActiveElsewhere: While another thread's layers are there.
        """
        here = threading.current_thread()
        with _LOCK:
            if self.height and self._thread is not here:
                raise ActiveElsewhere(self._thread)
            self.height += 1
            self._thread = here
            for layer in layers:
                layer.lay()

    def leave(self, layers: Sequence[Layer]) -> None:
        """Lift `layers`, at any height of the stack."""
        with _LOCK:
            self.height -= 1
            for layer in layers:
                layer.lift()


STACK = Stack()
"""The stack of this process; the functions that it replaces belong to the process, too."""


class ActiveLayers:
    """The layers that one mock has laid on the stack, in groups: one for each of its starts.

    Attributes:
        process: The process that laid them; None while there are none.
    """

    def __init__(self) -> None:
        self._laid: list[Sequence[Layer]] = []
        self.process: int | None = None

    def lay(self, layers: Sequence[Layer]) -> None:
        """Lay `layers` on top of the stack.

        Raises:
            ActiveElsewhere: While another thread's layers are there.
        """
        STACK.enter(layers)
        self._laid.append(layers)
        self.process = os.getpid()

    def lift(self) -> None:
        """Lift the group that was laid last; do nothing if there is none."""
        if self._laid:
            STACK.leave(self._laid.pop())
        if not self._laid:
            self.process = None


_allowed: ContextVar[str | None] = ContextVar("host_allowed_through", default=None)


@contextmanager
def allowed_through(host: str | None) -> Iterator[None]:
    """Allow connections to a vendor's host, because a user's own mock has let the request pass."""
    token = _allowed.set(host)
    try:
        yield
    finally:
        _allowed.reset(token)


def is_allowed_through(host: str) -> bool:
    """Return True if a user's own mock has let a request to this host pass."""
    return _allowed.get() == host


class UsedInOtherProcess(MockServerError):
    """A mock was used in a child of the process that created or started it."""

    def __init__(self, owner: int) -> None:
        super().__init__(
            f"the mock was created or started in process {owner} and answers there only, not in "
            f"its child {os.getpid()}: for tests with several processes use TokenServer (in "
            "pytest: token_server), or `token-mockserver run -- COMMAND`"
        )


def check_process(owner: int | None) -> None:
    """Raise UsedInOtherProcess in a process that is not `owner`; None stands for every process."""
    if owner is not None and owner != os.getpid():
        raise UsedInOtherProcess(owner)


class ChildGuard:
    """Makes children that multiprocessing starts refuse connections to hosts of active mocks.

    The guard is a value in the configuration of the current process object, which each child
    process object copies. With the start methods "spawn" and "forkserver" it is pickled with the
    process object. The child installs the guard when it unpickles it, before anything else runs.
    """

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._active: list[frozenset[str]] = []
        self._import = AfterImport(_PROCESS, self._configure)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[int, frozenset[str]]]:
        return _install, (self._owner, frozenset().union(*self._active))

    def add(self, hosts: frozenset[str]) -> None:
        """Refuse `hosts`, in lower case, in children that are started from now on."""
        self._active.append(hosts)
        self._import.begin()

    def remove(self, hosts: frozenset[str]) -> None:
        """Undo one `add` of the same hosts."""
        self._active.remove(hosts)
        if not self._active:
            self._import.cancel()
            if _PROCESS in sys.modules:
                _configuration().pop(_KEY, None)

    def _configure(self) -> None:
        _configuration()[_KEY] = self


GUARD = ChildGuard()


def _configuration() -> dict[str, Any]:
    configuration: dict[str, Any] = import_module(_PROCESS).current_process()._config
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
