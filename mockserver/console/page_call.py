"""One request for a page of the console, and the admin calls that the page makes."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from mockserver.admin.admin_auth import PREFIX
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.application import Application
from mockserver.admin.routes import BY_NAME
from mockserver.emulator.engine import Engine
from mockserver.model.clock import Shift, iso
from mockserver.model.http import Headers, Request, json_text

HOME = f"{PREFIX}/"
BELOW = f"{PREFIX}/console/"


@dataclass(eq=False)
class PageCall:
    """A request for a page.

    Attributes:
        application: The application, whose caller was accepted.
        request: The request, its path without namespace.
        namespace: The name of the namespace; "" for the default one.
        engine: The engine of the namespace, refreshed.
    """

    application: Application
    request: Request
    namespace: str
    engine: Engine

    def admin(self, name: str, body: Any = None, query: str = "", **parameters: str) -> Any:
        """Make an admin call, and return the JSON value of the response.

        Args:
            name: The name of the route, "clock.advance".
            body: The JSON value to send; None for no body.
            query: The query string.
            parameters: The values of the path's parameters.

        Raises:
            Refusal: The call is refused. ControlError and other errors of the admin API are
                possible too.
        """
        route = BY_NAME[name]
        content = b"" if body is None else json_text(body).encode()
        host = self.request.headers.get("host") or "localhost"
        request = Request("POST", "", query, Headers([("Host", host)]), content)
        return route.answer(self.admin_request(request, parameters, route.takes))

    def admin_request(
        self,
        request: Request,
        parameters: Mapping[str, str] | None = None,
        takes: tuple[str, ...] = (),
    ) -> AdminRequest:
        """Return a request to the admin API of the same namespace."""
        application = self.application
        return AdminRequest(
            request,
            parameters or {},
            self.engine,
            application.namespaces,
            self.namespace,
            takes,
            application.certificates,
        )

    @cached_property
    def own(self) -> AdminRequest:
        """The request as one to the admin API, for its serializer and redactor."""
        return self.admin_request(self.request)

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The last value of each query parameter."""
        return _last(self.request.query)

    @cached_property
    def form(self) -> Mapping[str, str]:
        """The last value of each field of a posted form."""
        return _last(self.request.body.decode("utf-8", "replace"))

    @property
    def page_token(self) -> str:
        """The secret of the pages of this state; only a page of the console can send it back."""
        return self.engine.state.page_token

    def knows_page_token(self, sent: str) -> bool:
        """Return True if a form was sent by a page of the console."""
        return hmac.compare_digest(sent.encode(), self.page_token.encode())

    @property
    def base(self) -> str:
        """The relative URL from this page to `/__admin/`, which also works behind a proxy."""
        return base_of(self.request.path)

    @property
    def root(self) -> str:
        """The relative URL from this page to the server's own root, above its namespaces."""
        up = "" if self.request.path == "/" else f"{self.base}../"
        return f"{up}../../" if self.namespace else up or "./"

    def clock(self) -> dict[str, Any]:
        """Return the clock for the head of a page: its time, and whether it was moved."""
        shift, moment = self.engine.state.clock.shift, self.engine.state.clock.moment()
        now = moment.datetime.replace(microsecond=0)
        return {
            "now": iso(now),
            "text": clock_text(now.isoformat(" ")),
            "milliseconds": moment.microseconds // 1000,
            "frozen": shift.frozen is not None,
            "moved": shift != Shift() and shift.frozen is None,
            "ahead": ahead_text(shift.ahead // 1_000_000),
        }


def base_of(path: str) -> str:
    """Return the relative URL that leads from a path to `/__admin/`."""
    if path == "/":
        return "__admin/"
    return "../" * path.removeprefix(HOME).count("/") or "./"


def clock_text(text: str) -> str:
    """Return an ISO 8601 time in a readable form, "2030-01-01 00:00:00 UTC"."""
    short = text.replace("T", " ").replace("Z", "").replace("+00:00", "")
    return f"{short.partition('.')[0]} UTC"


def ahead_text(seconds: int) -> str:
    """Return a difference in the two largest units, "+1 d 2 h"."""
    sign, rest, parts = ("-" if seconds < 0 else "+"), abs(seconds), []
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {unit}")
    return f"{sign}{' '.join(parts[:2]) or '0 s'}"


def _last(query: str) -> Mapping[str, str]:
    parsed = parse_qs(query, keep_blank_values=True, errors="replace")
    return {name: values[-1] for name, values in parsed.items()}
