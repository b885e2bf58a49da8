"""Layers over the methods of classes: mocks that nest, and may stop in any order.

Whatever else takes a method's place is left alone: a layer knows only what it was laid upon.
"""

import threading
from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any

from mockserver.model.errors import MockServerError

Intercept = Callable[..., Any]
"""Called as the method is, with what lies below before the other arguments."""

_LOCK = threading.RLock()


class ActiveElsewhere(MockServerError):
    """A mock is active in another thread, where it answers the requests of all threads."""

    def __init__(self, owner: threading.Thread) -> None:
        here = threading.current_thread().name
        super().__init__(
            f"a mock is active in thread {owner.name!r} and answers the requests of every thread; "
            f"thread {here!r} cannot start one before it is stopped"
        )


class Layer:
    """Takes the place of the method `name` of `owner`, from `lay` to `lift`."""

    __wrapped__: Callable[..., Any]  # what lies below, by the name that `inspect` looks for

    def __init__(self, owner: type, name: str, intercept: Intercept) -> None:
        self._owner = owner
        self._name = name
        self._intercept: Intercept | None = intercept

    def __get__(self, instance: object, owner: type) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the intercept returns; what the method below returns once this is lifted."""
        intercept = self._intercept
        if intercept is not None:
            return intercept(self.__wrapped__, *args, **kwargs)
        self._settle()
        return self.__wrapped__(*args, **kwargs)

    def lay(self) -> None:
        """Begin, on top of whatever is there now."""
        with _LOCK:
            self.__wrapped__ = getattr(self._owner, self._name)
            setattr(self._owner, self._name, self)

    def lift(self) -> None:
        """End. The method is restored now, or as soon as nothing lies on top of this any more."""
        self._intercept = None  # whoever is on top may keep this layer: it shall hold nothing
        self._settle()

    def _settle(self) -> None:
        with _LOCK:
            while isinstance(top := getattr(self._owner, self._name), Layer) and top._is_lifted:
                setattr(self._owner, self._name, top.__wrapped__)

    @property
    def _is_lifted(self) -> bool:
        return self._intercept is None


class Stack:
    """The mocks that are active in a process, each with its layers. One thread starts them."""

    def __init__(self) -> None:
        self._height = 0
        self._thread = threading.current_thread()

    def enter(self, layers: Sequence[Layer]) -> None:
        """Lay `layers` on top. Raises ActiveElsewhere while another thread's are there."""
        here = threading.current_thread()
        with _LOCK:
            if self._height and self._thread is not here:
                raise ActiveElsewhere(self._thread)
            self._height += 1
            self._thread = here
            for layer in layers:
                layer.lay()

    def leave(self, layers: Sequence[Layer]) -> None:
        """Lift `layers`, wherever in the stack they are."""
        with _LOCK:
            self._height -= 1
            for layer in layers:
                layer.lift()
