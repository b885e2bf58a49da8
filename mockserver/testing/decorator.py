"""A mock as a decorator: around a function, a coroutine, or each test method of a class."""

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar, cast
from unittest import TestCase

T = TypeVar("T", bound="Callable[..., Any] | type")


class Mock(Protocol):
    """What is put around a function: made anew unless it is in use, entered, left."""

    def renew(self) -> None:
        """Everything as at the start, if nobody is inside."""

    def __enter__(self) -> object: ...

    def __exit__(self, *_: object) -> None: ...


def decorated(mock: Mock, target: T) -> T:
    """`target` with the mock around it, as new at each call. No argument is added.

    Of a class each test method, inherited ones too; of a `unittest.TestCase` the whole of each
    test, `setUp`, `tearDown` and cleanups too, and so of those that inherit from it. Raises
    TypeError for a generator: the mock would be gone before its body runs.
    """
    if not isinstance(target, type):
        return cast("T", _wrapped(mock, target))
    for name in _around(target):
        _wrap_member(mock, target, name)
    return target


def _around(target: type) -> Iterable[str]:
    """The methods of a class that the mock is put around."""
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
