"""The steps of each scenario."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, NamedTuple, Protocol

CROWD = 5
_RETRY_AFTER = 1  # real seconds
_HTML = {"status": 502, "headers": {"Content-Type": "text/html"}, "body": "<h1>Bad Gateway</h1>"}
_ODD: tuple[dict[str, Any], ...] = (
    _HTML,
    {"status": 500, "body": ""},
    {"status": 503, "body": '{"c'},
)


class Driver(Protocol):
    """A client under test, in Python or as a command.

    Attributes:
        mock: The controls of the mock.
        remembers: True if calls are made by one client, which can keep its token.
        gathering: Real seconds within which the requests of simultaneous callers have arrived.
    """

    mock: Any
    remembers: bool
    gathering: float

    def call(self) -> None:
        """Make one call that needs a token; an error is kept for the report."""

    def crowd(self, callers: int) -> None:
        """Make as many calls at the same time as there are `callers`."""

    def pass_time(self, seconds: float) -> None:
        """Move the clock of the mock, and that of the client if it has one."""


class TokenEndpoints(NamedTuple):
    """The names of a vendor's endpoints: those that issue tokens, and those that require one."""

    vendor: str
    purchases: tuple[str, ...]
    uses: tuple[str, ...]

    def fail(self, mock: Any, names: Sequence[str], **how: Any) -> None:
        """Make requests to these endpoints fail, as `mock.fail` does."""
        for endpoint in names:
            mock.fail(self.vendor, endpoint=endpoint, **how)

    def answer(self, mock: Any, names: Sequence[str], response: Any, **how: Any) -> None:
        """Answer requests to these endpoints with a response, by stubs."""
        for endpoint in names:
            mock.stub({"vendor": self.vendor, "endpoint": endpoint, "response": response, **how})


def plain(driver: Driver, _: TokenEndpoints) -> None:
    """Make a call, and another one if the client can keep its token."""
    driver.call()
    if driver.remembers:
        driver.call()


def _life(driver: Driver, endpoints: TokenEndpoints) -> float | None:
    """Return the seconds until the newest token expires; None for a permanent one."""
    mine = [one for one in driver.mock.tokens() if one["vendor"] == endpoints.vendor]
    expires = next((one["expires"] for one in mine if one["kind"] == "access token"), None)
    if expires is None:
        return None
    left: timedelta = datetime.fromisoformat(expires) - driver.mock.clock.now()
    return left.total_seconds()


def expiry(driver: Driver, endpoints: TokenEndpoints) -> None:
    """Let the token expire between two calls."""
    driver.call()
    driver.pass_time((_life(driver, endpoints) or 0) + 1)
    driver.call()
    driver.call()


def failing_renewal(driver: Driver, endpoints: TokenEndpoints) -> None:
    """Make a renewal fail that the client sends shortly before the token expires."""
    driver.call()
    driver.pass_time((_life(driver, endpoints) or 0) * 0.98)
    endpoints.fail(driver.mock, endpoints.purchases, status=500)
    driver.call()


def revocation(driver: Driver, endpoints: TokenEndpoints) -> None:
    """Revoke the token between two calls."""
    driver.call()
    for one in driver.mock.tokens():
        if one["vendor"] == endpoints.vendor and one["state"] == "active":
            driver.mock.revoke_id(one["id"])
    driver.call()
    driver.call()


def use_fails(**how: Any) -> Callable[[Driver, TokenEndpoints], None]:
    """Return a scenario in which uses fail as `mock.fail` describes."""

    def play(driver: Driver, endpoints: TokenEndpoints) -> None:
        if driver.remembers:
            driver.call()
        endpoints.fail(driver.mock, endpoints.uses, **how)
        driver.call()

    return play


def purchase_fails(**how: Any) -> Callable[[Driver, TokenEndpoints], None]:
    """Return a scenario in which purchases fail as `mock.fail` describes."""

    def play(driver: Driver, endpoints: TokenEndpoints) -> None:
        endpoints.fail(driver.mock, endpoints.purchases, **how)
        driver.call()

    return play


def asked_to_wait(*, date: bool) -> Callable[[Driver, TokenEndpoints], None]:
    """Return a scenario with a 429 whose Retry-After has seconds, or a date."""

    def play(driver: Driver, endpoints: TokenEndpoints) -> None:
        if driver.remembers:
            driver.call()
        value = str(_RETRY_AFTER)
        if date:
            moment = driver.mock.clock.now() + timedelta(seconds=2 * _RETRY_AFTER)
            value = format_datetime(moment, usegmt=True)
        response = {"status": 429, "headers": {"Retry-After": value}, "jsonBody": {}}
        endpoints.answer(driver.mock, endpoints.uses, response, times=1)
        driver.call()

    return play


def crowd(driver: Driver, endpoints: TokenEndpoints) -> None:
    """Make simultaneous calls, while purchases are held."""
    for endpoint in endpoints.purchases:
        driver.mock.gate(endpoints.vendor, endpoint, callers=CROWD, seconds=driver.gathering)
    driver.crowd(CROWD)


def odd_bodies(driver: Driver, endpoints: TokenEndpoints) -> None:
    """Respond to token requests with errors whose body is not a JSON object."""
    for body in _ODD:
        mapping = {"vendor": endpoints.vendor, "response": body}
        stubs = [driver.mock.stub({**mapping, "endpoint": each}) for each in endpoints.purchases]
        driver.call()
        for stub in stubs:
            stub.remove()


def redirect(driver: Driver, endpoints: TokenEndpoints) -> None:
    """Redirect a use to another origin."""
    response = {"status": 307, "headers": {"Location": f"{driver.mock.url}/elsewhere"}}
    endpoints.answer(driver.mock, endpoints.uses, response, times=1)
    driver.call()
