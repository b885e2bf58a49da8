"""The envelope of every Kitegateway answer: `{"code", "status", "message", "data"}`."""

from http import HTTPStatus
from typing import Any

from mockserver.model.errors import Refusal, UnknownPath, WrongMethod
from mockserver.model.http import Request, Response, json_response


def success(message: str, data: Any) -> Response:
    """Return 200 with a number as `code` (S)."""
    return json_response(200, {"code": 200, "status": "success", "message": message, "data": data})


def refuse(refusal: Refusal, _request: Request) -> Response:
    """Return the envelope with a slug as `code` (P); a wrong method is a 400 (P, errors page)."""
    status, message = refusal.status, refusal.message
    if isinstance(refusal, WrongMethod):
        status = 400
    if isinstance(refusal, UnknownPath):
        message = "Resource doesn't exist."
    slug = HTTPStatus(status).phrase.lower().replace(" ", "_")  # the slugs' words: X
    return json_response(status, {"code": slug, "status": "error", "message": message, "data": {}})
