"""A mock as a decorator of functions, coroutine functions and classes of tests."""

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar, cast
from unittest import TestCase

Decorated = TypeVar("Decorated", bound="Callable[..., Any] | type")


class Mock(Protocol):
    """A context manager that is renewed before each use."""

    def renew(self) -> None:
        """Restore the initial state, unless it is in use."""

    def __enter__(self) -> object: ...

    def __exit__(self, *_: object) -> None: ...


def decorated(mock: Mock, target: Decorated) -> Decorated:
    """Return `target` with the mock around each call, renewed; it gets no extra argument.

    Args:
        mock: The mock.
        target: A function, a coroutine function, or a class. Of a class each test method is
            wrapped, inherited ones included; of a `unittest.TestCase` the whole of each test
            (`setUp`, `tearDown`, cleanups), for its subclasses, too.

    Raises:
        TypeError: For a generator: the mock would be stopped before its body runs. For what cannot
            be called, such as an option that is given by position.
    """
    if not callable(target):
        raise TypeError(f"options are given by name, such as freeze=..., not as {target!r}")
    if not isinstance(target, type):
        return cast("Decorated", _wrapped(mock, target))
    for name in _wrapped_names(target):
        _wrap_member(mock, target, name)
    return target


def _wrapped_names(target: type) -> Iterable[str]:
    """Return the names of the methods to wrap."""
    if issubclass(target, TestCase):
        return ("run", "debug")
    return filter(lambda name: name.startswith("test"), dir(target))


def _wrap_member(mock: Mock, owner: type, name: str) -> None:
    member = inspect.getattr_static(owner, name)
    if isinstance(member, (staticmethod, classmethod)):
        setattr(owner, name, type(member)(_wrapped(mock, member.__func__)))
    elif inspect.isfunction(member):
        setattr(owner, name, _wrapped(mock, member))


def _wrapped(mock: Mock, function: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{function.__name__} is a generator: use the mock inside it, with `with`")
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaited(*args: Any, **named: Any) -> Any:
            mock.renew()
            with mock:
                return await function(*args, **named)

        return awaited

    @functools.wraps(function)
    def called(*args: Any, **named: Any) -> Any:
        mock.renew()
        with mock:
            return function(*args, **named)

    return called
