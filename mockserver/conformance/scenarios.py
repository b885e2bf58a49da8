"""The scenarios that ordinary tests never make, the rules that each shows, and the outcomes."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, NamedTuple

from mockserver.conformance.scenario_steps import (
    CROWD,
    Driver,
    TokenEndpoints,
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
from mockserver.testing.verdict_control import Verdict
from mockserver.vendors import discover

ALWAYS = (
    *("token-in-url", "secret-in-url", "wrong-scheme", "two-schemes", "wrong-vendor"),
    *("plain-http", "unit-error"),
)
"""Rules that every request can break."""

_RANK = ("broken", "kept", "not-exercised")


class Scenario(NamedTuple):
    """One scenario.

    Attributes:
        name: Its name, in words.
        rules: The rules that it shows, besides `ALWAYS`.
        steps: What happens, for the report.
        play: Makes the calls of a new client on a new mock.
        needs_memory: True if the client must keep its token between two calls.
        one_time: True if only vendors whose credential is a single-use code have the scenario,
            False if only the other vendors have it; None for all vendors.
    """

    name: str
    rules: tuple[str, ...]
    steps: str
    play: Callable[[Driver, TokenEndpoints], None]
    needs_memory: bool = False
    one_time: bool | None = None


def vendor_of(name: str) -> Vendor[Any]:
    """Return a vendor whose clients can be judged.

    Raises:
        ValueError: No such vendor has this name; the text lists those that exist.
    """
    judged = {vendor.name: vendor for vendor in discover() if vendor.usage}
    if name not in judged:
        raise ValueError(f"vendor must be one of {', '.join(judged)}, not {name!r}")
    return judged[name]


def endpoints_of(vendor: Vendor[Any]) -> TokenEndpoints:
    """Return the endpoints of a vendor that issue tokens, and those that require one."""
    usage = _usage(vendor)
    names = [endpoint.name for endpoint in vendor.endpoints]
    others = tuple(name for name in names if name not in (*usage.purchases, *usage.ends))
    return TokenEndpoints(vendor.name, usage.purchases, others)


def scenarios_of(vendor: Vendor[Any]) -> list[Scenario]:
    """Return the scenarios that make sense for a vendor."""
    single_use = _usage(vendor).single_use
    return [one for one in SCENARIOS if one.one_time in (None, single_use)]


def _usage(vendor: Vendor[Any]) -> TokenUsage:
    assert vendor.usage is not None
    return vendor.usage


class Played(NamedTuple):
    """A scenario after its calls.

    Attributes:
        scenario: The scenario.
        verdicts: The verdicts on its requests.
        errors: The errors of the client's calls.
        crashes: Of these, the names of errors that show a defect of the client.
    """

    scenario: Scenario
    verdicts: Sequence[Verdict]
    errors: Sequence[str] = ()
    crashes: Sequence[str] = ()


class Row(NamedTuple):
    """The outcome of a rule over all scenarios that show it."""

    rule: str
    severity: str
    state: str
    text: str
    scenario: str
    steps: str
    report: str


def rows_of(played: Iterable[Played]) -> list[Row]:
    """Return a row for each rule, in the order of the rules."""
    found: dict[str, Row] = {}
    order: list[str] = []
    for one in played:
        for verdict in one.verdicts:
            if verdict.id not in order:
                order.append(verdict.id)
            if verdict.id in (*one.scenario.rules, *ALWAYS):
                row = _row(one, verdict)
                best = found.get(verdict.id)
                if best is None or _RANK.index(row.state) < _RANK.index(best.state):
                    found[verdict.id] = row
    return [found[rule] for rule in order if rule in found]


def _row(one: Played, verdict: Verdict) -> Row:
    state, report = verdict.state, verdict.report() if verdict.state == "broken" else ""
    if verdict.id == "odd-error-body" and "odd-error-body" in one.scenario.rules:
        state = "broken" if one.crashes else "kept"
        report = f"the client stops with {one.crashes[0]}" if one.crashes else ""
    scenario = one.scenario
    return Row(
        verdict.id, verdict.severity, state, verdict.text, scenario.name, scenario.steps, report
    )


def table(rows: Sequence[Row]) -> str:
    """Return a line for each rule, then the findings with the steps of their scenario."""
    lines = [f"{row.state:<14}{row.severity:<9}{row.rule:<26}{row.scenario}" for row in rows]
    for row in rows:
        if row.state == "broken":
            lines += ["", f"{row.rule}: {row.scenario}. {row.steps}", row.report]
    return "\n".join(lines)


def html(rows: Sequence[Row], title: str) -> str:
    """Return the table as a page without scripts or other files."""
    head = "".join(f"<th>{name}</th>" for name in ("Rule", "Outcome", "Severity", "Scenario"))
    body = "".join(_html_row(row) for row in rows)
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        "<style>body{font:16px sans-serif;max-width:70em;margin:2em auto}td,th{padding:.4em;"
        "text-align:left;vertical-align:top;border-bottom:1px solid #999}pre{white-space:pre-wrap}"
        f"</style>\n<h1>{escape(title)}</h1>\n<table><tr>{head}</tr>\n{body}</table></html>\n"
    )


def _html_row(row: Row) -> str:
    report = f"<pre>{escape(row.report)}</pre>" if row.report else ""
    cells = (
        f"<code>{escape(row.rule)}</code><br>{escape(row.text)}",
        f"<b>{escape(row.state)}</b>",
        escape(row.severity),
        f"{escape(row.scenario)}: {escape(row.steps)}{report}",
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"


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
"""All scenarios, in the order in which they run."""
