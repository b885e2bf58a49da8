"""The results as people read them: findings with the statements that they touch, then the rest."""

from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.verification.results import CheckResult, Finding, ReportRow, RunResults
from mockserver.verification.skip_reasons import Reason

_ORDER = ("drifted", "broken", "refuted", "not-checked", "confirmed", "agrees")

LEGEND = {
    "agrees": "it does what a page says, or the mock does what this project chose",
    "drifted (breaking)": "it does not, and a client breaks",
    "drifted (cosmetic)": "it does not, and only looks different",
    "drifted (additive)": "it sends something that no page mentions",
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
    """Return which servers were asked, how often, and which hosts answered, in one line."""
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


def _owner(check: CheckResult, findings: dict[str, Finding]) -> str | None:
    """Return the id of the finding below which a check is listed, if there is one."""
    owner = findings.get(check.findings[0]) if check.findings else None
    if owner is None or (check.reason != Reason.NOT_JUDGED and not (check.fails and owner.fails)):
        return None
    return owner.id


def _weight(row: ResultRow) -> tuple[bool, int, str, int]:
    verdict = _ORDER.index(row.row.verdict)
    return not row.row.fails, verdict, row.row.vendor, "SPCX".index(row.row.tag)
