"""The cases that ordinary tests never make, and the rules that each of them shows."""

from collections.abc import Callable
from typing import Any, NamedTuple

from mockserver.conformance.case_steps import (
    CROWD,
    Driver,
    Parts,
    asked_to_wait,
    crowd,
    expiry,
    failing_renewal,
    odd_bodies,
    plain,
    purchase_fails,
    redirect,
    revocation,
    use_fails,
)
from mockserver.model.vendor import TokenUsage, Vendor
from mockserver.vendors import discover

ALWAYS = (
    *("token-in-url", "secret-in-url", "wrong-scheme", "two-schemes", "wrong-vendor"),
    *("plain-http", "unit-error"),
)
"""Rules that every request can break."""


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


SCENARIOS = (
    Scenario(
        "two calls",
        ("no-cache", "leeway-too-long", "code-as-bearer", "code-twice", "code-late"),
        "The client makes two calls, one after the other.",
        plain,
    ),
    Scenario(
        "expiry between two calls",
        ("expired-use", "late-renewal"),
        "A call; the token expires; two more calls.",
        expiry,
        needs_memory=True,
        one_time=False,
    ),
    Scenario(
        "a renewal that fails",
        ("failed-renewal-fatal",),
        "A call; the token is near its end, and purchases fail with 500; a call.",
        failing_renewal,
        needs_memory=True,
        one_time=False,
    ),
    Scenario(
        "revocation",
        ("no-renewal-after-401", "revoked-use"),
        "A call; the token is revoked; two more calls.",
        revocation,
        needs_memory=True,
    ),
    Scenario(
        "401 once",
        ("no-renewal-after-401",),
        "A use is answered with 401, the next one as usual.",
        use_fails(status=401, times=1),
        one_time=False,
    ),
    Scenario(
        "401 always",
        ("renewal-loop",),
        "Every use is answered with 401.",
        use_fails(status=401),
        one_time=False,
    ),
    Scenario(
        "403",
        ("renewal-on-other-errors",),
        "Every use is answered with 403.",
        use_fails(status=403),
        one_time=False,
    ),
    Scenario(
        "500 on a use",
        ("renewal-on-other-errors", "retry-at-once", "retry-storm"),
        "Every use is answered with 500.",
        use_fails(status=500),
    ),
    Scenario(
        "429 with Retry-After in seconds",
        ("retry-after-ignored", "renewal-on-other-errors"),
        "A use is answered with 429 and Retry-After: 1, the next one as usual.",
        asked_to_wait(date=False),
    ),
    Scenario(
        "429 with Retry-After as a date",
        ("retry-after-ignored", "renewal-on-other-errors"),
        "A use is answered with 429 and a date two seconds ahead, the next one as usual.",
        asked_to_wait(date=True),
    ),
    Scenario(
        "500 on a purchase",
        ("retry-at-once", "retry-storm"),
        "Every purchase is answered with 500.",
        purchase_fails(status=500),
    ),
    Scenario(
        "a refused purchase",
        ("refused-request-repeated",),
        "Every purchase is answered with 401.",
        purchase_fails(status=401),
    ),
    Scenario(
        "a lost reply before the vendor acted",
        ("lost-reply-loop", "retry-at-once"),
        "The connection of the first purchase breaks before the vendor has acted.",
        purchase_fails(fault="EMPTY_RESPONSE", phase="before", times=1),
    ),
    Scenario(
        "a lost reply after the vendor acted",
        ("lost-reply-loop", "retry-at-once"),
        "The vendor sells a token, and the connection breaks before the client has it.",
        purchase_fails(fault="EMPTY_RESPONSE", phase="after", times=1),
    ),
    Scenario(
        "callers at once",
        ("stampede",),
        f"{CROWD} callers at once; a purchase is answered when {CROWD} wait, or after a moment.",
        crowd,
        one_time=False,
    ),
    Scenario(
        "odd error bodies",
        ("odd-error-body",),
        "Purchases are answered with 502 and HTML, 500 and no body, 503 and half a JSON text.",
        odd_bodies,
    ),
    Scenario(
        "a redirect to another origin",
        ("redirect-leak",),
        "A use is answered with 307 and a Location at another origin.",
        redirect,
    ),
)
"""Every scenario, in the order in which they are played."""
