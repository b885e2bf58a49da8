"""dStor's settings, accounts, errors and endpoints: the temporary token and its first use."""

import re
from hashlib import sha256
from http import HTTPStatus
from secrets import choice, token_hex, token_urlsafe
from string import ascii_letters, digits
from typing import Literal, NamedTuple

from mockserver.model.accounts import Account, uuid_of
from mockserver.model.clock import Moment
from mockserver.model.errors import Refusal, UnknownPath, WrongMethod
from mockserver.model.http import Request, Response, is_field_value, json_response
from mockserver.model.request_content import bearer, json_object
from mockserver.model.tokens import Claims
from mockserver.model.vendor import Call


class Settings(NamedTuple):
    """The settings and their defaults.

    `past_expiration` determines the response to an `x-expiration` in the past. `accept` returns a
    token that has expired (both values printed in the page are in the past); `reject` returns 400.

    `default_ttl` is the life of a token in seconds if no `x-expiration` is sent; the page says one
    year.
    """

    # In quotes, because mypyc keeps no other annotation of this kind.
    past_expiration: "Literal['accept', 'reject']" = "accept"
    default_ttl: int = 31_536_000


KEY_LENGTH = 64  # characters (S)
MAGIC = "magic-"

# The key is the one printed in the page.
BUILT_IN: Account = {
    "api-key": "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92",
    "email": "dev@example.com",
    "password": "dstor-password",
}
LOGINS = (("api-key",), ("email", "password"))


def new_account() -> Account:
    """Return new credentials in the vendor's form."""
    key = "".join(choice(ascii_letters + digits) for _ in range(KEY_LENGTH))
    return {
        "api-key": key,
        "email": f"dev-{token_hex(4)}@example.com",
        "password": token_urlsafe(12),
    }


def magic_account(outcome: str) -> Account:
    """Return the magic key and login for an outcome."""
    return {
        "api-key": f"{MAGIC}{outcome}",
        "email": f"{MAGIC}{outcome}@example.com",
        "password": "magic",
    }


def check_account(account: Account) -> None:
    """Refuse a key that the header cannot carry, or of another length than the page's (S)."""
    key = account["api-key"]
    if len(key) != KEY_LENGTH:
        raise Refusal(f"credentials.api-key must have {KEY_LENGTH} characters")
    if not is_field_value(key):
        raise Refusal("credentials.api-key must be a string that a header can contain")


def subject(account: Account) -> str:
    """Return the account's UUID (version 4): a digest of its key, so that it never changes."""
    return uuid_of(sha256(account["api-key"].encode()).digest()[:16])


def refuse(refusal: Refusal, request: Request) -> Response:
    """Return `{"statusCode", "error", "message"}`; a wrong method is an unknown route.

    No page shows an error. Fastify's default form is our choice (X).
    """
    status, message = refusal.status, refusal.message
    if isinstance(refusal, (UnknownPath, WrongMethod)):
        status, message = 404, f"Route {request.method}:{request.path} not found"
    error = HTTPStatus(status).phrase
    return json_response(status, {"statusCode": status, "error": error, "message": message})


LATEST = 253_402_300_799  # the last second of the year 9999, Unix time (X)
_MILLISECONDS = 10**11  # a larger number is in milliseconds; as seconds this is the year 5138
_EARLIEST = 10**9  # a smaller number is a life; as Unix seconds this is the year 2001
_NUMBER = r"0*([0-9]{1,12})(\.[0-9]*)?"
_NUMBER_OF_ANY_UNIT = r"0*([0-9]{1,15})(\.[0-9]*)?"  # also a current time in milliseconds


def temp_token(call: Call[Settings]) -> Response:
    """Answer `GET`: the `api-key` header (S) obtains a token (P) until `x-expiration` (S)."""
    key = _api_key(call)
    expires = _expiration(call)
    account = call.state.accounts.find({"api-key": key})
    if account is None:
        why = call.state.accounts.mismatch({"api-key": key})
        raise Refusal("The api-key is not valid", status=401, why=why)
    return _token(call, account, {**_claims(call, account), "exp": expires}, ("iat",))


def claims(account: Account, settings: Settings, now: Moment, life: int | None) -> Claims:
    """Return the claims in the order of a published token (P). Nothing is known of d, o, s, t."""
    return {
        "d": False,
        "o": False,
        "s": False,
        "t": None,
        "iat": now.unix,
        "exp": now.unix + (life or settings.default_ttl),
        "aud": "dstor.cloud",
        "iss": "dstor.cloud",
        "sub": subject(account),
    }


def login(call: Call[Settings]) -> Response:
    """Answer `POST`: `{"email", "password"}` (C) obtains the same for the default life (P)."""
    fields = json_object(call.request)
    credentials = {name: fields.get(name) for name in ("email", "password")}
    for name, value in credentials.items():
        if not isinstance(value, str):
            raise Refusal(f"body must have the property '{name}', a string")
    account = call.state.accounts.find(credentials)
    if account is None:
        why = call.state.accounts.mismatch(credentials)
        raise Refusal("Wrong email or password", status=401, why=why)
    return _token(call, account, _claims(call, account))


def credential(request: Request) -> str | None:
    """Return the key, or the email and password, with which a request obtains a token."""
    if request.method != "POST":
        return request.headers.get("api-key")
    try:
        fields = json_object(request)
    except Refusal:
        return None
    return f"{fields.get('email')} {fields.get('password')}"


def wrong_unit(request: Request) -> str | None:
    """Return what is wrong with `x-expiration`, in Unix seconds (P).

    Returns "" if nothing is, and None if it was not sent.
    """
    text = request.headers.get("x-expiration")
    if text is None:
        return None
    number = re.fullmatch(_NUMBER_OF_ANY_UNIT, text)
    if number is None:
        return "x-expiration is not a number of seconds"
    if int(number[1]) > _MILLISECONDS:
        return "x-expiration is in milliseconds, and not in seconds"
    if int(number[1]) < _EARLIEST:
        return "x-expiration is a life, and not the moment at which it ends"
    return ""


def _api_key(call: Call[Settings]) -> str:
    key = call.request.headers.get("api-key")
    if key is None:
        raise Refusal("The header 'api-key' is required")
    if key.startswith(MAGIC):
        return re.sub("-0+$", "", key)  # padded to the length of a key, or not
    if len(key) != KEY_LENGTH:
        raise Refusal(f"The header 'api-key' must have {KEY_LENGTH} characters")
    return key


def _expiration(call: Call[Settings]) -> int:
    """Return the moment that the client names, in Unix seconds (P), rounded down (C)."""
    text = call.request.headers.get("x-expiration")
    if text is None:
        return call.now.unix + call.state.settings.default_ttl
    number = re.fullmatch(_NUMBER, text)
    expires = int(number[1]) if number else LATEST + 1
    if expires > LATEST:
        raise Refusal(f"The header 'x-expiration' must be Unix seconds, 0 to {LATEST}")
    if expires <= call.now.unix and call.state.settings.past_expiration == "reject":
        raise Refusal("The header 'x-expiration' must be in the future")
    return expires


def _claims(call: Call[Settings], account: Account) -> Claims:
    return claims(account, call.state.settings, call.now, None)


def _token(
    call: Call[Settings],
    account: Account,
    claims: Claims,
    movable: tuple[str, ...] = ("iat", "exp"),
) -> Response:
    token = call.state.issue(account, claims, call.now, movable=movable)
    return json_response(200, {"access_token": token})


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
