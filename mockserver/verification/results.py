"""What came of each check, in the words of every report."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import pytest

from mockserver.verification.report_secrets import Secrets

Tag = Literal["S", "P", "C", "X"]
"""How well known a statement is."""

Verdict = Literal["agrees", "drifted", "confirmed", "refuted", "not-checked"]
Grade = Literal["breaking", "additive", "cosmetic"]

UNASKED = "nothing was asked"
"""Why a service was silent that was never sent a request."""

DOCUMENTED = ("S", "P")
"""Tags of what a page of the vendor says: what differs from it is drift."""


@dataclass(frozen=True)
class CheckResult:
    """One check and what came of it. `grade`: of a drift, else None; `detail`: what was seen.

    `check`: False for a difference that is no check's own, but was met in one. `asked`: whether
    anything was asked and answered in it. `refusal`: what was answered with 401 where a success
    was to be seen, such as "POST /path answered 401".
    """

    id: str
    vendor: str
    statement: str
    tag: Tag
    source: str
    verdict: Verdict
    grade: Grade | None = None
    detail: str = ""
    check: bool = True
    asked: bool = True
    refusal: str = ""

    @property
    def fails(self) -> bool:
        """Whether this is drift that one must look at. Something new is not."""
        return self.verdict == "drifted" and self.grade != "additive"

    @property
    def word(self) -> str:
        """The verdict, with the grade of a drift."""
        return f"{self.verdict} ({self.grade})" if self.grade else self.verdict


@dataclass(frozen=True)
class ObservedAnswer:
    """What a service answered, as a shape. `asked`: method and path, as the contract has it."""

    vendor: str
    asked: str
    status: int
    content_type: str
    shape: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AskedService:
    """Somebody's service that was asked. `named`: by its URL; `mock`: it is one of ours."""

    host: str
    named: bool
    mock: bool


@dataclass
class RunResults:
    """All that a run has found so far.

    `hosts`: those that were reached. `calls`: requests that were sent to vendors.
    `silent`: vendors that never answered as an API does, with what they did instead.
    `services`: by vendor, whom it was that was asked; the mock of the run is none of them.
    `accepted`: vendors that gave a token. `answers`: what they answered.
    `secrets`: those of the run.
    """

    target: str = "mock"
    found: list[CheckResult] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    calls: int = 0
    silent: dict[str, str] = field(default_factory=dict)
    services: dict[str, AskedService] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    answers: list[ObservedAnswer] = field(default_factory=list)
    secrets: Secrets = field(default_factory=Secrets)

    def tell_once(self, finding: CheckResult) -> None:
        """Note what is no check's own: the same a second time is not told again."""
        if all(told.id != finding.id for told in self.found):
            self.found.append(finding)

    def note(self, answer: ObservedAnswer) -> None:
        """Keep the shape of an answer, once."""
        if answer not in self.answers:
            self.answers.append(answer)

    def settled(self) -> "RunResults":
        """The same at the end of a run: of a vendor that was silent nothing was checked, and of
        one that never gave a token nothing that needs credentials which it takes.
        """
        return replace(self, found=[self._settled(finding) for finding in self.found])

    def _settled(self, finding: CheckResult) -> CheckResult:
        reason = self.silent.get(finding.vendor)
        if finding.refusal and finding.vendor in self.services.keys() - self.accepted:
            reason = reason or f"credential refused: {finding.refusal}"
        if reason is None or finding.verdict == "not-checked":
            return finding
        return replace(finding, verdict="not-checked", grade=None, detail=reason)

    @property
    def checked(self) -> bool:
        """Whether anything could be checked that had to be asked."""
        return any(finding.asked and finding.verdict != "not-checked" for finding in self.found)

    @property
    def failed(self) -> bool:
        """Whether anything drifted that is more than something new."""
        return any(finding.fails for finding in self.found)

    def as_json(self) -> dict[str, Any]:
        """Plain values, as `report.json` has them."""
        checks = [_fields(finding) for finding in self.found]
        return {"target": self.target, "hosts": self.hosts, "calls": self.calls, "checks": checks}


def _fields(finding: CheckResult) -> dict[str, Any]:
    fields = asdict(finding)
    for ours in ("check", "asked", "refusal"):
        del fields[ours]
    return fields


RESULTS = pytest.StashKey[RunResults]()
"""Where the findings of a pytest configuration are kept."""


def counted(findings: Iterable[CheckResult]) -> dict[str, int]:
    """How many there are of each verdict."""
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.word] = counts.get(finding.word, 0) + 1
    return counts
