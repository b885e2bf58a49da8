"""Calls about the journal: its requests, near misses (as in WireMock), verdicts on clients."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.serializers import shown_stub
from mockserver.emulator.journal_entry import Entry
from mockserver.model.errors import ControlError, Refusal
from mockserver.model.http import Headers, Request, Response
from mockserver.verdicts.rules import RuleVerdict, verdicts_of
from mockserver.wiremock.mapping_fields import Fields
from mockserver.wiremock.near_misses import (
    Candidate,
    endpoint_candidates,
    near_misses,
    nearest_requests,
    side_by_side,
    stub_candidate,
)

LONGEST_WAIT = 60.0
"""The largest `timeout` of `requests/wait`, in real seconds."""

_FINDINGS = 5  # of a broken rule that are shown
_KEPT = 3  # requests that are shown of those that keep a rule
_NO_VERDICTS = "nothing is recorded for verdicts: start it without --no-verdicts, or verdicts=False"


def list_entries(call: AdminRequest) -> Any:
    """Return the journal, newest first.

    `limit` is the maximum number of requests. `since` excludes requests before an ISO 8601 time.
    `unmatched=true` selects requests that reached no endpoint and no stub. `matchingStub` selects
    requests that the stub with this ID responded to.
    """
    entries = list(filter(_filter(call), call.entries))
    return {
        "requests": [_entry(call, entry) for entry in entries[::-1][: call.limit()]],
        "meta": {"total": len(entries)},
        "requestJournalDisabled": False,
    }


def get_entry(call: AdminRequest) -> Any:
    """Return one request of the journal."""
    entry = call.state.journal.get(call.parameters["id"])
    if entry is None:
        raise Refusal("there is no such request", status=404)
    return _entry(call, entry)


def remove_entry(call: AdminRequest) -> Any:
    """Remove one request from the journal, if it is there."""
    with call.transaction():
        call.state.journal.remove(lambda entry: entry.id == call.parameters["id"])
    return {}


def reset(call: AdminRequest) -> Any:
    """Remove all requests from the journal."""
    call.state.journal.clear()
    return {}


def count(call: AdminRequest) -> Any:
    """Return how many requests match a pattern."""
    return {"count": len(_matching(call)), "requestJournalDisabled": False}


def find(call: AdminRequest) -> Any:
    """Return the requests that match a pattern, oldest first."""
    return {"requests": _requests(call, _matching(call)), "requestJournalDisabled": False}


def remove(call: AdminRequest) -> Any:
    """Remove the requests that match a pattern, and return them."""
    pattern = call.pattern(call.body())
    with call.transaction():
        removed = call.state.journal.remove(lambda entry: pattern.matches(entry.routed))
    return {"serveEvents": [_entry(call, entry) for entry in removed]}


def unmatched(call: AdminRequest) -> Any:
    """Return the requests that reached no endpoint and no stub, oldest first."""
    return {"requests": _requests(call, _unmatched(call)), "requestJournalDisabled": False}


def wait(call: AdminRequest) -> Any:
    """Wait until `count` requests (default 1) match `pattern`.

    The response is 408 after `timeout` real seconds (default 10, at most 60), or as soon as the
    state is reset.
    """
    arguments = call.arguments()
    pattern = call.pattern(arguments.get("pattern", {}), "pattern")
    wanted, seconds = arguments.get("count", 1), arguments.get("timeout", 10)
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 0:
        raise Refusal("count must be a whole number")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise Refusal("timeout must be a number of seconds")
    if not 0 <= seconds <= LONGEST_WAIT:
        raise Refusal(f"timeout must be 0 to {LONGEST_WAIT:g} seconds")
    state, engine = call.state, call.engine
    came = state.journal.wait(pattern, wanted, seconds, lambda: not engine.is_current(state))
    seen = len(call.state.journal.find(pattern))
    if not came:
        until = f"in {seconds:g} s" if engine.is_current(state) else "before the state was reset"
        raise ControlError(408, f"{seen} of {wanted} requests came {until}", count=seen)
    return {"count": seen}


def near_misses_of_unmatched(call: AdminRequest) -> Any:
    """Return the three nearest stubs or endpoints for each unmatched request."""
    return {"nearMisses": misses_of(call, _unmatched(call))}


def near_misses_of_request(call: AdminRequest) -> Any:
    """Return the stubs or endpoints nearest to a request, given in the form of the journal."""
    entry = _given_entry(call, Fields(call.body()))
    return {"nearMisses": misses_of(call, [entry])}


def near_misses_of_pattern(call: AdminRequest) -> Any:
    """Return the three requests nearest to a pattern."""
    body = call.body()
    pattern = call.pattern(body)
    shown = call.redactor.json(body)
    entries = {id(entry.routed): entry for entry in call.entries}
    nearest = nearest_requests(pattern, [entry.routed for entry in entries.values()])
    candidate = Candidate("pattern", pattern, shown)
    misses = [
        {
            "request": _compared(call, entries[id(routed)], candidate),
            "requestPattern": shown,
            "matchResult": {"distance": pattern.distance(routed)},
        }
        for routed in nearest
    ]
    return {"nearMisses": misses}


def list_verdicts(call: AdminRequest) -> Any:
    """Return the verdict of each rule for token clients on the requests in the journal.

    A rule is `kept`, `broken`, or `not-exercised` if no request could have shown it. A broken rule
    has the first findings, each with the IDs of its requests in order and the expected requests.
    """
    if not call.state.judged:
        raise Refusal(_NO_VERDICTS, status=409)
    one_caller = call.arguments().get("one_caller") or call.query("one_caller") == "true"
    found = verdicts_of(call.state, call.entries, one_caller=bool(one_caller))
    return {"verdicts": [_verdict(call, verdict) for verdict in found]}


def _verdict(call: AdminRequest, verdict: RuleVerdict) -> dict[str, Any]:
    rule, outcome = verdict.rule, verdict.outcome
    findings = outcome.broken[:_FINDINGS]
    broken = [each for finding in findings for each in finding.exchanges]
    shown = {each.entry.id: each for each in broken or outcome.kept[:_KEPT]}
    return {
        "id": rule.id,
        "severity": verdict.severity,
        "state": verdict.state,
        "text": rule.text,
        "source": rule.source,
        "count": len(outcome.broken) or len(outcome.kept),
        "findings": [
            {
                "severity": finding.severity or rule.severity,
                "expected": call.redactor.text(finding.expected),
                "requests": [each.entry.id for each in finding.exchanges],
            }
            for finding in findings
        ],
        "requests": [
            {"id": each.entry.id, **call.show.request(each.entry)}
            for each in sorted(shown.values(), key=lambda each: each.real)
        ],
    }


def _matching(call: AdminRequest) -> list[Entry]:
    """Return the entries that match the pattern in the body, oldest first."""
    pattern = call.pattern(call.body())
    return [entry for entry in call.entries if pattern.matches(entry.routed)]


def _entry(call: AdminRequest, entry: Entry) -> dict[str, Any]:
    return {**call.show.entry(entry), **_stub_of(call, entry)}


def _stub_of(call: AdminRequest, entry: Entry) -> dict[str, Any]:
    """Return the stub that responded; only its ID if it was removed."""
    if entry.stub is None:
        return {}
    stub = call.state.stubs.get(entry.stub)
    removed = {"id": entry.stub, "uuid": entry.stub}
    return {"stubMapping": removed if stub is None else shown_stub(stub, call.redactor)}


def _requests(call: AdminRequest, entries: list[Entry]) -> list[dict[str, Any]]:
    return [call.show.request(entry) for entry in entries]


def _unmatched(call: AdminRequest) -> list[Entry]:
    return [entry for entry in call.entries if not entry.matched]


def _filter(call: AdminRequest) -> Callable[[Entry], bool]:
    since, stub = call.query("since"), call.query("matchingStub")
    moment = None if since is None else _moment(since)
    unmatched = call.query("unmatched") == "true"

    def is_wanted(entry: Entry) -> bool:
        if unmatched and entry.matched:
            return False
        return (moment is None or entry.at >= moment) and stub in (None, entry.stub)

    return is_wanted


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("since must be a time in ISO 8601 format") from None
    if moment.tzinfo is None:
        raise Refusal("since must have a time zone, such as Z")
    return moment


def misses_of(call: AdminRequest, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return for each entry the three stubs or endpoints that are nearest to it."""
    candidates = _candidates(call)
    return [
        {
            "request": _compared(call, entry, miss.candidate),
            "stubMapping": miss.candidate.mapping,
            "matchResult": {"distance": miss.distance},
        }
        for entry in entries
        for miss in near_misses(entry.routed, candidates)
    ]


def _compared(call: AdminRequest, entry: Entry, candidate: Candidate) -> dict[str, Any]:
    """Return the request with a string that shows it beside a candidate."""
    text = side_by_side(candidate, entry.routed, call.redactor)
    return {**call.show.request(entry), "sideBySide": text}


def _candidates(call: AdminRequest) -> list[Candidate]:
    redact, stubs = call.redactor, call.state.stubs
    candidates = [
        stub_candidate(stub, shown_stub(stub, redact), stubs.obstacles(stub))
        for stub in stubs.all()
    ]
    return [*candidates, *endpoint_candidates(call.engine.vendors)]


def _given_entry(call: AdminRequest, fields: Fields) -> Entry:
    """Return an entry, which is not recorded, for a request in the form of the journal."""
    url = fields.take("url", str, "/")
    path, _, query = url.partition("?")
    if not path.startswith("/"):
        raise Refusal("url must begin with /")
    headers = fields.take("headers", dict, {})
    if not all(isinstance(value, str) for value in headers.values()):
        raise Refusal("headers must be strings")
    body = fields.take("body", str, "").encode(errors="surrogatepass")
    method = fields.take("method", str, "GET")
    request = Request(method, unquote(path), query, Headers(headers.items()), body, target=url)
    routed, _ = call.engine.router.route(request)
    return Entry(0, routed, Response(0), call.state.clock.microseconds(), matched=False)
