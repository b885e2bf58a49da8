"""The way from a request under `/__admin` to its answer."""

import logging

from mockserver.admin.address import PREFIX
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.binding import handler_of
from mockserver.admin.routes import ROUTES, Route
from mockserver.admin.server_calls import unhealthy
from mockserver.admin.unsupported import refuse_absent
from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Namespaces
from mockserver.emulator.routing import Routes
from mockserver.model.body import LIMIT
from mockserver.model.errors import MockServerError, Refusal, StoreError, UnknownPath, WrongMethod
from mockserver.model.http import Request, Response
from mockserver.model.problem import problem
from mockserver.model.vendor import Endpoint

_log = logging.getLogger("mockserver")


def _endpoint(route: Route, method: str, path: str) -> Endpoint[AdminRequest]:
    return Endpoint(
        method, (path,), lambda call: handler_of(route)(call._replace(takes=route.takes))
    )


_routes = Routes(
    [_endpoint(route, method, path) for route in ROUTES for method, path in route.requests()]
)


def answer(engine: Engine, request: Request, namespaces: Namespaces, namespace: str) -> Response:
    """The answer to who may control, with a `Date`; errors are problem details."""
    try:
        engine.current.refreshed()
        response = _answer(engine, request, namespaces, namespace)
    except StoreError as error:
        is_health = request.path == f"{PREFIX}/health"
        response = unhealthy(error) if is_health else problem(503, str(error))
    return response.with_headers(("Date", engine.current.http_date()))


def _answer(engine: Engine, request: Request, namespaces: Namespaces, namespace: str) -> Response:
    local = request.at(request.path.removeprefix(PREFIX))
    redact = engine.state.redactor.remember_known()
    try:
        refuse_absent(local.path)
        endpoint, parameters = _routes.select(local.path, local.method)
        _check_length(request)
        return endpoint.handler(AdminRequest(local, parameters, engine, namespaces, namespace))
    except UnknownPath:
        return problem(404, f"there is nothing at {redact.body(request.path)}")
    except WrongMethod as refusal:
        allowed = ("Allow", ", ".join(refusal.allowed))
        return problem(405, refusal.message).with_headers(allowed)
    except Refusal as refusal:
        return problem(refusal.status, redact.body(refusal.why))
    except StoreError:
        raise
    except MockServerError as error:
        return problem(400, redact.body(str(error)))
    except Exception as error:
        told = redact.error(error)
        _log.error("%s of the control interface failed", request.method, exc_info=told)
        return problem(500, "an internal error occurred; the log of the server says more")


def _check_length(request: Request) -> None:
    """Refuse (413) a body that is too large; vendors have a 400 for that."""
    if len(request.body) > LIMIT:
        raise Refusal(f"the body is larger than {LIMIT} bytes", status=413)
