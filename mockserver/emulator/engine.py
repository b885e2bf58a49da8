"""From a request to an answer. Every door calls this, so no two can differ."""

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from mockserver.emulator import cors
from mockserver.emulator.addressing import AddressBook, Visit
from mockserver.emulator.current import Current
from mockserver.emulator.not_found import nobody
from mockserver.emulator.prefer_header import preferred_error
from mockserver.emulator.state import State
from mockserver.emulator.stub_response import ordered_error, stubbed
from mockserver.model.body import check_length
from mockserver.model.errors import InternalError, Refusal, StoreError
from mockserver.model.http import Request, Response
from mockserver.model.vendor import Call, Vendor
from mockserver.wiremock.stub_mapping import Stub

_log = logging.getLogger("mockserver")


class _Outcome(NamedTuple):
    response: Response
    reason: str | None = None


class Engine:
    """The vendors, where each is reached, and one state of theirs."""

    def __init__(self, vendors: Sequence[Vendor[Any]], book: AddressBook, current: Current) -> None:
        self.vendors = tuple(vendors)
        self.book = book
        self.current = current

    @property
    def state(self) -> State:
        """The state as it was when it was last looked for."""
        return self.current.state

    def answer(self, request: Request) -> Response:
        """The answer of a stub or of the vendor, whatever the request; it is in the journal then.

        404 and problem details if the request is nobody's. Carries a `Date` by the state's
        clock. An answer to HEAD still has its body: the door leaves it out. Where the store fails
        it is a 500, and nothing is noted.
        """
        visit = self.book.receive(request)
        if not self.current.shared:
            return self._answer(visit, self.current.state)
        try:
            with self.current.together() as state:
                return self._answer(visit, state)
        except StoreError:  # of which the store tells the log, once for all requests
            date = ("Date", self.current.http_date())
            return ordered_error(500, visit, "The store failed.").with_headers(date)

    def _answer(self, visit: Visit, state: State) -> Response:
        stub = state.stubs.choose(visit.routed)
        if stub is None:
            outcome = self._vendor_answer(visit, state)
        else:
            outcome = self._stubbed(stub, visit, state)
        response = _timed(outcome.response, stub, state)
        _note(visit, response, stub, outcome.reason, state)
        return response

    def _stubbed(self, stub: Stub, visit: Visit, state: State) -> _Outcome:
        reply = stub.response
        if reply.status is None and reply.error is None and reply.fault is None:
            return self._vendor_answer(visit, state)
        if stub.limits.phase == "after":
            self._vendor_answer(visit, state)
        if reply.error is not None:
            return _Outcome(ordered_error(reply.error, visit), "ordered by a stub")
        return _Outcome(stubbed(reply), reply.fault and f"ordered by a stub: {reply.fault}")

    def _vendor_answer(self, visit: Visit, state: State) -> _Outcome:
        vendor = visit.vendor
        if vendor is None:
            return _Outcome(nobody(visit.request, self.vendors))
        if vendor.cors and visit.request.method == "OPTIONS":
            return _Outcome(cors.preflight(vendor.cors))
        if visit.match is not None and (status := preferred_error(visit.request)):
            return _Outcome(ordered_error(status, visit), "ordered by the header Prefer")
        reason = None
        try:
            response = _call(vendor, visit, state)
        except Refusal as refusal:
            response, reason = vendor.refuse(refusal, visit.request), refusal.why
        except StoreError:
            raise
        except Exception as error:
            told = state.redactor.remember_known().error(error)
            _log.error("%s %s failed", visit.request.method, vendor.name, exc_info=told)
            response, reason = vendor.refuse(InternalError(), visit.request), str(told)
        return _Outcome(cors.allowed(response) if vendor.cors else response, reason)


def _call(vendor: Vendor[Any], visit: Visit, state: State) -> Response:
    if visit.match is None:
        raise visit.refusal or InternalError()
    check_length(visit.request)
    endpoint, parameters = visit.match
    return endpoint.handler(Call(visit.request, parameters, state.vendor_state(vendor)))


def _timed(response: Response, stub: Stub | None, state: State) -> Response:
    delay = (stub.response.delay if stub else None) or state.delay.delay()
    seconds = delay(state.stubs.random) if delay else 0.0
    dated = response.with_headers(("Date", state.clock.http_date()))
    return dated.later(seconds) if seconds else dated


def _note(
    visit: Visit, response: Response, stub: Stub | None, reason: str | None, state: State
) -> None:
    matched = visit.match is not None or stub is not None
    now, stub_id = state.clock.microseconds(), stub.id if stub else None
    state.journal.note(visit.routed, response, now, matched=matched, stub=stub_id, reason=reason)
