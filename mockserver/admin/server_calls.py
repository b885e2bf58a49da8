"""Calls about the whole: is it well, which version, delays for all, back to the start."""

from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.openapi import document
from mockserver.model.errors import Refusal, StoreError, UnknownPath
from mockserver.model.http import Response, json_response
from mockserver.model.version import VERSION


def health(call: AdminRequest) -> Response:
    """Whether the mock is well; `journal.dropped`: requests that made room for newer ones."""
    call.engine.current.check()
    dropped = call.state.journal.dropped
    return json_response(
        200, {"status": "healthy", "version": VERSION, "journal": {"dropped": dropped}}
    )


def unhealthy(error: StoreError) -> Response:
    """503: the mock is not well, and why."""
    return json_response(503, {"status": "unhealthy", "version": VERSION, "store": str(error)})


def version(_call: AdminRequest) -> Response:
    """Which version this is."""
    return json_response(200, {"version": VERSION})


def openapi(_call: AdminRequest) -> Response:
    """The control interface as an OpenAPI 3.1 document."""
    return json_response(200, document())


def reset(call: AdminRequest) -> Response:
    """Tokens, codes, accounts, journal, stubs, settings, clock and keys as at the start."""
    call.arguments()
    call.engine.current.reset()
    return json_response(200, {})


def settings(call: AdminRequest) -> Response:
    """The delay of every answer."""
    return json_response(200, {"settings": call.state.delay.settings})


def change_settings(call: AdminRequest) -> Response:
    """Delay every answer: `fixedDelay` (milliseconds), `delayDistribution`; none: no delay.

    What WireMock's clients send beside them is taken: nothing is proxied, whatever is said of it.
    """
    given = call.arguments()
    if given.pop("extended", {}) != {}:
        raise Refusal("extended is not supported: there are no extensions")
    given.pop("proxyPassThrough", None)
    call.state.delay.set(given)
    return json_response(200, {})


def drop_namespace(call: AdminRequest) -> Response:
    """Forget a namespace with all that is in it; only below `/ns/<name>`."""
    if not call.namespace:
        raise UnknownPath
    call.namespaces.drop(call.namespace)
    return json_response(200, {})
