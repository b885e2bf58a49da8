"""The table of the console's screens, and the selection of one for a request."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.admin.application import Application, may_create_namespace
from mockserver.console import screens
from mockserver.console.actions import act
from mockserver.console.page_call import BELOW, HOME, PageCall, base_of
from mockserver.model.errors import ControlError, MockServerError, Refusal, StoreError
from mockserver.model.http import Request, Response
from mockserver.model.page_folder import PageFolder
from mockserver.model.version import VERSION

_FILES = PageFolder(Path(__file__).parent)
_STATIC = f"{BELOW}static/"
_NAMESPACES = 50  # that a page lists
_FOREIGN_FORM = (
    "This form was not sent by a page of this console, or the state was reset meanwhile. "
    "Load the page again."
)


class Screen(NamedTuple):
    """A page: its path below `/__admin/`, its title, and the function that collects its values."""

    path: str
    title: str
    values: Callable[[PageCall], dict[str, Any]]
    in_menu: bool = True

    @property
    def template(self) -> str:
        """The name of the template: the last part of the path."""
        return f"{self.path.rpartition('/')[2] or 'requests'}.html"


SCREENS = (
    Screen("", "Requests", screens.requests),
    Screen("console/tokens", "Tokens", screens.tokens),
    Screen("console/clock", "Clock", screens.clock),
    Screen("console/faults", "Faults", screens.faults),
    Screen("console/verdicts", "Verdicts", screens.verdicts),
    Screen("console/contract", "Contract", screens.contract),
    Screen("console/request", "Request", screens.request, in_menu=False),
    # An open list of requests fetches its new rows from here.
    Screen("console/rows", "Rows", screens.requests, in_menu=False),
)
_BY_PATH = {f"{HOME}{screen.path}": screen for screen in SCREENS}
_LANDING = Screen("landing", "token-mockserver", screens.landing, in_menu=False)


def answer(application: Application, request: Request, namespace: str) -> Response | None:
    """Return a page, a file of the pages, or the response to a form; None for any other request."""
    path, is_get = request.path, request.method in ("GET", "HEAD")
    if path.startswith(_STATIC) and is_get:
        return _FILES.file(path.removeprefix(_STATIC))
    if path == "/" or path == HOME[:-1]:
        wanted = is_get and "text/html" in (request.headers.get("accept") or "")
        if not wanted:
            return None
        if path != "/":
            return _redirect(f"{HOME.strip('/')}/")
    screen = _LANDING if path == "/" else _BY_PATH.get(path)
    is_action = request.method == "POST" and path in _BY_PATH
    if screen is None or not (is_get or is_action):
        return None
    try:
        application.authorize(request)
    except Refusal as refusal:
        return None if path == "/" and refusal.status == 403 else _refused(refusal, base_of(path))
    try:
        may_create = may_create_namespace(request)
        engine = application.namespaces.get(namespace, may_create=may_create)
        engine.refresh()
        call = PageCall(application, request, namespace, engine)
        response = _acted(call, screen) if is_action else _shown(call, screen)
    except MockServerError as error:
        response = _failed(503 if isinstance(error, StoreError) else 400, str(error), base_of(path))
    return response.with_headers(("Date", application.http_date()))


def _shown(
    call: PageCall, screen: Screen, more: Mapping[str, Any] | None = None, status: int = 200
) -> Response:
    values = {
        "screens": [each for each in SCREENS if each.in_menu],
        "screen": screen,
        "base": call.base,
        "root": call.root,
        "namespace": call.namespace,
        "namespaces": _namespaces(call),
        "clock": call.clock(),
        "page_token": call.page_token,
        "version": VERSION,
        "error": "",
        "result": None,
        **(more or {}),
    }
    try:
        values |= screen.values(call)
    except Refusal as refusal:
        return _failed(refusal.status, call.own.redactor.body(refusal.message), call.base)
    return _FILES.page(screen.template, values, status=status)


def _acted(call: PageCall, screen: Screen) -> Response:
    """Perform the action of a form, and show its screen again."""
    if not call.knows_page_token(call.form.get("page_token", "")):
        return _failed(403, _FOREIGN_FORM, call.base)
    redact = call.own.redactor
    try:
        result = act(call, call.form.get("do", ""))
    except Refusal as refusal:
        return _shown(call, screen, {"error": redact.body(refusal.why)}, refusal.status)
    except ControlError as error:
        return _shown(call, screen, {"error": str(error)}, error.status)
    except MockServerError as error:
        return _shown(call, screen, {"error": redact.body(str(error))}, 400)
    if result is not None:
        return _shown(call, screen, {"result": result})
    # After POST the browser gets the screen by GET, so that a reload does not repeat the action.
    return _redirect(f"{call.base}{screen.path}")


def _namespaces(call: PageCall) -> list[str]:
    """Return the names of the namespaces that were used last."""
    uses = call.application.namespaces.uses()
    return sorted(sorted(uses, key=lambda name: uses[name], reverse=True)[:_NAMESPACES])


def _redirect(to: str) -> Response:
    return Response(303, (("Location", to), ("Cache-Control", "no-store")))


def _refused(refusal: Refusal, base: str) -> Response:
    """Return the sign-in page (401), or a page that says why the caller is refused (403)."""
    if refusal.status != 401:
        return _failed(refusal.status, refusal.message, base)
    page = _FILES.page("sign_in.html", {"base": base}, status=401)
    return page.with_headers(("WWW-Authenticate", "Bearer"))


def _failed(status: int, text: str, base: str) -> Response:
    return _FILES.page("error.html", {"status": status, "text": text, "base": base}, status=status)
