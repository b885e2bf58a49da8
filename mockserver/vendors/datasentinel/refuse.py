"""Datasentinel's errors: a JSON object with the one key that its scripts read (P)."""

from mockserver.model.errors import Refusal, WrongMethod
from mockserver.model.http import Request, Response, json_response

CHALLENGE = "basic credentials"
"""The kind of a refusal that asks for Basic authentication."""


def refuse(refusal: Refusal, _request: Request) -> Response:
    """Return `{"error": <text>}` with the refusal's status; texts and extra headers are X."""
    response = json_response(refusal.status, {"error": refusal.message})
    if refusal.kind == CHALLENGE:
        return response.with_headers(("WWW-Authenticate", 'Basic realm="datasentinel"'))
    if isinstance(refusal, WrongMethod):
        return response.with_headers(("Allow", ", ".join(refusal.allowed)))
    return response
