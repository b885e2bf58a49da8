"""The whole product as one function: what every door calls."""

from collections.abc import Callable

from mockserver.admin.address import PREFIX, is_control
from mockserver.admin.admin_auth import AdminAuth, refused
from mockserver.emulator.engine import Engine
from mockserver.emulator.factory import Settings, assembler
from mockserver.emulator.namespaces import Namespaces
from mockserver.model.errors import (
    ConfigurationError,
    Full,
    MockServerError,
    Refusal,
    StoreError,
)
from mockserver.model.http import Request, Response
from mockserver.model.problem import problem
from mockserver.storage.open_backend import MEMORY, open_stores

_NAMESPACE = "/ns/"


class Application:
    """Namespaces, each with the control interface under `/__admin` and the vendors elsewhere.

    `admin_token`: what callers of the control interface must send; None: they must be on this
    machine. Raises ConfigurationError for one that no header can carry.
    """

    def __init__(self, begin: Callable[[str], Engine], admin_token: str | None = None) -> None:
        self._guard = AdminAuth(admin_token)
        self.namespaces = Namespaces(begin)
        self._shared = self.engine.current.shared

    @property
    def engine(self) -> Engine:
        """The engine of those who name no namespace."""
        return self.namespaces.get("")

    def check(self) -> None:
        """Raise ConfigurationError unless the store can be used now. Nothing of it stays open: who
        asks may fork.
        """
        try:
            self.engine.current.check()
            self.engine.current.close()
        except StoreError as error:
            raise ConfigurationError(f"the store cannot be used: {error}") from None

    def http_date(self) -> str:
        """The current moment of those who name no namespace."""
        return self.engine.current.http_date()

    def may_block(self, request: Request) -> bool:
        """Whether the answer may take its time: a call of the control interface can wait or log,
        and a store that others share is asked over a wire or a lock.
        """
        return self._shared or is_control(_parted(request.path)[1])

    def may_wait(self, request: Request) -> bool:
        """Whether it asks for others that are still to come; `hurry` has it answered."""
        return request.path.endswith(f"{PREFIX}/requests/wait")

    def hurry(self) -> None:
        """Answer now who waits for requests to come."""
        for engine in self.namespaces.all():
            engine.current.hurry()

    def answer(self, request: Request) -> Response:
        """The answer to any request; an error that is ours is problem details."""
        name, request = _entered(request)
        controls = is_control(request.path)
        try:
            if controls:
                self._guard.check(request)  # who is refused makes no namespace
            engine = self.namespaces.get(name)
        except Refusal as refusal:
            return self._dated(refused(refusal))
        except MockServerError as error:
            return self._dated(problem(503 if isinstance(error, Full) else 400, str(error)))
        if controls:
            return self._control(engine, request, name)
        return engine.answer(request)

    def _control(self, engine: Engine, request: Request, namespace: str) -> Response:
        from mockserver.admin import api  # noqa: PLC0415 - many a test has no use for it

        return api.answer(engine, request, self.namespaces, namespace)

    def _dated(self, response: Response) -> Response:
        return response.with_headers(("Date", self.http_date()))


def new_application(
    settings: Settings,
    *,
    seed: int | None = None,
    admin_token: str | None = None,
    store: str = MEMORY,
) -> Application:
    """A front on the states that are kept at the URL `store`; see `assembler` and `Application`.

    The token is never shown. The store is not asked for anything yet: see `Application.check`.
    """
    secrets = [] if admin_token is None else [admin_token]
    return Application(assembler(settings, seed, secrets, open_stores(store)), admin_token)


def _entered(request: Request) -> tuple[str, Request]:
    """The namespace that a path begins with, and the request without it."""
    place, path = _parted(request.path)
    if not place:
        return "", request
    name = place.removeprefix(_NAMESPACE) or "?"
    return name, request.at(path, _below(place, request.target))


def _parted(path: str) -> tuple[str, str]:
    """What a path says of a namespace, "/ns/name" or "", and the rest of it."""
    if not path.startswith(_NAMESPACE):
        return "", path
    name, slash, rest = path.removeprefix(_NAMESPACE).partition("/")
    return _NAMESPACE + name, slash + rest or "/"


def _below(place: str, target: str) -> str:
    """A target without the place that it begins with, "" if that is spelled otherwise."""
    rest = target.removeprefix(place)
    if rest == target or not rest.startswith(("/", "?")):
        return ""
    return rest if rest.startswith("/") else f"/{rest}"
