"""The conformance suite as a class of pytest, for a client in Python."""

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.conformance.scenarios import (
    Played,
    Scenario,
    endpoints_of,
    rows_of,
    scenarios_of,
    vendor_of,
)

if TYPE_CHECKING:
    from mockserver import TokenMock


# Errors of the language that show that the client relied on a response that did not come.
_CRASHES = (TypeError, KeyError, AttributeError, IndexError, ValueError)
_CRASH_MODULES = ("builtins", "json", "json.decoder", "requests.exceptions", "simplejson")


class TokenClientConformance:
    """A base class for a test class: each scenario of the vendor becomes one of its tests.

    A subclass sets `vendor` and defines `client` and `call`.

    Attributes:
        vendor: The name of the vendor whose tokens the client uses.
        ignore: By id of a rule, the reason for which it may be broken.
    """

    vendor = ""
    ignore: dict[str, str] = {}  # noqa: RUF012 - subclasses replace it

    def client(self, mock: "TokenMock") -> Any:
        """Return a new client."""
        raise NotImplementedError("define client(self, mock): return a new client")

    def call(self, client: Any) -> Any:
        """Make one call that needs a token; it may be a coroutine."""
        raise NotImplementedError("define call(self, client): one call that needs a token")

    def pass_time(self, mock: "TokenMock", seconds: float) -> None:
        """Move the mock's clock forward. Override it for a client with a clock of its own."""
        mock.clock.advance(seconds=seconds)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make a test for each scenario of the vendor."""
        if "scenario" in metafunc.fixturenames and self.vendor:
            scenarios = scenarios_of(vendor_of(self.vendor))
            names = [one.name.replace(" ", "-") for one in scenarios]
            metafunc.parametrize("scenario", scenarios, ids=names)

    def test_scenario(self, scenario: Scenario) -> None:
        """Run a scenario; fail if the client breaks a rule in it."""
        played = play(self, scenario)
        rows = [row for row in rows_of([played]) if row.rule not in self.ignore]
        broken = [f"{row.rule}: {row.steps}\n{row.report}" for row in rows if row.state == "broken"]
        if broken:
            pytest.fail("\n".join(broken), pytrace=False)
        shown = [row for row in rows if row.rule in scenario.rules]
        if shown and all(row.state == "not-exercised" for row in shown):
            names = ", ".join(row.rule for row in shown)
            pytest.skip(f"the client sent no request that could show {names}")


def play(suite: TokenClientConformance, scenario: Scenario) -> Played:
    """Run a scenario with a new client on a new mock."""
    from mockserver import TokenMock  # noqa: PLC0415 - pytest imports this module to collect

    with TokenMock() as mock:
        driver = _PythonDriver(suite, mock)
        scenario.play(driver, endpoints_of(vendor_of(suite.vendor)))
        return Played(scenario, mock.verdicts(), driver.errors, driver.crashes)


class _PythonDriver:
    """Calls a client in this process."""

    remembers = True
    gathering = 0.5

    def __init__(self, suite: TokenClientConformance, mock: "TokenMock") -> None:
        self.mock: Any = mock
        self.errors: list[str] = []
        self.crashes: list[str] = []
        self._suite = suite
        self._client = suite.client(mock)

    def call(self) -> None:
        """Make one call; keep its error."""
        try:
            result = self._suite.call(self._client)
            if inspect.isawaitable(result):
                asyncio.run(_awaited(result))
        except Exception as error:
            self._keep(error)

    def crowd(self, callers: int) -> None:
        """Make calls from threads, or as tasks if the call is a coroutine."""
        if inspect.iscoroutinefunction(self._suite.call):
            asyncio.run(self._gathered(callers))
            return
        with ThreadPoolExecutor(callers) as pool:
            list(pool.map(lambda _: self.call(), range(callers)))

    def pass_time(self, seconds: float) -> None:
        """Move the clocks as the suite defines."""
        self._suite.pass_time(self.mock, seconds)

    async def _gathered(self, callers: int) -> None:
        calls = (self._suite.call(self._client) for _ in range(callers))
        for result in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(result, Exception):
                self._keep(result)

    def _keep(self, error: Exception) -> None:
        self.errors.append(repr(error))
        if isinstance(error, _CRASHES) and type(error).__module__ in _CRASH_MODULES:
            self.crashes.append(type(error).__name__)


async def _awaited(result: Any) -> Any:
    return await result
