"""Calls about near misses: what a request nearly was, and which requests a pattern nearly met."""

from typing import Any
from urllib.parse import unquote

from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.serializers import shown_request, shown_stub
from mockserver.emulator.journal import Entry
from mockserver.model.errors import Refusal
from mockserver.model.http import Headers, Request, Response, json_response
from mockserver.wiremock.mapping_fields import Fields
from mockserver.wiremock.near_misses import (
    Candidate,
    endpoint_candidates,
    near_misses,
    nearest_requests,
    side_by_side,
    stub_candidate,
)


def of_unmatched(call: AdminRequest) -> Response:
    """For each request that matched nothing the three stubs or endpoints that came nearest."""
    unmatched = [entry for entry in call.state.journal.all() if not entry.matched]
    return json_response(200, {"nearMisses": _misses(call, unmatched)})


def of_request(call: AdminRequest) -> Response:
    """What came nearest to a request, given as the journal shows one."""
    entry = _entry(call, Fields(call.body()))
    return json_response(200, {"nearMisses": _misses(call, [entry])})


def of_pattern(call: AdminRequest) -> Response:
    """The three requests that come nearest to a pattern."""
    body = call.body()
    pattern = call.pattern(body)
    shown = call.redactor.json(body)
    entries = {id(entry.routed): entry for entry in call.state.journal.all()}
    nearest = nearest_requests(pattern, [entry.routed for entry in entries.values()])
    candidate = Candidate("pattern", pattern, shown)
    misses = [
        {
            "request": _with_text(call, entries[id(routed)], candidate),
            "requestPattern": shown,
            "matchResult": {"distance": pattern.distance(routed)},
        }
        for routed in nearest
    ]
    return json_response(200, {"nearMisses": misses})


def _misses(call: AdminRequest, entries: list[Entry]) -> list[dict[str, Any]]:
    candidates = _candidates(call)
    return [
        {
            "request": _with_text(call, entry, miss.candidate),
            "stubMapping": miss.candidate.mapping,
            "matchResult": {"distance": miss.distance},
        }
        for entry in entries
        for miss in near_misses(entry.routed, candidates)
    ]


def _with_text(call: AdminRequest, entry: Entry, candidate: Candidate) -> dict[str, Any]:
    redact = call.redactor
    text = side_by_side(candidate, entry.routed, redact)
    return {**shown_request(entry, redact, call.place), "sideBySide": text}


def _candidates(call: AdminRequest) -> list[Candidate]:
    redact, book = call.redactor, call.state.stubs
    stubs = [
        stub_candidate(stub, shown_stub(stub, redact), book.obstacles(stub)) for stub in book.all()
    ]
    return [*stubs, *endpoint_candidates(call.engine.vendors)]


def _entry(call: AdminRequest, fields: Fields) -> Entry:
    """An entry that was never noted, from a request in the journal's words."""
    url = fields.take("url", str, "/")
    path, _, query = url.partition("?")
    if not path.startswith("/"):
        raise Refusal("url must begin with /")
    headers = fields.take("headers", dict, {})
    if not all(isinstance(value, str) for value in headers.values()):
        raise Refusal("headers must be texts")
    body = fields.take("body", str, "").encode(errors="surrogatepass")
    method = fields.take("method", str, "GET")
    request = Request(method, unquote(path), query, Headers(headers.items()), body, target=url)
    visit = call.engine.book.receive(request)
    return Entry(0, visit.routed, Response(0), call.state.clock.microseconds(), matched=False)
