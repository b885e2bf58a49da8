"""The token in use: the calls with which the vendor's own scripts begin."""

from mockserver.model.http import Response, json_response
from mockserver.model.vendor import Call
from mockserver.vendors.datasentinel.settings import Settings
from mockserver.vendors.datasentinel.user_token import good_token


def health(_call: Call[Settings]) -> Response:
    """Answer `GET /ds-api/`, without authentication (P)."""
    return json_response(200, {"status": "OK", "message": "The platform is running."})


def roles(call: Call[Settings]) -> Response:
    """Answer `GET` with the token in the header `user-token` (P) with a list (X)."""
    good_token(call, call.request.headers.get("user-token"))
    return json_response(200, [{"role": "admin"}, {"role": "reader"}])
