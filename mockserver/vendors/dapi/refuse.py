"""Dapi's errors: always JSON, since its SDKs parse the body of every status (P)."""

from uuid import uuid4

from mockserver.model.errors import InternalError, Refusal, UnknownPath, UnreadableBody, WrongMethod
from mockserver.model.http import Request, Response, json_response
from mockserver.model.tokens import TokenRejected


def refuse(refusal: Refusal, _request: Request) -> Response:
    """Return `{"success", "status", "type", "msg", "operationID"}` (P).

    A wrong method is a 404 (X).
    """
    status = 404 if isinstance(refusal, WrongMethod) else refusal.status
    body = {
        "success": False,
        "status": "failed",
        "type": refusal.kind or _type(refusal),
        "msg": refusal.message,
        "operationID": str(uuid4()),
    }
    return json_response(status, body)


def _type(refusal: Refusal) -> str:
    """Return the type of a refusal that names none: `PARAMETER_ERROR` for a body by P, else X."""
    match refusal:
        case UnreadableBody():
            return "PARAMETER_ERROR"
        case TokenRejected():
            return "INVALID_ACCESS_TOKEN"
        case UnknownPath() | WrongMethod():
            return "NOT_FOUND"
        case InternalError():
            return "UNKNOWN_ERROR"
    if refusal.status == 429:
        return "TOO_MANY_REQUESTS"
    return "PARAMETER_ERROR" if refusal.status < 500 else "UNKNOWN_ERROR"
