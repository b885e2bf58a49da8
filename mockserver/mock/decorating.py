"""A mock as a decorator: around a function, a coroutine, or each test method of a class."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

T = TypeVar("T", bound="Callable[..., Any] | type")


class Mock(Protocol):
    """What is put around a function: made anew, entered, left."""

    def reset(self) -> None:
        """Everything as at the start."""

    def __enter__(self) -> object: ...

    def __exit__(self, *_: object) -> None: ...


def decorated(mock: Mock, target: T) -> T:
    """`target` with the mock around it, as new at each call. No argument is added."""
    if isinstance(target, type):
        for name, member in list(vars(target).items()):
            if name.startswith("test") and inspect.isfunction(member):
                setattr(target, name, _wrapped(mock, member))
        return target
    return cast("T", _wrapped(mock, target))


def _wrapped(mock: Mock, function: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaited(*args: Any, **named: Any) -> Any:
            mock.reset()
            with mock:
                return await function(*args, **named)

        return awaited

    @functools.wraps(function)
    def called(*args: Any, **named: Any) -> Any:
        mock.reset()
        with mock:
            return function(*args, **named)

    return called
