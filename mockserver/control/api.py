"""`/__admin`: one table of routes, and the way from a request to its answer."""

import logging
from dataclasses import replace

from mockserver.control import (
    accounts,
    clock,
    mappings,
    near,
    requests,
    server,
    tokens,
    vendors,
)
from mockserver.control.call import ControlCall
from mockserver.control.guard import check_origin
from mockserver.core.body import check_length
from mockserver.core.errors import MockServerError, Refusal, UnknownPath, WrongMethod
from mockserver.core.http import Request, Response
from mockserver.core.problem import problem
from mockserver.core.vendor import Endpoint, get, post
from mockserver.engine.engine import Engine
from mockserver.engine.namespaces import Namespaces
from mockserver.engine.routes import Routes

PREFIX = "/__admin"

ROUTES: tuple[Endpoint[ControlCall], ...] = (
    Endpoint("DELETE", ("",), server.drop_namespace),
    get("/health", server.health),
    get("/version", server.version),
    post("/reset", server.reset),
    get("/settings", server.settings),
    post("/settings", server.change_settings),
    get("/clock", clock.read),
    Endpoint("PUT", ("/clock",), clock.write),
    Endpoint("DELETE", ("/clock",), clock.reset),
    post("/clock/advance", clock.advance),
    get("/vendors", vendors.listed),
    get("/vendors/<vendor>/openapi.json", vendors.openapi),
    post("/vendors/<vendor>/<action>", vendors.act),
    get("/tokens", tokens.listed),
    post("/tokens", tokens.mint),
    post("/tokens/explain", tokens.explain),
    get("/tokens/<id>", tokens.one),
    Endpoint("DELETE", ("/tokens/<id>",), tokens.revoke),
    get("/accounts", accounts.listed),
    post("/accounts", accounts.add),
    Endpoint("DELETE", ("/accounts/<id>",), accounts.remove),
    get("/requests", requests.listed),
    Endpoint("DELETE", ("/requests",), requests.reset),
    post("/requests/reset", requests.reset),
    post("/requests/count", requests.count),
    post("/requests/find", requests.find),
    post("/requests/remove", requests.remove),
    post("/requests/wait", requests.wait),
    get("/requests/unmatched", requests.unmatched),
    get("/requests/unmatched/near-misses", near.of_unmatched),
    get("/requests/<id>", requests.one),
    post("/near-misses/request", near.of_request),
    post("/near-misses/request-pattern", near.of_pattern),
    get("/mappings", mappings.listed),
    post("/mappings", mappings.add),
    Endpoint("DELETE", ("/mappings",), mappings.reset),
    post("/mappings/reset", mappings.reset),
    get("/mappings/<id>", mappings.one),
    Endpoint("PUT", ("/mappings/<id>",), mappings.replace),
    Endpoint("DELETE", ("/mappings/<id>",), mappings.remove),
    get("/scenarios", mappings.scenarios),
    post("/scenarios/reset", mappings.reset_scenarios),
    Endpoint("PUT", ("/scenarios/<name>/state",), mappings.set_scenario),
)

_log = logging.getLogger("mockserver")
_routes = Routes(ROUTES)


def answers(path: str) -> bool:
    """Whether a path belongs to this interface."""
    return path == PREFIX or path.startswith(PREFIX + "/")


def answer(engine: Engine, request: Request, namespaces: Namespaces, namespace: str) -> Response:
    """The answer to a request under `/__admin`, with a `Date`; errors are problem details."""
    response = _answer(engine, request, namespaces, namespace)
    return response.with_headers(("Date", engine.state.clock.http_date()))


def _answer(engine: Engine, request: Request, namespaces: Namespaces, namespace: str) -> Response:
    local = replace(request, path=request.path.removeprefix(PREFIX))
    redact = engine.state.redactor.remember_known()
    try:
        check_origin(request)
        endpoint, parameters = _routes.select(local.path, local.method)
        check_length(request)
        return endpoint.handler(ControlCall(local, parameters, engine, namespaces, namespace))
    except UnknownPath:
        return problem(404, f"there is nothing at {redact.body(request.path)}")
    except WrongMethod as refusal:
        allowed = ("Allow", ", ".join(refusal.allowed))
        return problem(405, refusal.message).with_headers(allowed)
    except Refusal as refusal:
        return problem(refusal.status, redact.body(refusal.message))
    except MockServerError as error:
        return problem(400, redact.body(str(error)))
    except Exception as error:
        # where it was raised, but no secret that its text may hold
        told = RuntimeError(redact.body(repr(error))).with_traceback(error.__traceback__)
        _log.error("%s of the control interface failed", request.method, exc_info=told)
        return problem(500, "an internal error occurred; the log of the server says more")
