"""The results of a run: one for each check, and one finding for each deviation of an answer."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from secrets import token_bytes
from typing import Any

import pytest
import requests

from mockserver.model.known_secrets import SecretNames
from mockserver.model.redaction import Redactor
from mockserver.vendors import discover
from mockserver.verification.statements import Grade, Reason, Tag, Verdict, Why

FIELDS = ("id", "vendor", "statement", "tag", "source", "verdict", "grade", "detail")
"""The fields of an entry of `checks` in `report.json`."""

_RANDOM = re.compile(r"(?=[\w+=-]*[0-9])(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}", re.ASCII)
"""Text that looks generated; it may be a secret that the run does not know."""

_LONGEST = 600  # characters


class Secrets:
    """The secrets of a run."""

    def __init__(self) -> None:
        declared = [name for vendor in discover() for name in vendor.secret_fields]
        self._names = SecretNames(declared)
        self._redactor = Redactor(token_bytes(16), lambda: (), self._names)

    def learn(self, fields: Mapping[str, Any]) -> None:
        """Add every text in these fields."""
        for value in fields.values():
            if isinstance(value, str):
                self._redactor.remember(value)
            elif isinstance(value, Mapping):
                self.learn(value)

    def learn_from(self, answer: requests.Response) -> bool:
        """Add the texts of an answer under the names of secrets; return True if there are any."""
        try:
            return self._search(answer.json(), "")
        except (ValueError, RecursionError):
            return False

    def shown(self, text: str) -> str:
        """Return a text without secrets and control characters, of limited length."""
        # Redacted before it is cut, because half a secret would not be recognized.
        text = _RANDOM.sub(lambda run: self._redactor.tag(run[0]), self._redactor.text(text))
        text = "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."

    def unshortened(self, text: str) -> str:
        """Return a text without secrets, of any length."""
        return self._redactor.text(text)

    def clean(self, text: str) -> bool:
        """Return True if a text has no secret in it, and nothing that looks like one."""
        return self._redactor.text(text) == text

    def _search(self, value: Any, name: str) -> bool:
        if isinstance(value, Mapping):
            found = [self._search(item, key) for key, item in value.items()]
            return any(found)
        if isinstance(value, list):
            found = [self._search(item, name) for item in value]
            return any(found)
        if isinstance(value, str) and name in self._names:
            self._redactor.remember(value)
            return True
        return False


@dataclass(frozen=True)
class ReportRow:
    """The part of a check or a finding that every report shows.

    `grade` belongs to a drift and is None otherwise. `detail` says what was seen.
    """

    id: str
    vendor: str
    statement: str
    tag: Tag
    source: str
    verdict: Verdict
    grade: Grade | None = None
    detail: str = ""

    @property
    def fails(self) -> bool:
        """Return True for drift that is more than an addition."""
        return self.verdict == "drifted" and self.grade != "additive"

    @property
    def word(self) -> str:
        """Return the verdict, followed by the grade of a drift."""
        return f"{self.verdict} ({self.grade})" if self.grade else self.verdict

    def as_json(self) -> dict[str, Any]:
        """Return the row as `report.json` has it."""
        return {name: getattr(self, name) for name in FIELDS}


@dataclass(frozen=True)
class CheckResult(ReportRow):
    """The result of one check.

    Attributes:
        reason: Why the check was not made; None if it was.
        asked: True if the check sent a request that was answered.
        refusal: The request that was answered with 401 although a success was wanted, such as
            "POST /path answered 401"; empty otherwise.
        findings: The ids of the findings that the answers in this check showed.
        seconds: How long the check took.
    """

    reason: Reason | None = None
    asked: bool = True
    refusal: str = ""
    findings: tuple[str, ...] = ()
    seconds: float = 0.0

    def not_made(self, why: Why) -> "CheckResult":
        """Return the same check as one that was not made."""
        return replace(self, verdict="not-checked", grade=None, detail=str(why), reason=why.reason)


@dataclass(frozen=True)
class ContractFinding(ReportRow):
    """One deviation of an answer from the contract, reported once however many checks met it.

    Attributes:
        endpoint: Method, path and status of the answer, such as "POST /path answered 200".
        path: The JSON path of the part that deviates, or the header.
        says: The rule that the part breaks.
        came: The value that the service sent, without secrets.
        refusal: True if the deviation is a 401 where a success is documented.
    """

    endpoint: str = ""
    path: str = ""
    says: str = ""
    came: str = ""
    refusal: bool = False


@dataclass(frozen=True)
class ObservedAnswer:
    """An answer of a service as a shape. `asked` is method and path as the contract has them."""

    vendor: str
    asked: str
    status: int
    content_type: str
    shape: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AskedService:
    """A service that was asked in place of the mock of the run.

    `named` is True if `--base-url` named it, `mock` if it is a mock server of this project.
    """

    host: str
    named: bool
    mock: bool
    url: str = ""


@dataclass
class RunResults:
    """Everything that a run has found so far.

    Attributes:
        target: The name of the target, or the addresses that were named.
        checks: The results of the checks, in the order in which they were made.
        findings: The deviations, each once.
        hosts: The hosts that answered.
        calls: The number of requests that were sent.
        silent: By vendor, why its service never answered as an API does.
        services: By vendor, the service that was asked if it is not the mock of the run.
        accepted: The vendors whose service issued a token.
        answers: The shapes of the answers.
        missing: The environment variables of credentials that are not set, by vendor.
        secrets: The secrets of the run.
        interrupted: True if the run was ended by a signal.
    """

    target: str = "mock"
    checks: list[CheckResult] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    calls: int = 0
    silent: dict[str, Why] = field(default_factory=dict)
    services: dict[str, AskedService] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    answers: list[ObservedAnswer] = field(default_factory=list)
    findings: list[ContractFinding] = field(default_factory=list)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    secrets: Secrets = field(default_factory=Secrets)
    interrupted: bool = False

    def add_finding(self, finding: ContractFinding) -> None:
        """Add a deviation; of the same one with better and worse evidence, the better counts."""
        known = next((each for each in self.findings if each.id == finding.id), None)
        if known is None:
            self.findings.append(finding)
        elif finding.fails and not known.fails:
            self.findings[self.findings.index(known)] = finding

    def add_answer(self, answer: ObservedAnswer) -> None:
        """Add the shape of an answer unless the run has it already."""
        if answer not in self.answers:
            self.answers.append(answer)

    def settled(self) -> "RunResults":
        """Return the results at the end of a run, when it is known what each service is.

        Nothing was checked at a service that never answered as an API does. Where a service never
        issued a token, a 401 in place of a success says that the credentials are wrong, and
        nothing about the service.
        """
        refusing = self.services.keys() - self.accepted
        findings = [
            each
            for each in self.findings
            if each.vendor not in self.silent and not (each.refusal and each.vendor in refusing)
        ]
        checks = [self._settled(check, refusing) for check in self.checks]
        return replace(self, checks=checks, findings=findings)

    def _settled(self, check: CheckResult, refusing: set[str]) -> CheckResult:
        why = self.silent.get(check.vendor)
        if why is None and check.refusal and check.vendor in refusing:
            why = Why(Reason.CREDENTIAL_REFUSED, check.refusal)
        already = check.verdict == "not-checked" and check.reason != Reason.NOT_JUDGED
        if why is None or already or check.verdict == "broken":
            return check
        return check.not_made(why)

    @property
    def rows(self) -> list[ReportRow]:
        """Return findings and checks, findings first."""
        return [*self.findings, *self.checks]

    @property
    def checked(self) -> bool:
        """Return True if a check that needs an answer was made."""
        return any(check.asked and check.verdict != "not-checked" for check in self.checks)

    @property
    def failed(self) -> bool:
        """Return True if there is drift that is more than an addition."""
        return any(row.fails for row in self.rows)

    @property
    def broken(self) -> bool:
        """Return True if a check failed by its own fault."""
        return any(check.verdict == "broken" for check in self.checks)

    @property
    def unchecked_addresses(self) -> list[str]:
        """Return the named addresses at which no check could be made."""
        made = {each.vendor for each in self.checks if each.asked and each.reason is None}
        judged = made | {each.vendor for each in self.findings}
        return [
            service.url
            for vendor, service in self.services.items()
            if service.named and vendor not in judged
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the plain values that `report.json` has."""
        rows = [row.as_json() for row in self.rows]
        return {"target": self.target, "hosts": self.hosts, "calls": self.calls, "checks": rows}


RESULTS = pytest.StashKey[RunResults]()
"""Where a pytest configuration keeps the results."""


def counted(rows: Iterable[ReportRow]) -> dict[str, int]:
    """Return how many rows have each verdict."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.word] = counts.get(row.word, 0) + 1
    return counts
