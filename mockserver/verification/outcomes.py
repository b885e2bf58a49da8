"""Makes results from the ends of checks, and findings from deviations of answers."""

import re
from collections.abc import Sequence

import pytest

from mockserver.verification.contract_tree import (
    AnswersDeviate,
    Deviation,
    NoSuccess,
    NotAccepted,
    WrongStatus,
    unquoted,
)
from mockserver.verification.results import CheckResult, ContractFinding, Secrets
from mockserver.verification.statements import (
    DOCUMENTED,
    Check,
    CheckSkipped,
    Grade,
    Reason,
    Tag,
    Verdict,
    Why,
    rank,
)

_EMPTY = re.compile(r"assert (False|None|not )|$")
_EQUAL = re.compile(r"assert (.+) == (.+)")


class OutcomeReader:
    """Turns the ends of checks into results.

    Args:
        secrets: The secrets of the run, which are taken out of every text.
        ours: True if a mock of this project is asked. Its agreement with our own choices is no
            confirmation, and its disagreement is a fault.
    """

    def __init__(self, secrets: Secrets, *, ours: bool) -> None:
        self._secrets = secrets
        self._ours = ours

    def result(
        self,
        check: Check,
        error: BaseException | None,
        exchange: str,
        findings: Sequence[ContractFinding] = (),
    ) -> CheckResult:
        """Return the result of a check.

        Args:
            check: The check.
            error: The exception that ended it, if any.
            exchange: The last request and its status.
            findings: The deviations of the answers in this check.
        """
        if isinstance(error, pytest.skip.Exception):
            return self._skipped(check, error)
        if isinstance(error, WrongStatus):
            return self._wrong_status(check, error)
        if isinstance(error, AssertionError) and not isinstance(error, AnswersDeviate):
            detail = self._secrets.shown(_explained(error, exchange))
            return self._wrong(check, check.tag, check.source, check.grade, detail)
        return self._unless_deviating(check, error, exchange, findings)

    def _unless_deviating(
        self,
        check: Check,
        error: BaseException | None,
        exchange: str,
        findings: Sequence[ContractFinding],
    ) -> CheckResult:
        """Return the result of a check whose own assertions did not fail."""
        ended = error is None or isinstance(error, AnswersDeviate)
        # A check may fail because a real service differs from our own choices.
        met = [each.id for each in findings if each.fails or not ended]
        additions = [each.id for each in findings if each.grade == "additive"]
        if because := [each for each in met if each not in additions]:
            return _result(check, "agrees").not_made(Why(Reason.NOT_JUDGED, because[0]))
        if ended:
            return _result(check, "agrees" if self._known(check.tag) else "confirmed")
        return _result(check, "broken", self._secrets.shown(_fault(error, exchange)))

    def finding(self, vendor: str, deviation: Deviation) -> ContractFinding:
        """Return the finding for a deviation; the same deviation always has the same id."""
        shown, difference = self._secrets.shown, deviation.difference
        evidence, new = difference.evidence, difference.grade == "additive"
        where = f"{deviation.exchange}: {difference.path}"
        drifted = new or self._known(evidence.tag)
        return ContractFinding(
            # An addition is reported once, however many endpoints send it.
            shown(f"{vendor}.{difference.path if new else where}"),
            vendor,
            shown(f"{where}: {difference.says}"),
            evidence.tag,
            evidence.source,
            "drifted" if drifted else "refuted",
            difference.grade if drifted else None,
            shown(f"{deviation.exchange}: {difference.text}"),
            endpoint=deviation.exchange,
            path=shown(difference.path),
            says=shown(difference.says),
            came=shown(difference.came),
            refusal=deviation.refusal,
        )

    def _known(self, tag: Tag) -> bool:
        """Return True if the service has to do what a statement with this tag says."""
        return self._ours or tag in DOCUMENTED

    def _skipped(self, check: Check, error: BaseException) -> CheckResult:
        why = Why(Reason.CANNOT_BE_CHECKED, str(error))
        if isinstance(error, CheckSkipped):
            why = error.why
        return _result(check, "not-checked").not_made(
            why._replace(detail=self._secrets.shown(why.detail))
        )

    def _wrong_status(self, check: Check, error: WrongStatus) -> CheckResult:
        difference = error.difference
        weaker = rank(check.tag) > rank(difference.evidence.tag)
        said = check if weaker else difference.evidence
        detail = self._secrets.shown(f"{error.exchange}: {difference.text}")
        return self._wrong(check, said.tag, said.source, check.grade, detail)

    def _wrong(self, check: Check, tag: Tag, source: str, grade: Grade, detail: str) -> CheckResult:
        drifted = self._known(tag)
        return CheckResult(
            check.id,
            check.vendor,
            check.statement,
            tag,
            source,
            "drifted" if drifted else "refuted",
            grade if drifted else None,
            detail,
        )


def refusal_of(error: BaseException | None, exchange: str) -> str:
    """Return the exchange if a check ended because of a 401 in place of a success, else ""."""
    refused = isinstance(error, WrongStatus | NotAccepted) and error.refusal
    if isinstance(error, NoSuccess):
        refused = error.answer.status_code == 401
    return exchange if refused else ""


def _result(check: Check, verdict: Verdict, detail: str = "") -> CheckResult:
    return CheckResult(
        check.id, check.vendor, check.statement, check.tag, check.source, verdict, None, detail
    )


def _fault(error: BaseException | None, exchange: str) -> str:
    """Return what broke a check: a bug in the check, or a library of an unsupported version."""
    text = " ".join(str(error).split())
    return f"{exchange or 'nothing was asked'}; the check failed: {type(error).__name__} {text}"


def _explained(error: AssertionError, exchange: str) -> str:
    """Return what was asked, what was answered, and what a failed assertion compared."""
    exchange = exchange or "nothing was asked"
    head = unquoted(str(error).strip().partition("\n")[0])
    if _EMPTY.match(head):
        return f"{exchange}, where the statement says otherwise"
    return "; ".join([exchange, _EQUAL.sub(r"came \1, where \2 is documented", head)])
