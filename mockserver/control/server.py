"""Calls about the whole: is it well, which version, back to the start."""

from mockserver.control.call import ControlCall
from mockserver.core.http import Response, json_response
from mockserver.core.version import VERSION


def health(_call: ControlCall) -> Response:
    """`GET /health`."""
    return json_response(200, {"status": "healthy", "version": VERSION})


def version(_call: ControlCall) -> Response:
    """`GET /version`."""
    return json_response(200, {"version": VERSION})


def reset(call: ControlCall) -> Response:
    """`POST /reset`: tokens, codes, accounts, clock and signing keys as at the start."""
    call.arguments()
    call.engine.state.reset()
    return json_response(200, {})
