"""The user token: created with Basic authentication, and asked what it says."""

from datetime import UTC, datetime

from mockserver.model.accounts import Account
from mockserver.model.authorization import basic
from mockserver.model.clock import Moment
from mockserver.model.errors import Refusal
from mockserver.model.http import Response, json_response
from mockserver.model.tokens import Claims
from mockserver.model.vendor import Call
from mockserver.vendors.datasentinel.refuse import CHALLENGE
from mockserver.vendors.datasentinel.settings import Settings

LIFE = 86_405  # seconds: a day, and the 5 s that every published token has (S, P)


def create_token(call: Call[Settings]) -> Response:
    """`POST` with Basic authentication: 201 `{"user-token"}` (S). A body is ignored (X)."""
    account = _authenticate(call)
    token = call.state.issue(
        account, claims(account, call.state.settings, call.now, None), call.now
    )
    return json_response(201, {"user-token": token})


def claims(account: Account, _settings: Settings, now: Moment, life: int | None) -> Claims:
    """Names and order as in the page's sample (S); `database` is the organization (P)."""
    return {
        "exp": now.unix + (life or LIFE),
        "iat": now.unix,
        "database": account["organization"],
        "email": account["email"],
        "user": account["user"],
    }


def token_info(call: Call[Settings]) -> Response:
    """`GET ?token=` with Basic authentication: what the token says, whoever asks (S).

    The page's table calls the parameter `user-token`, both its URLs `token`: `token` wins.
    """
    if call.state.settings.info_auth == "required":
        _authenticate(call)
    said = _asked(call)
    return json_response(
        200,
        {
            "email": said["email"],
            "expire_time": f"{datetime.fromtimestamp(said['exp'], UTC):%Y-%m-%d %H:%M:%S}",
            "organization_name": said["database"],
            "user": said["user"],
        },
    )


def good_token(call: Call[Settings], token: str | None) -> Claims:
    """The claims of a good token; 401 for none and for any other."""
    if token is None:
        raise Refusal("The token is missing.", status=401)
    return call.state.tokens.verify(token, call.now.unix)


def _asked(call: Call[Settings]) -> Claims:
    token = call.request.query_value("token")
    return good_token(call, call.request.query_value("user-token") if token is None else token)


def _authenticate(call: Call[Settings]) -> Account:
    pair = basic(call.request)
    if pair is None:
        raise _challenge("No user and password were sent by Basic authentication.")
    user, password = pair
    credentials = {"user": user, "password": password}
    account = call.state.accounts.find(credentials)
    if account is None:
        raise _challenge(call.state.accounts.mismatch(credentials))
    return account


def _challenge(why: str) -> Refusal:
    message = "A valid user and password are required."
    return Refusal(message, status=401, kind=CHALLENGE, why=why)
