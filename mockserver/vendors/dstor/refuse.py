"""dStor's errors. No page shows one: this is Fastify's default shape, our choice (X)."""

from http import HTTPStatus

from mockserver.model.errors import Refusal, UnknownPath, WrongMethod
from mockserver.model.http import Request, Response, json_response


def refuse(refusal: Refusal, request: Request) -> Response:
    """Return `{"statusCode", "error", "message"}`; a wrong method is an unknown route."""
    status, message = refusal.status, refusal.message
    if isinstance(refusal, (UnknownPath, WrongMethod)):
        status, message = 404, f"Route {request.method}:{request.path} not found"
    error = HTTPStatus(status).phrase
    return json_response(status, {"statusCode": status, "error": error, "message": message})
