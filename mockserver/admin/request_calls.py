"""Calls about the journal: what was asked, in WireMock's words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.serializers import shown_entry, shown_request, shown_stub
from mockserver.emulator.journal import Entry
from mockserver.model.errors import Refusal
from mockserver.model.http import Response, json_response
from mockserver.model.problem import problem

LONGEST_WAIT = 60.0
"""Real seconds."""


def listed(call: AdminRequest) -> Response:
    """The journal, newest first; `limit`: at most so many; `since`: ISO 8601, not before.

    `unmatched=true`: those that reached no endpoint and no stub; `matchingStub`: those on which
    the stub with this id acted.
    """
    entries = list(filter(_asked_for(call), call.state.journal.all()))
    limit, newest = call.query("limit"), entries[::-1]
    shown = newest if limit is None else newest[: _limit(limit)]
    return json_response(
        200,
        {
            "requests": [_entry(call, entry) for entry in shown],
            "meta": {"total": len(entries)},
            "requestJournalDisabled": False,
        },
    )


def one(call: AdminRequest) -> Response:
    """One request of the journal."""
    entry = call.state.journal.get(call.parameters["id"])
    if entry is None:
        raise Refusal("there is no such request", status=404)
    return json_response(200, _entry(call, entry))


def remove_one(call: AdminRequest) -> Response:
    """Forget one request."""
    with call.together():
        gone = call.state.journal.remove(lambda entry: entry.id == call.parameters["id"])
    if not gone:
        raise Refusal("there is no such request", status=404)
    return json_response(200, {})


def reset(call: AdminRequest) -> Response:
    """Forget all requests."""
    call.state.journal.clear()
    return json_response(200, {})


def count(call: AdminRequest) -> Response:
    """How many requests match a pattern."""
    found = call.state.journal.find(call.pattern(call.body()))
    return json_response(200, {"count": len(found), "requestJournalDisabled": False})


def find(call: AdminRequest) -> Response:
    """The requests that match a pattern, oldest first."""
    found = call.state.journal.find(call.pattern(call.body()))
    return json_response(200, {"requests": _requests(call, found), "requestJournalDisabled": False})


def remove(call: AdminRequest) -> Response:
    """Forget the requests that match a pattern, and say which they were."""
    pattern = call.pattern(call.body())
    with call.together():
        gone = call.state.journal.remove(lambda entry: pattern.matches(entry.routed))
    return json_response(200, {"serveEvents": [_entry(call, entry) for entry in gone]})


def unmatched(call: AdminRequest) -> Response:
    """The requests that reached no endpoint and no stub, oldest first."""
    found = [entry for entry in call.state.journal.all() if not entry.matched]
    return json_response(200, {"requests": _requests(call, found), "requestJournalDisabled": False})


def wait(call: AdminRequest) -> Response:
    """Answer when `count` (1) requests match `pattern`, or 408 after `timeout` real seconds, or
    as soon as the state is reset. The timeout is 10 if it is not given, and 60 at most.
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
    state, current = call.state, call.engine.current
    if not state.journal.wait(pattern, wanted, seconds, lambda: not current.has(state)):
        seen = len(call.state.journal.find(pattern))
        until = f"in {seconds:g} s" if current.has(state) else "before the state was reset"
        return problem(408, f"{seen} of {wanted} requests came {until}", count=seen)
    return json_response(200, {"count": len(call.state.journal.find(pattern))})


def _entry(call: AdminRequest, entry: Entry) -> dict[str, Any]:
    return {**shown_entry(entry, call.redactor, call.place), **_acted(call, entry)}


def _acted(call: AdminRequest, entry: Entry) -> dict[str, Any]:
    """The stub that acted; of one that is gone by now, the id."""
    if entry.stub is None:
        return {}
    stub = call.state.stubs.get(entry.stub)
    gone = {"id": entry.stub, "uuid": entry.stub}
    return {"stubMapping": gone if stub is None else shown_stub(stub, call.redactor)}


def _requests(call: AdminRequest, entries: list[Entry]) -> list[dict[str, Any]]:
    return [shown_request(entry, call.redactor, call.place) for entry in entries]


def _asked_for(call: AdminRequest) -> Callable[[Entry], bool]:
    since, stub = call.query("since"), call.query("matchingStub")
    moment = None if since is None else _moment(since)
    unmatched = call.query("unmatched") == "true"

    def asked_for(entry: Entry) -> bool:
        if unmatched and entry.matched:
            return False
        return (moment is None or entry.at >= moment) and stub in (None, entry.stub)

    return asked_for


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("since must be a moment, ISO 8601") from None
    if moment.tzinfo is None:
        raise Refusal("since must have a zone, such as Z")
    return moment


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refusal("limit must be a whole number")
    return int(text)
