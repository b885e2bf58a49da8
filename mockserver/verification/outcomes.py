"""From a check that ended, or a difference that was met, to a finding."""

import re
from typing import get_args

import pytest
import requests

from mockserver.verification.differences import Difference, Divergence, unquoted
from mockserver.verification.report_secrets import Secrets
from mockserver.verification.results import DOCUMENTED, CheckResult, Grade, Tag, Verdict
from mockserver.verification.statements import Check

_EMPTY = re.compile(r"assert (False|None|not )|$")
_EQUAL = re.compile(r"assert (.+) == (.+)")
_WANTED = re.compile("it is 2[0-9][0-9]")
_REFUSED = 401
_ORDER = ("breaking", "cosmetic", "additive")


def finding_of(
    check: Check, error: BaseException | None, exchange: str, secrets: Secrets
) -> CheckResult:
    """What came of a check that ended so. `exchange`: what was asked and answered last."""
    if isinstance(error, pytest.skip.Exception):
        return _finding(check, "not-checked", detail=secrets.shown(str(error)))
    if error is None:
        return _finding(check, "agrees" if check.tag in DOCUMENTED else "confirmed")
    if isinstance(error, Divergence):
        worst = min(error.differences, key=_weight)
        detail = f"{error.exchange}: {'; '.join(each.text for each in error.differences)}"
        own = worst.asked and _rank(check.tag) > _rank(worst.evidence.tag)
        said = check if own else worst.evidence
        return _wrong(check, said.tag, said.source, worst.grade, secrets.shown(detail))
    detail = secrets.shown(_explained(error, exchange))
    return _wrong(check, check.tag, check.source, check.grade, detail)


def refusal_of(error: BaseException | None, exchange: str) -> str:
    """What was answered with 401 where a check wanted a success; "" if that is not the matter."""
    if isinstance(error, requests.HTTPError):
        refused = error.response is not None and error.response.status_code == _REFUSED
    elif isinstance(error, Divergence):
        refused = any(_WANTED.fullmatch(each.says) for each in error.differences if each.asked)
    else:
        refused = f"<Response [{_REFUSED}]>.ok" in str(error)
    return exchange if refused and exchange.endswith(f"answered {_REFUSED}") else ""


def finding_of_difference(
    vendor: str, exchange: str, difference: Difference, secrets: Secrets
) -> CheckResult:
    """A difference that is no check's own: something new, or what no page says to be so."""
    part = re.sub(r"\.\d+", "[]", difference.part)
    where = f"{exchange}: {part}"
    new = difference.grade == "additive"
    evidence = difference.evidence
    return CheckResult(
        secrets.shown(f"{vendor}.{part if new else where}"),  # wherever it is new, it is told once
        vendor,
        secrets.shown(f"{where}: {difference.says}"),
        evidence.tag,
        evidence.source,
        "drifted" if new else "refuted",
        "additive" if new else None,
        secrets.shown(f"{exchange}: {difference.text}"),
        check=False,
    )


def _finding(check: Check, verdict: Verdict, detail: str = "") -> CheckResult:
    return CheckResult(
        check.id, check.vendor, check.statement, check.tag, check.source, verdict, None, detail
    )


def _explained(error: BaseException, exchange: str) -> str:
    """What a person needs of an error: what was asked and answered, and what was compared."""
    exchange = exchange or "nothing was asked anew"
    if isinstance(error, requests.HTTPError):
        return f"{exchange}, where a success is documented; are the credentials still good?"
    if not isinstance(error, AssertionError | pytest.fail.Exception):
        words = " ".join(str(error).split())
        return f"{exchange}; what came is not what was looked for: {type(error).__name__} {words}"
    head = unquoted(str(error).strip().partition("\n")[0])
    if _EMPTY.match(head):
        return f"{exchange}, where the statement says otherwise"
    return "; ".join(filter(None, [exchange, _EQUAL.sub(r"came \1, where \2 is documented", head)]))


def _wrong(check: Check, tag: Tag, source: str, grade: Grade, detail: str) -> CheckResult:
    drifted = tag in DOCUMENTED or grade == "additive"
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


def _weight(difference: Difference) -> tuple[bool, int, int]:
    return (
        not difference.documented,
        _ORDER.index(difference.grade),
        _rank(difference.evidence.tag),
    )


def _rank(tag: Tag) -> int:
    """Less is better known."""
    return get_args(Tag).index(tag)
