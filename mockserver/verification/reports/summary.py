"""The findings as people read them: alike ones as one, what needs a look first."""

from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.verification.results import UNASKED, CheckResult, RunResults

_OUTAGE = ("outage: ", "host unreachable: ")  # of a check that is not checked
_ORDER = ("drifted", "refuted", "not-checked", "confirmed", "agrees")


@dataclass(frozen=True)
class ResultRow:
    """RunResults that say the same of one statement. `count`: how many there are."""

    finding: CheckResult
    count: int

    @property
    def statement(self) -> str:
        """The statement, and how often it was looked at if more than once."""
        return self.finding.statement + (f" (x{self.count})" if self.count > 1 else "")


def summary_rows(found: Iterable[CheckResult]) -> list[ResultRow]:
    """One line for findings that are alike, by verdict and vendor."""
    counts: dict[tuple[object, ...], list[CheckResult]] = {}
    for finding in found:
        same = (finding.vendor, finding.statement, finding.tag, finding.word, finding.detail)
        counts.setdefault(same, []).append(finding)
    lines = [ResultRow(alike[0], len(alike)) for alike in counts.values()]
    return sorted(lines, key=_weight)


def summary(findings: RunResults) -> str:
    """Whom the run asked, how often, and what came of it, in one line."""
    hosts = ", ".join(findings.hosts) or "no host"
    return f"target {findings.target}: {findings.calls} calls, answered by {hosts}"


def outcome(findings: RunResults) -> str:
    """In one word what a nightly run must know: drift, outage, not checked, or fine."""
    if findings.failed:
        return "drift"
    silent = any(reason != UNASKED for reason in findings.silent.values())
    if silent or any(each.detail.startswith(_OUTAGE) for each in findings.found):
        return "outage"
    return "fine" if findings.checked else "not checked"


def _weight(line: ResultRow) -> tuple[bool, int, str, int]:
    finding = line.finding
    verdict = _ORDER.index(finding.verdict)
    return not finding.fails, verdict, finding.vendor, "SPCX".index(finding.tag)
