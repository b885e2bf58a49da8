"""Calls of the admin API: from a request, or from this process, to the function of a route."""

import logging
from collections.abc import Mapping
from typing import Any

from mockserver.admin.admin_auth import PREFIX
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.routes import BY_NAME, request_line, select
from mockserver.admin.server_calls import unhealthy
from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Namespaces
from mockserver.model.errors import (
    OUR_ERROR,
    ControlError,
    MockServerError,
    Refusal,
    StoreError,
    UnknownPath,
    WrongMethod,
)
from mockserver.model.http import Headers, Request, Response, json_response, problem
from mockserver.model.request_content import LIMIT, content_of

_log = logging.getLogger("mockserver")


def call_in_process(  # noqa: PLR0913 - as `Application.call`, on its parts
    engine: Engine,
    namespaces: Namespaces,
    name: str,
    *,
    body: Any,
    parameters: Mapping[str, str],
    host: str,
) -> Any:
    """Make a call without a request; the arguments are those of `Application.call`.

    Raises:
        ControlError: The call was refused.
    """
    request = Request("POST", "", "", Headers([("Host", host)]), content_of(body))
    route = BY_NAME[name]
    try:
        engine.refresh()
        return route.answer(
            AdminRequest(request, parameters, engine, namespaces, takes=route.takes)
        )
    except Exception as error:
        path = request_line(name, parameters)[1]
        raise _control_error(error, engine, f"{name} failed", path) from None


def answer_call(
    engine: Engine,
    namespaces: Namespaces,
    certificates: ServerCertificates,
    request: Request,
    namespace: str,
) -> Response:
    """Answer a request whose caller was accepted; an error becomes problem details.

    Args:
        engine: The engine of the namespace.
        namespaces: All namespaces of the application.
        certificates: The server's certificates.
        request: The request, its path without the namespace.
        namespace: The name of the namespace; "" for the default one.
    """
    try:
        engine.refresh()
        route, parameters = select(request.path.removeprefix(PREFIX), request.method)
        _check_length(request)
        call = AdminRequest(
            request, parameters, engine, namespaces, namespace, route.takes, certificates
        )
        answer = route.answer(call)
        response = answer if isinstance(answer, Response) else json_response(route.status, answer)
    except WrongMethod as refusal:
        allowed = ("Allow", ", ".join(refusal.allowed))
        response = problem(405, refusal.message).with_headers(allowed)
    except Exception as error:
        response = _failed(error, engine, request)
    return response.with_headers(("Date", engine.http_date()))


def _failed(error: Exception, engine: Engine, request: Request) -> Response:
    if isinstance(error, StoreError) and request.path == f"{PREFIX}/health":
        return unhealthy(error)
    what = f"{request.method} of the admin API failed"
    refusal = _control_error(error, engine, what, request.path)
    return problem(refusal.status, str(refusal), **refusal.members)


def _control_error(error: Exception, engine: Engine, what: str, path: str) -> ControlError:
    """Return an error as the refusal of an admin call, without secrets; log it if it is a bug."""
    if isinstance(error, ControlError):
        return error
    try:
        # Secrets are collected here, for the call that failed, and not before each call.
        redact = engine.state.redactor.remember_known()
    except StoreError as unusable:
        return ControlError(503, str(unusable))
    if isinstance(error, UnknownPath):
        return ControlError(404, f"there is no call at {redact.body(path)}")
    if isinstance(error, Refusal):
        return ControlError(error.status, redact.body(error.why))
    if isinstance(error, MockServerError):
        return ControlError(503 if isinstance(error, StoreError) else 400, redact.body(str(error)))
    _log.error("%s. %s", what, OUR_ERROR, exc_info=redact.error(error))
    return ControlError(500, "an internal error occurred; see the server's log")


def _check_length(request: Request) -> None:
    """Refuse (413) a body that is too large; vendors return 400 for such a body."""
    if len(request.body) > LIMIT:
        raise Refusal(f"the body is larger than {LIMIT} bytes", status=413)
