"""The call that checks token clients against the rules."""

from collections.abc import Iterable
from typing import Any

from mockserver.admin.admin_request import AdminRequest
from mockserver.model.errors import Refusal
from mockserver.verdicts.exchanges import Exchange
from mockserver.verdicts.judging import Finding, Verdict
from mockserver.verdicts.rules import verdicts_of

_MOST_FINDINGS = 5
_MOST_KEPT = 3
_OFF = "nothing is recorded for verdicts: start it without --no-verdicts, or verdicts=False"


def list_verdicts(call: AdminRequest) -> Any:
    """Return the verdict of each rule for token clients on the requests in the journal.

    A rule is `kept`, `broken`, or `not-exercised` if no request could have shown it. A broken rule
    has the first findings, each with the IDs of its requests in order and the expected requests.
    """
    if not call.state.judged:
        raise Refusal(_OFF, status=409)
    asked = call.arguments().get("one_caller") or call.query("one_caller") == "true"
    found = verdicts_of(call.state, one_caller=bool(asked))
    return {"verdicts": [_shown(call, verdict) for verdict in found]}


def _shown(call: AdminRequest, verdict: Verdict) -> dict[str, Any]:
    rule, outcome = verdict.rule, verdict.outcome
    findings = outcome.broken[:_MOST_FINDINGS]
    found = [each for finding in findings for each in finding.exchanges]
    requests = found or outcome.kept[:_MOST_KEPT]
    return {
        "id": rule.id,
        "severity": verdict.severity,
        "state": verdict.state,
        "text": rule.text,
        "source": rule.source,
        "count": len(outcome.broken) or len(outcome.kept),
        "findings": [_finding(call, verdict, finding) for finding in findings],
        "requests": [_request(call, each) for each in _in_order(requests)],
    }


def _finding(call: AdminRequest, verdict: Verdict, finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity or verdict.rule.severity,
        "expected": call.redactor.text(finding.expected),
        "requests": [each.entry.id for each in finding.exchanges],
    }


def _in_order(exchanges: Iterable[Exchange]) -> list[Exchange]:
    unique = {each.entry.id: each for each in exchanges}
    return sorted(unique.values(), key=lambda each: each.real)


def _request(call: AdminRequest, each: Exchange) -> dict[str, Any]:
    return {"id": each.entry.id, **call.show.request(each.entry)}
