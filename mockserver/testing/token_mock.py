"""The mock in the test process: vendors' hosts are answered, nothing is configured."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, overload

from mockserver.adapters.requests import Interception
from mockserver.admin.application import new_application
from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Settings
from mockserver.testing.controls import Controls
from mockserver.testing.decorator import T, decorated
from mockserver.testing.mock_settings import with_hosts
from mockserver.testing.transport import local

if TYPE_CHECKING:
    import responses

    from mockserver.adapters.httpx import Transport


class TokenMock(Controls):
    """Answers requests to the vendors' hosts, while it is started, for code on `requests`.

    A context manager, and a decorator of functions, coroutines and classes (each test).
    `settings` and `hosts`: by vendor, its settings, and hosts that are its too. `passthrough`:
    whether other requests go where they would have gone, or are refused. `seed`: of the dice.
    `freeze`: where the clock stands from the start.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        hosts: Mapping[str, Sequence[str]] | None = None,
        passthrough: bool = True,
        seed: int | None = None,
        freeze: datetime | str | float | None = None,
    ) -> None:
        tables = with_hosts(settings or {}, hosts or {})
        self._front = new_application(tables, seed=seed)
        self._started = 0
        self._passthrough = passthrough
        self._freeze = freeze
        engine = self._front.engine
        self._interception = Interception(
            engine.answer, engine.router.knows, passthrough=passthrough
        )
        super().__init__(local(self._front))
        self._begin()

    @property
    def response(self) -> "responses.BaseResponse":
        """Our answer, to be added to a `responses` mock of one's own: `rsps.add(mock.response)`."""
        return self._interception.response

    def httpx_transport(self) -> "Transport":
        """A transport for `httpx.Client` and `httpx.AsyncClient` (extra `httpx`)."""
        from mockserver.adapters.httpx import Transport  # noqa: PLC0415 - an extra

        engine = self.engine
        return Transport(engine.answer, engine.router.knows, passthrough=self._passthrough)

    @property
    def engine(self) -> Engine:
        """What answers: one call, `engine.answer(request)`, for a door of one's own."""
        return self._front.engine

    def start(self) -> None:
        """Answer from now on, until `stop`."""
        self._interception.start()
        self._started += 1

    def stop(self) -> None:
        """Answer no more; everything is as before `start`."""
        self._interception.stop()
        self._started -= 1

    def reset(self) -> None:
        """Everything as when this mock was made, a frozen clock too."""
        super().reset()
        self._begin()

    def renew(self) -> None:
        """`reset`, unless this mock is started: who is inside keeps what is there."""
        if not self._started:
            self.reset()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __call__(self, target: T) -> T:
        """`target` with this mock around it, as new at each call."""
        return decorated(self, target)

    def _begin(self) -> None:
        if self._freeze is not None:
            self.clock.freeze(self._freeze)

    def _base_url(self, described: Mapping[str, Any]) -> str:
        return f"https://{described['hosts'][0]}"


@overload
def mock_tokens(target: T, /) -> T: ...


@overload
def mock_tokens(**options: Any) -> TokenMock: ...


def mock_tokens(target: T | None = None, /, **options: Any) -> Any:
    """`@mock_tokens` and `@mock_tokens(freeze=...)`: a `TokenMock` as a decorator."""
    mock = TokenMock(**options)
    return mock if target is None else mock(target)
