"""Datasentinel's settings, accounts, errors and endpoints: the user token and its first uses."""

from datetime import UTC, datetime
from functools import lru_cache
from secrets import token_hex, token_urlsafe
from typing import Literal, NamedTuple

from mockserver.model.accounts import Account
from mockserver.model.clock import Moment
from mockserver.model.errors import Refusal, WrongMethod
from mockserver.model.http import Request, Response, json_response
from mockserver.model.request_content import CredentialsError, basic
from mockserver.model.tokens import Claims
from mockserver.model.vendor import Call


class Settings(NamedTuple):
    """The settings and their defaults.

    `info_auth` determines whether a request for a token's claims needs Basic authentication. The
    page says that it does; the vendor's own automation sends none.
    """

    # In quotes, because mypyc keeps no other annotation of this kind.
    info_auth: "Literal['required', 'optional']" = "required"


# Login, email and organization are printed in the page, in its samples.
BUILT_IN: Account = {
    "user": "myUser",
    "password": "myPassword",
    "email": "test@datasentinel.io",
    "organization": "Main Org.",
}
LOGINS = (("user", "password"),)


def new_account() -> Account:
    """Return a new user of the same organization."""
    user = f"user-{token_hex(4)}"
    return {
        "user": user,
        "password": token_urlsafe(12),
        "email": f"{user}@example.com",
        "organization": BUILT_IN["organization"],
    }


def check_account(account: Account) -> None:
    """Refuse a user with a colon, at which Basic authentication ends the user (RFC 7617, 2)."""
    if ":" in account["user"]:
        raise Refusal("credentials.user must not contain a colon")


def magic_account(outcome: str) -> Account:
    """Return the magic user for an outcome."""
    return {**BUILT_IN, "user": f"magic-{outcome}", "password": "magic"}


_CHALLENGE = "basic credentials"
"""The kind of a refusal whose response requires Basic authentication."""


def refuse(refusal: Refusal, _request: Request) -> Response:
    """Return `{"error": <text>}`, the key that the vendor's scripts read (P).

    Texts and extra headers are X.
    """
    response = json_response(refusal.status, {"error": refusal.message})
    if refusal.kind == _CHALLENGE:
        return response.with_headers(("WWW-Authenticate", 'Basic realm="datasentinel"'))
    if isinstance(refusal, WrongMethod):
        return response.with_headers(("Allow", ", ".join(refusal.allowed)))
    return response


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

    The page's table calls the parameter `user-token`, and both URLs of the page call it `token`. If
    both are sent, `token` counts.
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


@lru_cache(maxsize=64)  # the same token is read again and again
def _readable(seconds: int | None) -> str | None:
    """Return a moment in the page's form; None for a minted token that does not expire."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(" ", "seconds")[:19]


def _valid_claims(call: Call[Settings], token: str | None) -> Claims:
    """Return the claims of a valid token, or refuse the request with 401."""
    if token is None:
        raise Refusal("The token is missing.", status=401)
    return call.state.tokens.verify(token, call.now.unix)


def _claims_of_query(call: Call[Settings]) -> Claims:
    token = call.request.query_value("token")
    return _valid_claims(call, call.request.query_value("user-token") if token is None else token)


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


def credential(request: Request) -> str | None:
    """Return the user and the password that a request for a token sends; None without them."""
    try:
        return ":".join(basic(request))
    except CredentialsError:
        return None


def _challenge(why: str) -> Refusal:
    message = "A valid user and password are required."
    return Refusal(message, status=401, kind=_CHALLENGE, why=why)


def health(_call: Call[Settings]) -> Response:
    """Answer `GET /ds-api/`, without authentication (P)."""
    return json_response(200, {"status": "OK", "message": "The platform is running."})


def roles(call: Call[Settings]) -> Response:
    """Answer `GET` with the token in the header `user-token` (P) with a list (X)."""
    _valid_claims(call, call.request.headers.get("user-token"))
    return json_response(200, [{"role": "admin"}, {"role": "reader"}])
