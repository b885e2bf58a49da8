"""The mock in the test process: it answers for the vendors' hosts without configuration."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from mockserver.admin.application import new_application
from mockserver.console import answer_page
from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Settings, with_hosts
from mockserver.model.errors import check_flags
from mockserver.testing.controls import Controls
from mockserver.testing.python_clients import CLIENTS, PythonClients
from mockserver.testing.transport import local

if TYPE_CHECKING:
    import responses

    from mockserver.adapters.httpx import Transport

Decorated = TypeVar("Decorated", bound="Callable[..., Any] | type")


class TokenMock(Controls):
    """Answers requests of this process to the vendors' hosts, while it is started.

    A context manager, and a decorator of functions, coroutines and classes (each test). It
    answers in the process that starts it, in all threads. In a child that this process forks,
    requests and controls raise an error.

    Args:
        settings: By vendor, a table of its settings.
        hosts: By vendor, further host names that lead to it.
        passthrough: Send requests to other hosts where they would have gone; False makes them
            raise the client's connection error.
        seed: The seed of the random numbers for probabilities and delays; None for real chance.
        freeze: The moment at which the clock stands from the start: ISO 8601 text, a datetime, or
            Unix seconds.
        clients: The clients to answer: some of "requests", "httpx", "httpx2" and "sockets",
            which are all others on Python's own sockets.
        verdicts: Record what the rules for token clients need of each request.

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
        self._front = new_application(tables, seed=seed, pages=answer_page, verdicts=verdicts)
        self._passthrough = passthrough
        self._freeze = freeze
        self._clients = PythonClients(self._front, passthrough=passthrough, clients=clients)
        self._local = local(self._front)
        super().__init__(self._call)
        self._begin()

    @property
    def url(self) -> str:
        """The address of a server with this mock's state, for any program on this machine.

        It is started at the first call and ends with the last `stop`.
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
        return self._front.engine

    def start(self) -> None:
        """Begin to answer.

        Raises:
            ActiveElsewhere: While a mock is started in another thread.
        """
        self._clients.start()

    def stop(self) -> None:
        """End the last `start` and restore what it replaced; do nothing if it is not started."""
        self._clients.stop()

    def reset(self) -> None:
        """Restore the state in which this mock was created, a frozen clock included."""
        super().reset()
        self._begin()

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
        """Return `target` with this mock around each call, renewed."""
        from mockserver.testing.decorator import decorated  # noqa: PLC0415 - imports unittest

        return decorated(self, target)

    def _call(self, name: str, body: Any = None, /, **parameters: str) -> Any:
        self._clients.check_process()
        return self._local(name, body, **parameters)

    def _begin(self) -> None:
        if self._freeze is not None:
            self.clock.freeze(self._freeze)

    def _base_url(self, described: Mapping[str, Any]) -> str:
        return f"https://{described['hosts'][0]}"


@overload
def mock_tokens(target: Decorated, /) -> Decorated: ...


@overload
def mock_tokens(**options: Any) -> TokenMock: ...


def mock_tokens(target: Decorated | None = None, /, **options: Any) -> Any:
    """`@mock_tokens` and `@mock_tokens(freeze=...)`: a `TokenMock` as a decorator."""
    mock = TokenMock(**options)
    return mock if target is None else mock(target)
