"""The user token: created and read with Basic authentication."""

from datetime import UTC, datetime

from mockserver.model.accounts import Account
from mockserver.model.authorization import CredentialsError, basic
from mockserver.model.clock import Moment
from mockserver.model.errors import Refusal
from mockserver.model.http import Response, json_response
from mockserver.model.tokens import Claims
from mockserver.model.vendor import Call
from mockserver.vendors.datasentinel.refuse import CHALLENGE
from mockserver.vendors.datasentinel.settings import Settings

LIFE = 86_405  # seconds: a day and 5 s, as in every published token (S, P)


def create_token(call: Call[Settings]) -> Response:
    """Answer `POST` with Basic authentication: 201 `{"user-token"}` (S); a body is ignored (X)."""
    account = _authenticate(call)
    token = call.state.issue(
        account, claims(account, call.state.settings, call.now, None), call.now
    )
    return json_response(201, {"user-token": token})


def claims(account: Account, _settings: Settings, now: Moment, life: int | None) -> Claims:
    """Return the claims in the page's order (S); `database` is the organization (P)."""
    return {
        "exp": now.unix + (life or LIFE),
        "iat": now.unix,
        "database": account["organization"],
        "email": account["email"],
        "user": account["user"],
    }


def token_info(call: Call[Settings]) -> Response:
    """Answer `GET ?token=` with Basic authentication: the claims of any user's token (S).

    The page's table calls the parameter `user-token`, both its URLs `token`: `token` wins.
    """
    if call.state.settings.info_auth == "required":
        _authenticate(call)
    claims = _claims_of_query(call)
    return json_response(
        200,
        {
            "email": claims.get("email"),
            "expire_time": _readable(claims.get("exp")),
            "organization_name": claims.get("database"),
            "user": claims.get("user"),
        },
    )


def _readable(seconds: int | None) -> str | None:
    """Return a moment as the page prints it; None for a minted token without an end."""
    if seconds is None:
        return None
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


def good_token(call: Call[Settings], token: str | None) -> Claims:
    """Return the claims of a valid token, or refuse the request with 401."""
    if token is None:
        raise Refusal("The token is missing.", status=401)
    return call.state.tokens.verify(token, call.now.unix)


def _claims_of_query(call: Call[Settings]) -> Claims:
    token = call.request.query_value("token")
    return good_token(call, call.request.query_value("user-token") if token is None else token)


def _authenticate(call: Call[Settings]) -> Account:
    try:
        user, password = basic(call.request)
    except CredentialsError as error:
        raise _challenge(str(error)) from None
    credentials = {"user": user, "password": password}
    account = call.state.accounts.find(credentials)
    if account is None:
        raise _challenge(call.state.accounts.mismatch(credentials))
    return account


def _challenge(why: str) -> Refusal:
    message = "A valid user and password are required."
    return Refusal(message, status=401, kind=CHALLENGE, why=why)
