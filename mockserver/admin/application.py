"""The application: the one object that every adapter and server calls."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import quote

from mockserver.admin.admin_auth import PREFIX, AdminAuth, is_admin_path, refused
from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import Namespaces, Settings, engine_factory
from mockserver.emulator.routing import NAMESPACE, split_namespace, without_namespace
from mockserver.model.errors import (
    ConfigurationError,
    MockServerError,
    Refusal,
    StoreError,
    check_flags,
)
from mockserver.model.http import Request, Response, problem
from mockserver.storage import MEMORY, open_backend

_OURS = (PREFIX, NAMESPACE)
_NONE: Mapping[str, str] = MappingProxyType({})


class Pages(Protocol):
    """Answers requests for pages, below `/__admin` and at `/`."""

    def __call__(
        self, application: "Application", request: Request, namespace: str, /
    ) -> Response | None:
        """Return the page; None if the request is for no page. Its path has no namespace."""


class Application:
    """Namespaces, each with the admin API under `/__admin` and the vendors elsewhere.

    Args:
        begin: Makes the engine of a namespace.
        admin_token: The bearer token that callers of the admin API must send; None: they must be
            on this machine.
        server_names: Further names and addresses of the server that responds, for its
            certificates.
        ca_folder: Returns the folder of the user's certificate authority; None: the authority is
            kept in memory.

    Attributes:
        certificates: Certificates for the vendors' hosts, made at first need.
        pages: Answers requests for HTML pages; returns None for other requests.

    Raises:
        ConfigurationError: No header can carry the admin token.
    """

    def __init__(
        self,
        begin: Callable[[str], Engine],
        admin_token: str | None = None,
        server_names: Sequence[str] = (),
        ca_folder: Callable[[], Path] | None = None,
    ) -> None:
        self._auth = AdminAuth(admin_token)
        self.namespaces = Namespaces(begin)
        self.engine = self.namespaces.default
        self.pages: Pages | None = None
        hosts = [host for own in self.engine.router.hosts.values() for host in own]
        self.certificates = ServerCertificates([*hosts, *server_names], ca_folder)

    def check(self) -> None:
        """Raise ConfigurationError unless the store can be used now.

        The store is closed afterwards, so that the caller can fork.
        """
        try:
            self.engine.check()
            self.engine.close()
        except StoreError as error:
            raise ConfigurationError(f"the store cannot be used: {error}") from None

    def http_date(self) -> str:
        """Return the current time of the default namespace."""
        return self.engine.http_date()

    def may_block(self, request: Request) -> bool:
        """Return True for admin calls and pages, whose responses may take long with any store."""
        if PREFIX not in request.path and not request.path.endswith("/"):
            return False
        path = split_namespace(request.path)[1]
        return path == "/" or is_admin_path(path)

    @property
    def shared(self) -> bool:
        """True if the store is outside of the process, so that every call may block."""
        return self.engine.shared

    def may_wait(self, request: Request) -> bool:
        """Return True if the response waits for other requests or for `release_waiters`."""
        return request.path.endswith((f"{PREFIX}/requests/wait", f"{PREFIX}/requests/events"))

    def release_waiters(self) -> None:
        """End every `requests/wait` in progress, so that the server can stop."""
        for engine in self.namespaces.all():
            engine.stop_waiting()

    def authorize(self, request: Request) -> None:
        """Raise Refusal (401, 403) unless the caller may use the admin API."""
        self._auth.check(request)

    def answer(self, request: Request) -> Response:
        """Answer any request; an internal error becomes problem details."""
        path = request.path
        if path == "/" or path.startswith(_OURS):
            return self._answer_ours(request)
        return self._answer_emulated(self.engine, request)

    def _answer_emulated(self, engine: Engine, request: Request) -> Response:
        try:
            return engine.answer(request)
        except Exception as error:  # outside of an endpoint; the server logs it
            shown = engine.state.redactor.remember_known().error(error)
            shown.__suppress_context__ = True  # compiled code ignores `from None`
            raise shown from None

    def _answer_ours(self, request: Request) -> Response:
        """Answer a request for a page, an admin call or a namespace."""
        name, request = without_namespace(request)
        is_admin = is_admin_path(request.path)
        if (is_admin or request.path == "/") and self.pages is not None:
            page = self.pages(self, request, name)
            if page is not None:
                return page
        try:
            if is_admin:
                self._auth.check(request)  # a refused caller creates no namespace
            engine = self.namespaces.get(name, may_create=may_create_namespace(request))
        except Refusal as refusal:
            return self._dated(refused(refusal))
        except MockServerError as error:
            return self._dated(problem(400, str(error)))
        if is_admin:
            from mockserver.admin.dispatch import answer_call  # noqa: PLC0415 - as in `call`

            return answer_call(engine, self.namespaces, self.certificates, request, name)
        return self._answer_emulated(engine, request)

    def shown(self, request: Request) -> str:
        """Return method, host and URL of a request without secrets, for a log."""
        engine = self._engine_of(request) or self.engine
        redactor = engine.state.redactor.remember_known()
        path = redactor.body(request.path)
        query = f"?{redactor.query(request.query)}" if request.query else ""
        host = redactor.text(request.headers.get("host") or "")
        return f"{request.method} {_one_word(f'{request.scheme}://{host}{path}{query}')}"

    def reason_of(self, request: Request, response: Response) -> str:
        """Return why a vendor refused a request, without secrets, for a log; "" if it did not."""
        engine = self._engine_of(request)
        if response.reason is None or response.status < 400 or engine is None:
            return ""
        return engine.state.redactor.remember_known().text(response.reason)

    def _engine_of(self, request: Request) -> Engine | None:
        """Return the engine of the namespace that a path names; None if it does not exist."""
        name = without_namespace(request)[0]
        if not name:
            return self.engine
        return self.namespaces.get(name) if name in self.namespaces.names() else None

    def answer_all(
        self, requests: Sequence[Request], alone: Callable[[Request], Response]
    ) -> list[Response]:
        """Answer requests to vendors, those of one namespace together.

        Args:
            requests: The requests, their paths with the namespace.
            alone: Answers one request that cannot be answered together with others.

        Returns:
            The responses, in the order of the requests.
        """
        groups: dict[str, list[int]] = {}
        inner = []
        for number, request in enumerate(requests):
            name, without_prefix = without_namespace(request)
            groups.setdefault(name, []).append(number)
            inner.append(without_prefix)
        answers: dict[int, Response] = {}
        for name, numbers in groups.items():
            try:
                may_create = all(may_create_namespace(requests[number]) for number in numbers)
                engine = self.namespaces.get(name, may_create=may_create)
            except Exception:  # `alone` meets it too, and makes a response of it
                answers.update({number: alone(requests[number]) for number in numbers})
                continue
            originals = [requests[number] for number in numbers]
            together = engine.answer_together(
                [inner[number] for number in numbers], partial(_answer_one, originals, alone)
            )
            answers.update(zip(numbers, together, strict=True))
        return [answers[number] for number in range(len(requests))]

    def call(
        self,
        name: str,
        body: Any = None,
        /,
        *,
        host: str = "localhost",
        **parameters: str,
    ) -> Any:
        """Make an admin call on the default namespace, in the process.

        Args:
            name: The name of the route, "clock.advance".
            body: The JSON value to send; None for no body.
            host: The host and port under which vendors' base URLs are given.
            parameters: The values of the path's parameters.

        Returns:
            The JSON value of the response.

        Raises:
            ControlError: The call was refused.
        """
        # The routes are imported at the first call: many tests make none.
        from mockserver.admin.dispatch import call_in_process  # noqa: PLC0415

        return call_in_process(
            self.engine, self.namespaces, name, body=body, parameters=parameters, host=host
        )

    def _dated(self, response: Response) -> Response:
        return response.with_headers(("Date", self.http_date()))


def new_application(  # noqa: PLR0913 - by name only
    settings: Settings,
    *,
    seed: int | None = None,
    admin_token: str | None = None,
    store: str = MEMORY,
    server_names: Sequence[str] = (),
    ca_folder: Callable[[], Path] | None = None,
    pages: Pages | None = None,
    verdicts: Any = True,  # not bool: a compiled function would refuse others before `check_flags`
) -> Application:
    """Return an application on the states that are kept at the URL `store`.

    The admin token is redacted wherever it would be shown. The store is not opened yet: see
    `Application.check`.

    Args:
        settings: The vendors' settings, as in `engine_factory`.
        seed: The seed of random decisions, as in `engine_factory`.
        admin_token: As in `Application`.
        store: The URL of the store.
        server_names: As in `Application`.
        ca_folder: As in `Application`.
        pages: As the attribute of `Application`.
        verdicts: False to record nothing for the rules for token clients.

    Raises:
        ConfigurationError: For a setting, store or admin token that cannot be used.
        TypeError: For `verdicts` that is neither True nor False.
    """
    check_flags(verdicts=verdicts)
    secrets = [] if admin_token is None else [admin_token]
    begin = engine_factory(settings, seed, secrets, open_backend(store), judged=verdicts)
    application = Application(begin, admin_token, server_names, ca_folder)
    application.pages = pages
    return application


def _one_word(url: str) -> str:
    """Return a URL whose decoded path cannot forge a line of a log."""
    return "".join(
        each if each.isprintable() and each != " " else quote(each, errors="replace")
        for each in url
    )


def may_create_namespace(request: Request) -> bool:
    """Return False if a browser sent the request for a page of another site."""
    return request.headers.get("sec-fetch-site") != "cross-site"


def _answer_one(
    requests: Sequence[Request], answer: Callable[[Request], Response], number: int
) -> Response:
    return answer(requests[number])
