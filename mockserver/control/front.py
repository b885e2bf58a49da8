"""The whole product as one function: what every door calls."""

from mockserver.control import api
from mockserver.core.http import Request, Response
from mockserver.engine.engine import Engine


def answer(engine: Engine, request: Request) -> Response:
    """The control interface's answer under `/__admin`, a vendor's anywhere else."""
    if api.answers(request.path):
        return api.answer(engine, request)
    return engine.answer(request)
