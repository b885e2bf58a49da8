"""Calls about the whole: is it well, which version, delays for all, back to the start."""

from mockserver.control.call import ControlCall
from mockserver.core.errors import UnknownPath
from mockserver.core.http import Response, json_response
from mockserver.core.version import VERSION
from mockserver.engine.matching.fields import Fields
from mockserver.engine.stubs.delays import parse_delay


def health(call: ControlCall) -> Response:
    """`GET /health`; `journal.dropped`: requests that had to make room for newer ones."""
    dropped = call.state.journal.dropped
    return json_response(
        200, {"status": "healthy", "version": VERSION, "journal": {"dropped": dropped}}
    )


def version(_call: ControlCall) -> Response:
    """`GET /version`."""
    return json_response(200, {"version": VERSION})


def reset(call: ControlCall) -> Response:
    """`POST /reset`: tokens, codes, accounts, journal, stubs, clock and keys as at the start."""
    call.arguments()
    call.state.reset()
    return json_response(200, {})


def settings(call: ControlCall) -> Response:
    """`GET /settings`: the delay of every answer."""
    return json_response(200, {"settings": call.state.delay_settings})


def change_settings(call: ControlCall) -> Response:
    """`POST /settings` with `fixedDelay` (milliseconds), `delayDistribution`; none: no delay."""
    given = call.arguments("fixedDelay", "delayDistribution")
    fields = Fields(given)
    call.state.delay = parse_delay(fields, "fixedDelay")
    call.state.delay_settings = given
    return json_response(200, {})


def drop_namespace(call: ControlCall) -> Response:
    """`DELETE /ns/<name>/__admin`: forget a namespace with all that is in it."""
    if not call.namespace:
        raise UnknownPath
    call.namespaces.drop(call.namespace)
    return json_response(200, {})
