"""`/__admin`: one table of routes, and the way from a request to its answer."""

import logging
from dataclasses import replace

from mockserver.control import clock, server, vendors
from mockserver.control.call import ControlCall
from mockserver.control.guard import check_origin
from mockserver.core.body import check_length
from mockserver.core.errors import MockServerError, Refusal, UnknownPath
from mockserver.core.http import Request, Response
from mockserver.core.problem import problem
from mockserver.core.vendor import Endpoint, get, post
from mockserver.engine.engine import Engine
from mockserver.engine.routes import Routes

PREFIX = "/__admin"

ROUTES: tuple[Endpoint[ControlCall], ...] = (
    get("/health", server.health),
    get("/version", server.version),
    post("/reset", server.reset),
    get("/clock", clock.read),
    Endpoint("PUT", ("/clock",), clock.write),
    Endpoint("DELETE", ("/clock",), clock.reset),
    post("/clock/advance", clock.advance),
    get("/vendors", vendors.listed),
    get("/vendors/<vendor>/openapi.json", vendors.openapi),
    post("/vendors/<vendor>/<action>", vendors.act),
)

_log = logging.getLogger("mockserver")
_routes = Routes(ROUTES)


def answers(path: str) -> bool:
    """Whether a path belongs to this interface."""
    return path == PREFIX or path.startswith(PREFIX + "/")


def answer(engine: Engine, request: Request) -> Response:
    """The answer to a request under `/__admin`; errors are problem details."""
    try:
        return _answer(engine, replace(request, path=request.path.removeprefix(PREFIX)))
    except UnknownPath:
        return problem(404, f"There is nothing at {request.path}.")
    except Refusal as refusal:
        return problem(refusal.status, refusal.message)
    except MockServerError as error:
        return problem(400, str(error))
    except Exception:
        _log.exception("%s %s failed", request.method, request.path)
        return problem(500, "An internal error occurred; the log of the server says more.")


def _answer(engine: Engine, request: Request) -> Response:
    check_origin(request)
    endpoint, parameters = _routes.select(request.path, request.method)
    check_length(request)
    return endpoint.handler(ControlCall(request, parameters, engine))
