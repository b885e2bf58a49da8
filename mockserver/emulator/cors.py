"""Requests from web pages of another origin, for vendors that allow them (Fetch standard, CORS)."""

from mockserver.model.http import Response
from mockserver.model.vendor import Cors

_ANY_ORIGIN = ("Access-Control-Allow-Origin", "*")


def preflight(cors: Cors) -> Response:
    """The answer to a browser's OPTIONS before the request itself, at any path."""
    fields = (
        ("Access-Control-Allow-Methods", ", ".join(cors.methods)),
        ("Access-Control-Allow-Headers", ", ".join(cors.request_headers)),
    )
    return Response(204, (_ANY_ORIGIN, *fields))


def allowed(response: Response) -> Response:
    """An answer that a page of any origin may read."""
    return response.with_headers(_ANY_ORIGIN)
