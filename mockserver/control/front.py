"""The whole product as one function: what every door calls."""

from collections.abc import Callable
from dataclasses import replace

from mockserver.control import api
from mockserver.core.errors import MockServerError
from mockserver.core.http import Request, Response
from mockserver.core.problem import problem
from mockserver.engine.engine import Engine
from mockserver.engine.namespaces import Namespaces

_NAMESPACE = "/ns/"


class Front:
    """Namespaces, each with the control interface under `/__admin` and the vendors elsewhere."""

    def __init__(self, begin: Callable[[], Engine]) -> None:
        self.namespaces = Namespaces(begin)

    @property
    def engine(self) -> Engine:
        """The engine of those who name no namespace."""
        return self.namespaces.get("")

    def answer(self, request: Request) -> Response:
        """The answer to any request; an error that is ours is problem details."""
        name, request = _entered(request)
        try:
            engine = self.namespaces.get(name)
        except MockServerError as error:
            return problem(400, str(error))
        if api.answers(request.path):
            return api.answer(engine, request, self.namespaces, name)
        return engine.answer(request)


def may_block(request: Request) -> bool:
    """Whether the answer may take its time: a call of the control interface can wait or log."""
    return "/__admin" in request.path


def _entered(request: Request) -> tuple[str, Request]:
    """The namespace that a path begins with, and the request without it."""
    if not request.path.startswith(_NAMESPACE):
        return "", request
    name, slash, rest = request.path.removeprefix(_NAMESPACE).partition("/")
    return name or "?", replace(request, path=slash + rest or "/")
