"""The results as a table for a terminal: findings with their statements, then other checks."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import click

from mockserver.verification.results import (
    CheckResult,
    ContractFinding,
    ReportRow,
    RunResults,
    counted,
)
from mockserver.verification.statements import Reason, rank

_COLORS = {
    "agrees": "green",
    "confirmed": "green",
    "drifted": "red",
    "refuted": "yellow",
    "not-checked": "cyan",
    "broken": "magenta",
}
_HEADS = ("vendor", "tag", "verdict", "statement, and what was seen")
_LEAST = 40  # columns for the statement

_ORDER = ("drifted", "broken", "refuted", "not-checked", "confirmed", "agrees")

LEGEND = {
    "agrees": "the service does what a page says, or the mock does what this project chose",
    "drifted (breaking)": "the service deviates from a page, and a client breaks",
    "drifted (cosmetic)": "the service deviates from a page, but no client breaks",
    "drifted (additive)": "the service sends something that no page mentions",
    "confirmed": "a statement that no page makes is right",
    "refuted": "a statement that no page makes is wrong",
    "not-checked": "the check was not made, with the reason",
    "broken": "the check failed by its own fault",
}
"""The meaning of each verdict."""

TAGS = {
    "S": "the vendor's page",
    "P": "another page or code of the vendor",
    "C": "client code of third parties",
    "X": "no source: our choice",
}
"""The meaning of each tag."""


@dataclass(frozen=True)
class ResultRow:
    """Checks with the same statement and result, or one finding.

    `count` is the number of checks; `touched` are the rows of a finding's statements.
    """

    row: ReportRow
    count: int = 1
    touched: tuple["ResultRow", ...] = ()

    @property
    def statement(self) -> str:
        """Return the statement with the number of its checks."""
        return self.row.statement + (f" (x{self.count})" if self.count > 1 else "")


@dataclass(frozen=True)
class Overview:
    """The rows of a report: the findings, and the checks that belong to none of them."""

    findings: list[ResultRow]
    others: list[ResultRow]


def overview(results: RunResults) -> Overview:
    """Return the rows of a report, what needs attention first."""
    known = {each.id: each for each in results.findings}
    touched: dict[str | None, list[CheckResult]] = {}
    for check in results.checks:
        touched.setdefault(_owner(check, known), []).append(check)
    findings = [
        ResultRow(each, touched=tuple(summary_rows(touched.get(each.id, ()))))
        for each in results.findings
    ]
    return Overview(sorted(findings, key=_weight), summary_rows(touched.get(None, ())))


def summary_rows(checks: Iterable[CheckResult]) -> list[ResultRow]:
    """Return one row for checks with the same statement and result, by verdict and vendor."""
    alike: dict[tuple[object, ...], list[CheckResult]] = {}
    for check in checks:
        same = (check.vendor, check.statement, check.tag, check.word, check.detail)
        alike.setdefault(same, []).append(check)
    rows = [ResultRow(together[0], len(together)) for together in alike.values()]
    return sorted(rows, key=_weight)


def summary(results: RunResults) -> str:
    """Return one line: the servers called, the number of calls, the hosts that answered."""
    hosts = ", ".join(results.hosts) or "no host"
    return f"target {results.target}: {results.calls} calls, answered by {hosts}"


def missing_credentials(results: RunResults) -> str:
    """Return the variables of all credentials that are not set; empty if there are none."""
    variables = [name for names in results.missing.values() for name in names]
    return f"not set: {', '.join(variables)}" if variables else ""


def outcome(results: RunResults) -> str:
    """Return the outcome of a run in a word or two."""
    if results.interrupted:
        return "interrupted"
    if results.broken:
        return "broken"
    if results.failed:
        return "drift"
    silent = any(why.reason != Reason.NOTHING_ASKED for why in results.silent.values())
    if silent or any(each.reason and each.reason.is_outage for each in results.checks):
        return "outage"
    return "fine" if results.checked else "not checked"


def _owner(check: CheckResult, findings: dict[str, ContractFinding]) -> str | None:
    """Return the id of the finding below which a check is listed, if there is one."""
    owner = findings.get(check.findings[0]) if check.findings else None
    if owner is None or (check.reason != Reason.NOT_JUDGED and not (check.fails and owner.fails)):
        return None
    return owner.id


def _weight(row: ResultRow) -> tuple[bool, int, str, int]:
    verdict = _ORDER.index(row.row.verdict)
    return not row.row.fails, verdict, row.row.vendor, rank(row.row.tag)


def table(results: RunResults, width: int) -> str:
    """Return a text of all rows, the number of each verdict, and the servers called.

    The text has colors; `click.echo` removes them where there is no terminal.
    """
    shown = overview(results)
    rows = [*shown.findings, *shown.others]
    layout = _Layout(results.rows, width)
    lines = [layout.heads]
    before = ""
    for row in rows:
        lines += layout.lines(row, before)
        lines += layout.touched(row.touched)
        before = row.row.detail
    counts = ", ".join(f"{count} {word}" for word, count in counted(results.rows).items())
    ends = [counts or "no checks", missing_credentials(results), summary(results)]
    return "\n".join([*lines, "", *filter(None, ends)])


class _Layout:
    """The columns of the table."""

    def __init__(self, rows: Sequence[ReportRow], width: int) -> None:
        self._columns = [
            max([len(_HEADS[0]), *(len(row.vendor) for row in rows)]),
            len(_HEADS[1]),
            max([len(_HEADS[2]), *(len(row.word) for row in rows)]),
        ]
        self._indent = sum(self._columns) + 2 * len(self._columns)
        self._width = max(width, self._indent + _LEAST)

    @property
    def heads(self) -> str:
        """Return the line of the column heads."""
        heads = [f"{head:<{size}}" for head, size in zip(_HEADS, self._columns, strict=False)]
        return "  ".join([*heads, _HEADS[3]])

    def lines(self, row: ResultRow, before: str) -> Iterator[str]:
        """Yield the lines of a row; its detail is omitted if it equals the one `before`."""
        shown = row.row
        words = [shown.vendor, shown.tag, shown.word]
        cells = [f"{word:<{size}}" for word, size in zip(words, self._columns, strict=True)]
        cells[2] = click.style(cells[2], fg=_color(shown))
        indent = " " * self._indent
        first, *more = textwrap.wrap(row.statement, self._width - self._indent)
        yield "  ".join([*cells, first])
        yield from (indent + text for text in more)
        detail = "the same" if shown.detail and shown.detail == before else shown.detail
        if isinstance(shown, ContractFinding):
            detail = f"came {shown.came}; {shown.source} ({shown.tag})"
        yield from self._dim(detail)

    def touched(self, rows: Sequence[ResultRow]) -> Iterator[str]:
        """Yield one line for each statement that a finding touches."""
        for row in rows:
            word = "not judged" if row.row.verdict == "not-checked" else row.row.word
            yield from self._dim(f"{word}: {row.row.tag} {row.statement}")

    def _dim(self, text: str) -> Iterator[str]:
        indent = " " * (self._indent + 2)
        lines = textwrap.wrap(text, self._width - self._indent - 2) if text else []
        yield from (indent + click.style(line, dim=True) for line in lines)


def _color(row: ReportRow) -> str:
    return "yellow" if row.grade == "additive" else _COLORS[row.verdict]
