"""The token in use: the first step of an upload."""

from secrets import token_urlsafe

from mockserver.model.authorization import bearer
from mockserver.model.body import json_object
from mockserver.model.errors import Refusal
from mockserver.model.http import Response, json_response
from mockserver.model.vendor import Call
from mockserver.vendors.dstor.settings import Settings


def upload_token(call: Call[Settings]) -> Response:
    """Answer `POST` with a bearer (C), `chunks_number`, `folder_path`: an upload token (P)."""
    _authorize(call)
    fields = json_object(call.request)
    chunks, folder = fields.get("chunks_number"), fields.get("folder_path")
    if isinstance(chunks, bool) or not isinstance(chunks, int) or chunks < 1:
        raise Refusal("body must have the property 'chunks_number', an integer above 0")
    if not isinstance(folder, str):
        raise Refusal("body must have the property 'folder_path', a string")
    return json_response(200, {"message": "ok", "token": call.state.secret(token_urlsafe(32))})


def _authorize(call: Call[Settings]) -> None:
    if "authorization" not in call.request.headers:
        raise Refusal("The header 'authorization' is required", status=401)
    token = bearer(call.request)
    if token is None:
        raise Refusal("The header 'authorization' must be 'Bearer <access token>'")
    call.state.tokens.verify(token, call.now.unix)
