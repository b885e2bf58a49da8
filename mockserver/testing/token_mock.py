"""The mock in the test process, as a context manager and as a decorator of tests."""

import functools
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, overload

from mockserver.admin.application import new_application
from mockserver.console import answer_page
from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Settings, with_hosts
from mockserver.model.errors import check_flags
from mockserver.testing.controls import Controls
from mockserver.testing.python_clients import CLIENTS, PythonClients

if TYPE_CHECKING:
    import responses

    from mockserver.adapters.httpx import Transport

Decorated = TypeVar("Decorated", bound="Callable[..., Any] | type")


class TokenMock(Controls):
    """Answers requests of this process to the vendors' hosts while it is started.

    It is a context manager, and a decorator of functions, coroutine functions and classes of
    tests. It answers in the process that starts it, in all threads. In a child that this process
    forks, requests and controls raise an error.

    Args:
        settings: By vendor, a table of its settings.
        hosts: By vendor, further host names that lead to it.
        passthrough: Send requests to other hosts where they would have gone; False makes them
            raise the client's connection error.
        seed: The seed of the random numbers for probabilities and delays; None for a random seed.
        freeze: The moment at which the clock stands from the start: ISO 8601 text, a datetime, or
            Unix seconds.
        clients: The clients to answer, out of "requests", "httpx", "httpx2" and "sockets". The
            last stands for all other clients that use Python's own sockets.
        verdicts: Record of each request what the rules for token clients need.

    Raises:
        ConfigurationError: For a setting or host that is unknown or cannot be used.
        TypeError: For `passthrough` or `verdicts` that is neither True nor False.
    """

    def __init__(  # noqa: PLR0913 - by name only
        self,
        *,
        settings: Settings | None = None,
        hosts: Mapping[str, Sequence[str]] | None = None,
        passthrough: bool = True,
        seed: int | None = None,
        freeze: datetime | str | float | None = None,
        clients: Sequence[str] = CLIENTS,
        verdicts: bool = True,
    ) -> None:
        check_flags(passthrough=passthrough)
        tables = with_hosts(settings or {}, hosts or {})
        self._application = new_application(tables, seed=seed, pages=answer_page, verdicts=verdicts)
        self._passthrough = passthrough
        self._clients = PythonClients(self._application, passthrough=passthrough, clients=clients)
        super().__init__(self._call, freeze)

    @property
    def url(self) -> str:
        """The address of a server with this mock's state, for any program on this machine.

        Reading this attribute for the first time starts the server; the last `stop` ends it.
        """
        return self._clients.url

    @property
    def response(self) -> "responses.BaseResponse":
        """A rule for your own `responses` mock: `rsps.add(mock.response)`."""
        return self._clients.response

    def httpx_transport(self) -> "Transport":
        """Return a transport for `httpx.Client` and `httpx.AsyncClient` (extra `httpx`)."""
        from mockserver.adapters.httpx import Transport  # noqa: PLC0415 - an extra

        return Transport(
            self.engine.answer, self._clients.is_vendor_host, passthrough=self._passthrough
        )

    @property
    def engine(self) -> Engine:
        """The function `engine.answer(request)`, for your own adapter."""
        return self._application.engine

    def start(self) -> None:
        """Begin to answer. A second `start` needs a second `stop`.

        Raises:
            ActiveElsewhere: While a mock is started in another thread.
        """
        self._clients.start()

    def stop(self) -> None:
        """End the last `start` and restore what it replaced; do nothing if it is not started."""
        self._clients.stop()

    def renew(self) -> None:
        """Reset, unless this mock is started: code inside it keeps its state."""
        if not self._clients.is_started:
            self._clients.move_here()  # where a decorated function runs in a forked child
            self.reset()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __call__(self, target: Decorated) -> Decorated:
        """Return `target` with this mock around each call; it gets no extra argument.

        The mock is reset before each call, unless it is started already.

        Args:
            target: A function, a coroutine function, or a class. Of a class each test method is
                wrapped, inherited ones included; of a `unittest.TestCase` the whole of each test
                (`setUp`, `tearDown`, cleanups), for its subclasses, too.

        Raises:
            TypeError: For a generator: the mock would be stopped before its body runs. For a
                value that cannot be called, such as an option that is given by position.
        """
        if not callable(target):
            raise TypeError(f"options are given by name, such as freeze=..., not as {target!r}")
        if not isinstance(target, type):
            return cast("Decorated", _wrapped(self, target))
        for name in _wrapped_names(target):
            _wrap_member(self, target, name)
        return target

    def _call(self, name: str, body: Any = None, /, **parameters: str) -> Any:
        self._clients.check_process()
        return self._application.call(name, body, **parameters)

    def _base_url(self, described: Mapping[str, Any]) -> str:
        return f"https://{described['hosts'][0]}"


@overload
def mock_tokens(target: Decorated, /) -> Decorated: ...


@overload
def mock_tokens(**options: Any) -> TokenMock: ...


def mock_tokens(target: Decorated | None = None, /, **options: Any) -> Any:
    """Return a `TokenMock` for use as a decorator: `@mock_tokens` or `@mock_tokens(freeze=...)`."""
    mock = TokenMock(**options)
    return mock if target is None else mock(target)


def _wrapped_names(target: type) -> Iterable[str]:
    """Return the names of the methods to wrap."""
    # If the module is not imported, no class is derived from one of its classes.
    unittest = sys.modules.get("unittest")
    if unittest is not None and issubclass(target, unittest.TestCase):
        return ("run", "debug")
    return filter(lambda name: name.startswith("test"), dir(target))


def _wrap_member(mock: TokenMock, owner: type, name: str) -> None:
    import inspect  # noqa: PLC0415 - slow to import, and needed for decorators only

    member = inspect.getattr_static(owner, name)
    if isinstance(member, (staticmethod, classmethod)):
        setattr(owner, name, type(member)(_wrapped(mock, member.__func__)))
    elif inspect.isfunction(member):
        setattr(owner, name, _wrapped(mock, member))


def _wrapped(mock: TokenMock, function: Callable[..., Any]) -> Callable[..., Any]:
    import inspect  # noqa: PLC0415

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
