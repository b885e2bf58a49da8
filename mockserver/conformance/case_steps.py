"""The cases that ordinary tests never make, step by step."""

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
        gathering: Real seconds in which callers that start at once have all come.
    """

    mock: Any
    remembers: bool
    gathering: float

    def call(self) -> None:
        """Make one call that needs a token; an error is kept for the report."""

    def crowd(self, callers: int) -> None:
        """Make calls at once."""

    def pass_time(self, seconds: float) -> None:
        """Move the clock of the mock, and that of the client if it has one."""


class Parts(NamedTuple):
    """A vendor's endpoints as the scenarios need them."""

    vendor: str
    purchases: tuple[str, ...]
    uses: tuple[str, ...]

    def fail(self, mock: Any, endpoints: Sequence[str], **how: Any) -> None:
        """Make requests to each of some endpoints fail."""
        for endpoint in endpoints:
            mock.fail(self.vendor, endpoint=endpoint, **how)

    def answer(self, mock: Any, endpoints: Sequence[str], response: Any, **how: Any) -> None:
        """Answer requests to each of some endpoints with a response."""
        for endpoint in endpoints:
            mock.stub({"vendor": self.vendor, "endpoint": endpoint, "response": response, **how})


def plain(driver: Driver, _: Parts) -> None:
    """Make a call, and another one if the client can keep its token."""
    driver.call()
    if driver.remembers:
        driver.call()


def _life(driver: Driver, parts: Parts) -> float | None:
    """Return the rest of the life of the newest token, in seconds; None for a permanent one."""
    mine = [one for one in driver.mock.tokens() if one["vendor"] == parts.vendor]
    expires = next((one["expires"] for one in mine if one["kind"] == "access token"), None)
    if expires is None:
        return None
    left: timedelta = datetime.fromisoformat(expires) - driver.mock.clock.now()
    return left.total_seconds()


def expiry(driver: Driver, parts: Parts) -> None:
    """Let the token expire between two calls."""
    driver.call()
    driver.pass_time((_life(driver, parts) or 0) + 1)
    driver.call()
    driver.call()


def failing_renewal(driver: Driver, parts: Parts) -> None:
    """Let a renewal ahead of the end fail."""
    driver.call()
    driver.pass_time((_life(driver, parts) or 0) * 0.98)
    parts.fail(driver.mock, parts.purchases, status=500)
    driver.call()


def revocation(driver: Driver, parts: Parts) -> None:
    """Revoke the token between two calls."""
    driver.call()
    for one in driver.mock.tokens():
        if one["vendor"] == parts.vendor and one["state"] == "active":
            driver.mock.revoke_id(one["id"])
    driver.call()
    driver.call()


def use_fails(**how: Any) -> Callable[[Driver, Parts], None]:
    """Return a case in which uses fail."""

    def play(driver: Driver, parts: Parts) -> None:
        if driver.remembers:
            driver.call()
        parts.fail(driver.mock, parts.uses, **how)
        driver.call()

    return play


def purchase_fails(**how: Any) -> Callable[[Driver, Parts], None]:
    """Return a case in which purchases fail."""

    def play(driver: Driver, parts: Parts) -> None:
        parts.fail(driver.mock, parts.purchases, **how)
        driver.call()

    return play


def asked_to_wait(*, date: bool) -> Callable[[Driver, Parts], None]:
    """Return a case in which a use is limited, with seconds or a date."""

    def play(driver: Driver, parts: Parts) -> None:
        if driver.remembers:
            driver.call()
        value = str(_RETRY_AFTER)
        if date:
            moment = driver.mock.clock.now() + timedelta(seconds=2 * _RETRY_AFTER)
            value = format_datetime(moment, usegmt=True)
        response = {"status": 429, "headers": {"Retry-After": value}, "jsonBody": {}}
        parts.answer(driver.mock, parts.uses, response, times=1)
        driver.call()

    return play


def crowd(driver: Driver, parts: Parts) -> None:
    """Let callers come at once, while purchases are held."""
    for endpoint in parts.purchases:
        driver.mock.gate(parts.vendor, endpoint, callers=CROWD, seconds=driver.gathering)
    driver.crowd(CROWD)


def odd_bodies(driver: Driver, parts: Parts) -> None:
    """Respond to token requests with errors whose body is not a JSON object."""
    for body in _ODD:
        mapping = {"vendor": parts.vendor, "response": body}
        stubs = [driver.mock.stub({**mapping, "endpoint": each}) for each in parts.purchases]
        driver.call()
        for stub in stubs:
            stub.remove()


def redirect(driver: Driver, parts: Parts) -> None:
    """Redirect a use to another origin."""
    response = {"status": 307, "headers": {"Location": f"{driver.mock.url}/elsewhere"}}
    parts.answer(driver.mock, parts.uses, response, times=1)
    driver.call()
