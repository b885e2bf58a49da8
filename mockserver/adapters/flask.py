"""The whole emulator as a WSGI application."""

import re
from collections.abc import Iterator

import flask

from mockserver.adapters.framing import path_and_query, wait
from mockserver.admin.admin_auth import PREFIX
from mockserver.admin.application import Application, new_application
from mockserver.admin.events import KEEP_ALIVE
from mockserver.admin.routes import ROUTES
from mockserver.console import answer_page
from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Settings
from mockserver.model.http import Fault, Headers, Pull, Request, Response, problem
from mockserver.storage import MEMORY

_ORIGIN = re.compile(r"\Ahttps?://[^/?#]*", re.IGNORECASE)


def create_app(
    settings: Settings | None = None,
    *,
    seed: int | None = None,
    admin_token: str | None = None,
    store: str = MEMORY,
    verdicts: bool = True,
) -> flask.Flask:
    """Return a Flask application with a state of its own: all vendors, and `/__admin`.

    A delay blocks the responding thread in real time. WSGI cannot break connections: in place of a
    fault, the response is a 501 whose body says so.

    Args:
        settings: By vendor, a table of its settings.
        seed: The seed of the random numbers for probabilities and delays; None for a random seed.
        admin_token: The bearer token that `/__admin` requires. None: `/__admin` answers only
            programs on this machine.
        store: The URL of the store that keeps the state; several processes need a shared one.
        verdicts: Record of each request what the rules for token clients need.

    Raises:
        ConfigurationError: For a setting or store that is unknown or cannot be used.
        TypeError: For `verdicts` that is neither True nor False.
    """
    application = new_application(
        settings or {},
        seed=seed,
        admin_token=admin_token,
        store=store,
        pages=answer_page,
        verdicts=verdicts,
    )
    application.check()
    return app_for(application)


def app_for(application: Application) -> flask.Flask:
    """Return a Flask application that answers like `application`."""
    app = flask.Flask("mockserver", static_folder=None)

    # Answered before Flask uses its own URL map: a map cannot select by Host, prefix and path, and
    # its redirects and 405 are not the vendors'. The map exists for `flask routes`.
    @app.before_request
    def answer() -> flask.Response:
        response = application.answer(_request(flask.request))
        wait(response, None)
        return _response(
            response if response.fault is None else _unbroken(response, response.fault)
        )

    for method, path, name in _rules(application.engine):
        app.add_url_rule(path, name, methods=[method])
    return app


def _rules(engine: Engine) -> Iterator[tuple[str, str, str]]:
    for vendor in engine.vendors:
        for endpoint in (*vendor.endpoints, *vendor.pages):
            for path in endpoint.paths:
                yield endpoint.method, path, f"{vendor.name}.{endpoint.name}"
    for route in ROUTES:
        for method, path in route.requests():
            yield method, PREFIX + path, f"control.{route.name} {method}"


def _request(request: flask.Request) -> Request:
    target = _target(request)
    return Request(
        method=request.method,
        # Werkzeug and WSGI servers make one slash of several at the beginning of a path.
        path=path_and_query(target)[0] if target else request.path,
        query=request.query_string.decode("latin-1"),
        headers=Headers(request.headers.items()),
        body=request.get_data(),
        peer=request.remote_addr or "",
        target=target,
        scheme=request.scheme,
        way="plain",
    )


def _unbroken(response: Response, fault: Fault) -> Response:
    """Return the response in place of a fault, with the `Date` of the response that it replaces."""
    explained = problem(
        501, f"{fault} was requested, but WSGI cannot break connections; `serve` can"
    )
    return explained.with_headers(*(pair for pair in response.headers if pair[0] == "Date"))


def _target(request: flask.Request) -> str:
    """Return the target of the request line, without the prefix at which the app is mounted."""
    raw: str = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    sent = _ORIGIN.sub("", raw.partition("#")[0])
    root = request.root_path.rstrip("/")
    return sent.removeprefix(root) if sent.isascii() and sent.startswith(f"{root}/") else ""


def _pulled(first: bytes, pull: Pull) -> Iterator[bytes]:
    """Yield a body that has no end, in pieces; a keep-alive comment if there is nothing to send.

    A WSGI server notices only when it writes that its client has closed the connection.
    """
    yield first
    for data in iter(pull, None):
        yield data or KEEP_ALIVE


def _response(response: Response) -> flask.Response:
    if response.pull is not None:
        return flask.Response(
            _pulled(response.body, response.pull), response.status, dict(response.headers)
        )
    answer = flask.Response(response.body, response.status)
    answer.headers.clear()
    answer.headers.extend(response.headers)
    if response.status != 204:
        answer.content_length = len(response.body)
    return answer
