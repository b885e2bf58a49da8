"""The phases in which a request is answered. Every adapter runs them, so answers cannot differ."""

import logging
import re
import sys
from collections.abc import Callable
from threading import current_thread, get_ident
from typing import Any

from mockserver.emulator.journal_entry import Recorded
from mockserver.emulator.routing import Destination, VendorRouter
from mockserver.emulator.state import State
from mockserver.model.clock import Moment, http_date, real_seconds
from mockserver.model.errors import (
    ERROR_STATUSES,
    OUR_ERROR,
    InternalError,
    Refusal,
    StoreError,
    UnreadableBody,
    refusal_with,
)
from mockserver.model.http import Request, Response, RoutedRequest, new_response, problem
from mockserver.model.request_content import LIMIT
from mockserver.model.vendor import Call, Cors, Vendor
from mockserver.wiremock.stub_mapping import Stub

_log = logging.getLogger("mockserver")
_ANY_ORIGIN = ("Access-Control-Allow-Origin", "*")
_NEAREST = 3
_POLL = 0.1  # real seconds: time enough to see that a gate is open
# Compiled when a request first has the header: most processes never see one.
_PREFERRED_CODE = r'(?ai)(?:^|,)\s*code\s*=\s*("?)([0-9]{3})\1\s*(?=$|[,;])'


class RequestContext:
    """One request while it is processed; created once per request, and filled by the phases.

    `now` is the only reading of the clock: every time in the answer and in the journal comes
    from it. `reason` is the reason of a refusal for the journal, `refusal` the reason for which a
    token was refused.
    """

    __slots__ = (
        *("request", "router", "state", "now", "routed", "destination", "stub", "response"),
        *("reason", "refusal", "gate"),
    )

    def __init__(self, request: Request, router: VendorRouter, state: State, now: Moment) -> None:
        self.request = request
        self.router = router
        self.state = state
        self.now = now
        self.routed: RoutedRequest
        self.destination: Destination | None
        self.stub: Stub | None
        self.response: Response
        self.reason: str | None = None
        self.refusal: str | None = None
        self.gate: str | None = None


def address(context: RequestContext) -> None:
    """Find the vendor and the endpoint that the request is for."""
    context.routed, context.destination = context.router.route(context.request)


def choose_stub(context: RequestContext) -> None:
    """Find the stub that fires, if there is one."""
    context.stub = context.state.stubs.choose(context.routed)


def respond(context: RequestContext) -> None:
    """Set the response: the stub's, or else the vendor's.

    With the phase `after`, the vendor handles the request before the stub replaces its response.
    """
    stub = context.stub
    if stub is None or not _has_response(stub):
        context.response = _vendor_response(context)
        return
    if stub.limits.phase == "after":
        _vendor_response(context)
    definition = stub.response
    if definition.error is not None:
        context.response = vendor_error(definition.error, context.destination, context.routed)
        context.reason = "ordered by a stub"
        return
    status = definition.status or 200
    context.response = Response(status, definition.headers, definition.body, fault=definition.fault)
    context.reason = definition.fault and f"ordered by a stub: {definition.fault}"


def delay(context: RequestContext) -> None:
    """Add the `Date` header, the delay of the stub or else of the settings, and the reason."""
    state, response, stub = context.state, context.response, context.stub
    delay = (stub.response.delay if stub else None) or state.delay.delay()
    headers = (*response.headers, ("Date", http_date(context.now.unix)))
    seconds = delay(state.stubs.random) if delay else 0.0
    status, _, body, _, fault, *_ = response
    context.response = new_response(
        status, headers, body, delay=seconds, fault=fault, reason=context.reason
    )


def arrive(context: RequestContext) -> None:
    """Count the request at the gate of its stub, if it has a gate that is not open."""
    stub = context.stub
    gate = stub.response.gate if stub else None
    if stub and gate and context.state.gates.arrive(stub.id, gate):
        context.gate = stub.id


def note(context: RequestContext) -> None:
    """Record the request and its response in the journal."""
    destination, stub = context.destination, context.stub
    match = None if destination is None else destination.match
    if match is not None and match.endpoint.is_page:
        return
    matched = stub is not None or match is not None
    context.state.journal.note(
        context.routed,
        context.response,
        context.now.microseconds,
        matched=matched,
        stub=stub.id if stub else None,
        recorded=facts_of(context) if context.state.judged else (),
    )


def facts_of(context: RequestContext) -> Recorded:
    """Return what the rules for token clients need of a request, in the order of `Facts`."""
    request = context.request
    caller = request.connection or _caller(request)
    return real_seconds(), context.now.setting, caller, context.refusal, context.gate


def _caller(request: Request) -> int:
    """Return a number for the task or thread in this process that sent a request; 0 if unknown.

    The threads in which asyncio runs blocking functions serve many tasks in turn.
    """
    if request.way != "process":
        return 0
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None:
        if asyncio._get_running_loop() is not None:
            return id(asyncio.current_task())
        if current_thread().name.startswith("asyncio_"):
            return 0
    return get_ident()


def hold(context: RequestContext) -> None:
    """Hold the response until the gate of its stub opens."""
    stub, state = context.stub, context.state
    if context.gate is None or stub is None or stub.response.gate is None:
        return
    seconds = context.response.delay + stub.response.gate.seconds
    opened = state.gates.opened(stub.id, seconds, lambda: state.stubs.get(stub.id) is not None)
    context.response = context.response._replace(delay=seconds + _POLL, opened=opened)


PHASES: tuple[Callable[[RequestContext], None], ...] = (
    address,
    choose_stub,
    respond,
    delay,
    arrive,
    note,
    hold,
)
"""The phases of every request, in order."""


def vendor_error(
    status: int, destination: Destination | None, routed: RoutedRequest, why: str = ""
) -> Response:
    """Return the vendor's own error with a status; problem details if no vendor is meant."""
    if destination is None:
        return problem(status, why or "Ordered by a stub.")
    vendor = destination.vendor
    response = vendor.refuse(refusal_with(status), _vendor_request(routed))
    return _readable(response) if vendor.cors else response


def _has_response(stub: Stub) -> bool:
    given = stub.response
    return given.status is not None or given.error is not None or given.fault is not None


def _vendor_request(routed: RoutedRequest) -> Request:
    """Return the request with its path as the vendor receives it, without the prefix."""
    request = routed.request
    return request if request.path == routed.path else request.at(routed.path)


def _vendor_response(context: RequestContext) -> Response:
    destination = context.destination
    if destination is None:
        return _not_found(context)
    vendor, request = destination.vendor, _vendor_request(context.routed)
    if vendor.cors and request.method == "OPTIONS":
        return _preflight(vendor.cors, request)
    if destination.match is not None and (status := preferred_error(request)):
        context.reason = "ordered by the header Prefer"
        return vendor_error(status, destination, context.routed)
    try:
        response = _call(context, destination, request)
    except Refusal as refusal:
        response, context.reason = vendor.refuse(refusal, request), refusal.why
        context.refusal = getattr(refusal, "reason", None)
    except StoreError:
        raise
    except Exception as error:
        response, context.reason = _failure(context, vendor, request, error)
    return _readable(response) if vendor.cors else response


def _call(context: RequestContext, destination: Destination, request: Request) -> Response:
    if destination.match is None:
        raise destination.refusal or InternalError()
    if len(request.body) > LIMIT:
        raise UnreadableBody(f"The body is larger than {LIMIT} bytes.")
    endpoint, parameters = destination.match
    state = context.state.vendor_states[destination.vendor.name]
    call = tuple.__new__(Call, (request, parameters, state, context.now))  # see `new_response`
    return endpoint.handler(call)


def _failure(
    context: RequestContext, vendor: Vendor[Any], request: Request, error: Exception
) -> tuple[Response, str]:
    """Log an error of an endpoint without secrets; return the vendor's 500 and the reason."""
    shown = context.state.redactor.remember_known().error(error)
    match = context.destination and context.destination.match
    _log.error(
        "%s, endpoint %s, failed and answered 500. %s",
        vendor.name,
        match and match.endpoint.name,
        OUR_ERROR,
        exc_info=shown,
    )
    return vendor.refuse(InternalError(), request), str(shown)


def preferred_error(request: Request) -> int | None:
    """Return the error status that `Prefer: code=503` (RFC 7240) requests, or None."""
    preferences = request.headers.get("prefer")
    found = re.search(_PREFERRED_CODE, preferences) if preferences else None
    status = int(found[2]) if found else 0
    return status if status in ERROR_STATUSES else None


def _not_found(context: RequestContext) -> Response:
    """Return 404 with problem details and the endpoints that are most like the request."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - slow to import, and for few requests

    request = context.request
    # Truncated, because the comparison takes quadratic time.
    line = f"{request.method} {request.path}"[:200]
    endpoints = [
        f"{endpoint.method} /{vendor.name}{path}"
        for vendor in context.state.vendors
        for endpoint in vendor.endpoints
        for path in endpoint.paths
    ]
    endpoints.sort(key=lambda each: SequenceMatcher(None, line, each).ratio(), reverse=True)
    detail = "No vendor has this path."
    if request.path.startswith("//"):
        detail = "No vendor has this path, which begins with two slashes."
    elif request.path == "/":
        prefixes = ", ".join(f"/{vendor.name}" for vendor in context.state.vendors)
        detail = f"The vendors are at {prefixes}; the controls are at /__admin."
    return problem(404, detail, nearest=endpoints[:_NEAREST])


def _preflight(cors: Cors, request: Request) -> Response:
    """Return the response to a browser's OPTIONS before the request itself (Fetch, CORS)."""
    asked = request.headers.get("access-control-request-headers") or ""
    fields = (
        ("Access-Control-Allow-Methods", ", ".join(cors.methods)),
        ("Access-Control-Allow-Headers", ", ".join(cors.request_headers) or asked),
    )
    return Response(204, (_ANY_ORIGIN, *fields))


def _readable(response: Response) -> Response:
    """Return a response that a page of any origin may read."""
    return response.with_headers(_ANY_ORIGIN)
