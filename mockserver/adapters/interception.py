"""Layers over functions of classes and modules: mocks that nest, and may stop in any order.

Other libraries that replace the same function are left alone: a layer knows only the function
that it was laid over.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from mockserver.model.errors import MockServerError

Intercept = Callable[..., Any]
"""Called like the function that is replaced, with the function below as first argument."""

_LOCK = threading.RLock()


class ActiveElsewhere(MockServerError):
    """A mock is active in another thread; it answers the requests of all threads."""

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
        """Stop intercepting; restore the function as soon as nothing lies on top of this layer."""
        self._intercept = None  # another library may keep our function: it must hold nothing
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
            while (top := _layer_of(getattr(self._owner, self._name))) and top._is_lifted:
                top._restore()

    def _restore(self) -> None:
        if self._is_inherited:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._below)

    @property
    def _is_lifted(self) -> bool:
        return self._intercept is None


_LAYER = "_mockserver_layer"  # the attribute of a layer's function that holds the layer


def _layer_of(function: Any) -> Layer | None:
    layer = getattr(function, _LAYER, None)
    # `functools.wraps` copies the attribute to functions of other libraries.
    return layer if isinstance(layer, Layer) and layer._function is function else None


def is_layer(function: Any) -> bool:
    """Return True if a function is a layer's."""
    return _layer_of(function) is not None


class Stack:
    """The mocks that are active in a process, each with its layers. One thread starts them."""

    def __init__(self) -> None:
        self.height = 0
        self.servers: dict[tuple[str, int], int] = {}  # of mocks, by address: their height
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
"""The one of this process: what it replaces is the process's, too."""


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
        """Lift what was laid last, or do nothing."""
        if self._laid:
            STACK.leave(self._laid.pop())
        if not self._laid:
            self.process = None


_allowed: ContextVar[str | None] = ContextVar("host_allowed_through", default=None)


@contextmanager
def allowed_through(host: str | None) -> Iterator[None]:
    """Let connections to a vendor's host leave this process, as a user's own mock has decided."""
    token = _allowed.set(host)
    try:
        yield
    finally:
        _allowed.reset(token)


def is_allowed_through(host: str) -> bool:
    """Return True if a user's own mock has let a request to this host pass."""
    return _allowed.get() == host
