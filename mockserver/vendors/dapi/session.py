"""Check what every call with an access token needs: bearer, body, secrets, in this order."""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.model.authorization import bearer
from mockserver.model.errors import Refusal
from mockserver.model.tokens import TokenRejected
from mockserver.model.vendor import Call
from mockserver.vendors.dapi.exchange import secret_digest
from mockserver.vendors.dapi.fields import text_fields
from mockserver.vendors.dapi.settings import Settings


class Session(NamedTuple):
    """A call that passed all checks: its token, the bank login behind it, and its fields."""

    token: str
    user: str
    fields: Mapping[str, str]


def open_session(call: Call[Settings], *names: str | tuple[str, ...]) -> Session:
    """Check the bearer, read `appSecret`, `userSecret` and the fields `names`, check the secrets.

    Raises:
        Refusal: the first check that failed.
    """
    token = bearer(call.request)
    if token is None:
        raise TokenRejected("malformed", "The header Authorization must be 'Bearer <accessToken>'.")
    claims = call.state.tokens.verify(token, call.now.unix)
    if "secretDigest" not in claims:
        raise TokenRejected("malformed", "An access code is not an access token.")
    if not {"appKey", "user"} <= claims.keys():
        raise TokenRejected("malformed", "The token lacks the claim appKey or user.")
    fields = text_fields(call.request, "appSecret", "userSecret", *names)
    app = {"appKey": claims["appKey"], "appSecret": fields["appSecret"]}
    if call.state.accounts.find(app) is None:
        raise Refusal("The appSecret is not valid.", status=401, kind="INVALID_APP_SECRET")
    if claims["secretDigest"] != secret_digest(fields["userSecret"]):
        raise Refusal("The userSecret is not valid.", status=401, kind="INVALID_CONNECTION")
    return Session(token, claims["user"], fields)
