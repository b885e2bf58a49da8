"""The outcomes of the rules over all scenarios, as text and as HTML."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from mockserver.conformance.client_scenarios import ALWAYS, Scenario
from mockserver.testing.verdict_control import Verdict

_RANK = ("broken", "kept", "not-exercised")
_CRASHES = (TypeError, KeyError, AttributeError, IndexError, ValueError)
_CRASH_MODULES = ("builtins", "json", "json.decoder", "requests.exceptions", "simplejson")


class Played(NamedTuple):
    """A scenario that was played: the verdicts, and the errors of the client's calls."""

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


def is_crash(error: BaseException) -> bool:
    """Return True for an error of the language, which says that the client read too much."""
    return isinstance(error, _CRASHES) and type(error).__module__ in _CRASH_MODULES


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
