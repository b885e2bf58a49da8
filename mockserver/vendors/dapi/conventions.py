"""The common parts of Dapi's calls: settings, fields of a request, responses and errors."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from mockserver.model.accounts import new_uuid
from mockserver.model.errors import InternalError, Refusal, UnknownPath, UnreadableBody, WrongMethod
from mockserver.model.http import Request, Response, json_response
from mockserver.model.request_content import json_object
from mockserver.model.settings import Address
from mockserver.model.tokens import TokenRejected


class Settings(NamedTuple):
    """The settings and their defaults.

    `response` determines the fields of the response to a successful exchange. `full` sends the two
    fields of the page and those that the vendor's SDKs read (one fails without `status`); `page`
    sends only the two. `connect_redirects` are the URLs, besides loopback addresses, to which
    Connect may redirect.
    """

    response: Literal["full", "page"] = "full"
    connect_redirects: tuple[Address, ...] = ()


def text_fields(request: Request, *names: str | tuple[str, ...]) -> dict[str, str]:
    """Return the required text fields by name; of a tuple of names, the first that was sent.

    Raises:
        Refusal: 422 `PARAMETER_MISSING` for a field that is missing or null, 400
            `PARAMETER_ERROR` for one that is empty or of another type (P).
    """
    body = json_object(request)
    sent = []
    for name in names:
        alternatives = (name,) if isinstance(name, str) else name
        found = next((each for each in alternatives if body.get(each) is not None), None)
        if found is None:
            message = f"{' or '.join(alternatives)} is required."
            raise Refusal(message, status=422, kind="PARAMETER_MISSING")
        sent.append(found)
    return {name: _text(name, body[name]) for name in sent}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Refusal(f"{name} must be a non-empty string.", kind="PARAMETER_ERROR")
    return value


def done(result: Mapping[str, Any]) -> Response:
    """Return 200 with the fields of every success (P), and those of `result`."""
    base = {"success": True, "status": "done", "operationID": new_uuid()}
    return json_response(200, {**base, **result})


def refuse(refusal: Refusal, _request: Request) -> Response:
    """Return `{"success", "status", "type", "msg", "operationID"}` (P).

    The vendor's SDKs parse the body of every status as JSON (P). A wrong method is a 404 (X).
    """
    status = 404 if isinstance(refusal, WrongMethod) else refusal.status
    body = {
        "success": False,
        "status": "failed",
        "type": refusal.kind or _type(refusal),
        "msg": refusal.message,
        "operationID": new_uuid(),
    }
    return json_response(status, body)


def _type(refusal: Refusal) -> str:
    """Return the type of a refusal that has none: `PARAMETER_ERROR` for a body (P), others (X)."""
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
