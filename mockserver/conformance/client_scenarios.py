"""The cases that ordinary tests never make, and the rules that each of them shows."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, NamedTuple, Protocol

from mockserver.model.vendor import TokenUsage, Vendor
from mockserver.vendors import discover

ALWAYS = (
    *("token-in-url", "secret-in-url", "wrong-scheme", "two-schemes", "wrong-vendor"),
    *("plain-http", "unit-error"),
)
"""Rules that every request can break."""

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
    """

    mock: Any
    remembers: bool

    def call(self) -> None:
        """Make one call that needs a token; an error is kept for the report."""

    def crowd(self, callers: int) -> None:
        """Make calls at once."""

    def pass_time(self, seconds: float) -> None:
        """Move the clock of the mock, and that of the client if it has one."""


class Scenario(NamedTuple):
    """One case.

    Attributes:
        name: Its name, in words.
        rules: The rules that it shows, beside `ALWAYS`.
        steps: What happens, for the report.
        play: Plays it with a new client on a new mock.
        needs_memory: It takes two calls of one client.
        one_time: Only for vendors whose credential is a single-use code (True) or is none (False).
    """

    name: str
    rules: tuple[str, ...]
    steps: str
    play: Callable[[Driver, "Parts"], None]
    needs_memory: bool = False
    one_time: bool | None = None


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


def vendor_of(name: str) -> Vendor[Any]:
    """Return a vendor whose clients can be judged.

    Raises:
        ValueError: There is none of this name; the text names those that there are.
    """
    judged = {vendor.name: vendor for vendor in discover() if vendor.usage}
    if name not in judged:
        raise ValueError(f"vendor must be one of {', '.join(judged)}, not {name!r}")
    return judged[name]


def parts_of(vendor: Vendor[Any]) -> Parts:
    """Return the endpoints of a vendor that sell tokens, and those that take them."""
    usage = _usage(vendor)
    names = [endpoint.name for endpoint in vendor.endpoints]
    others = tuple(name for name in names if name not in (*usage.purchases, *usage.ends))
    return Parts(vendor.name, usage.purchases, others)


def scenarios_of(vendor: Vendor[Any]) -> list[Scenario]:
    """Return the scenarios that make sense for a vendor."""
    single_use = _usage(vendor).single_use
    return [one for one in SCENARIOS if one.one_time in (None, single_use)]


def _usage(vendor: Vendor[Any]) -> TokenUsage:
    assert vendor.usage is not None
    return vendor.usage


def _plain(driver: Driver, _: Parts) -> None:
    driver.call()
    if driver.remembers:
        driver.call()


def _life(driver: Driver, parts: Parts) -> float | None:
    """Return the rest of the life of the newest token, in seconds; None for a permanent one."""
    from datetime import datetime  # noqa: PLC0415 - here only

    mine = [one for one in driver.mock.tokens() if one["vendor"] == parts.vendor]
    expires = next((one["expires"] for one in mine if one["kind"] == "access token"), None)
    if expires is None:
        return None
    left: timedelta = datetime.fromisoformat(expires) - driver.mock.clock.now()
    return left.total_seconds()


def _expiry(driver: Driver, parts: Parts) -> None:
    driver.call()
    driver.pass_time((_life(driver, parts) or 0) + 1)
    driver.call()
    driver.call()


def _failing_renewal(driver: Driver, parts: Parts) -> None:
    driver.call()
    driver.pass_time((_life(driver, parts) or 0) * 0.98)
    parts.fail(driver.mock, parts.purchases, status=500)
    driver.call()


def _revocation(driver: Driver, parts: Parts) -> None:
    driver.call()
    for one in driver.mock.tokens():
        if one["vendor"] == parts.vendor and one["state"] == "active":
            driver.mock.revoke_id(one["id"])
    driver.call()
    driver.call()


def _use_fails(**how: Any) -> Callable[[Driver, Parts], None]:
    def play(driver: Driver, parts: Parts) -> None:
        if driver.remembers:
            driver.call()
        parts.fail(driver.mock, parts.uses, **how)
        driver.call()

    return play


def _purchase_fails(**how: Any) -> Callable[[Driver, Parts], None]:
    def play(driver: Driver, parts: Parts) -> None:
        parts.fail(driver.mock, parts.purchases, **how)
        driver.call()

    return play


def _asked_to_wait(*, date: bool) -> Callable[[Driver, Parts], None]:
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


def _crowd(driver: Driver, parts: Parts) -> None:
    for endpoint in parts.purchases:
        driver.mock.gate(parts.vendor, endpoint, callers=CROWD, seconds=0.5)
    driver.crowd(CROWD)


def _odd_bodies(driver: Driver, parts: Parts) -> None:
    for body in _ODD:
        mapping = {"vendor": parts.vendor, "response": body}
        stubs = [driver.mock.stub({**mapping, "endpoint": each}) for each in parts.purchases]
        driver.call()
        for stub in stubs:
            stub.remove()


def _redirect(driver: Driver, parts: Parts) -> None:
    response = {"status": 307, "headers": {"Location": f"{driver.mock.url}/elsewhere"}}
    parts.answer(driver.mock, parts.uses, response, times=1)
    driver.call()


SCENARIOS = (
    Scenario(
        "two calls",
        ("no-cache", "leeway-too-long", "code-as-bearer", "code-twice", "code-late"),
        "The client makes two calls, one after the other.",
        _plain,
    ),
    Scenario(
        "expiry between two calls",
        ("expired-use", "late-renewal"),
        "A call; the token expires; two more calls.",
        _expiry,
        needs_memory=True,
        one_time=False,
    ),
    Scenario(
        "a renewal that fails",
        ("failed-renewal-fatal",),
        "A call; the token is near its end, and purchases fail with 500; a call.",
        _failing_renewal,
        needs_memory=True,
        one_time=False,
    ),
    Scenario(
        "revocation",
        ("no-renewal-after-401", "revoked-use"),
        "A call; the token is revoked; two more calls.",
        _revocation,
        needs_memory=True,
    ),
    Scenario(
        "401 once",
        ("no-renewal-after-401",),
        "A use is answered with 401, the next one as usual.",
        _use_fails(status=401, times=1),
        one_time=False,
    ),
    Scenario(
        "401 always",
        ("renewal-loop",),
        "Every use is answered with 401.",
        _use_fails(status=401),
        one_time=False,
    ),
    Scenario(
        "403",
        ("renewal-on-other-errors",),
        "Every use is answered with 403.",
        _use_fails(status=403),
        one_time=False,
    ),
    Scenario(
        "500 on a use",
        ("renewal-on-other-errors", "retry-at-once", "retry-storm"),
        "Every use is answered with 500.",
        _use_fails(status=500),
    ),
    Scenario(
        "429 with Retry-After in seconds",
        ("retry-after-ignored", "renewal-on-other-errors"),
        "A use is answered with 429 and Retry-After: 1, the next one as usual.",
        _asked_to_wait(date=False),
    ),
    Scenario(
        "429 with Retry-After as a date",
        ("retry-after-ignored", "renewal-on-other-errors"),
        "A use is answered with 429 and a date two seconds ahead, the next one as usual.",
        _asked_to_wait(date=True),
    ),
    Scenario(
        "500 on a purchase",
        ("retry-at-once", "retry-storm"),
        "Every purchase is answered with 500.",
        _purchase_fails(status=500),
    ),
    Scenario(
        "a refused purchase",
        ("refused-request-repeated",),
        "Every purchase is answered with 401.",
        _purchase_fails(status=401),
    ),
    Scenario(
        "a lost reply before the vendor acted",
        ("lost-reply-loop", "retry-at-once"),
        "The connection of the first purchase breaks before the vendor has acted.",
        _purchase_fails(fault="EMPTY_RESPONSE", phase="before", times=1),
    ),
    Scenario(
        "a lost reply after the vendor acted",
        ("lost-reply-loop", "retry-at-once"),
        "The vendor sells a token, and the connection breaks before the client has it.",
        _purchase_fails(fault="EMPTY_RESPONSE", phase="after", times=1),
    ),
    Scenario(
        "callers at once",
        ("stampede",),
        f"{CROWD} callers at once; a purchase is answered when {CROWD} wait, or after 0.5 s.",
        _crowd,
        one_time=False,
    ),
    Scenario(
        "odd error bodies",
        ("odd-error-body",),
        "Purchases are answered with 502 and HTML, 500 and no body, 503 and half a JSON text.",
        _odd_bodies,
    ),
    Scenario(
        "a redirect to another origin",
        ("redirect-leak",),
        "A use is answered with 307 and a Location at another origin.",
        _redirect,
    ),
)
"""Every scenario, in the order in which they are played."""
