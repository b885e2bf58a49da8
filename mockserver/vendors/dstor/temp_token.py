"""The temporary token: bought with an API key, or with e-mail and password."""

import re

from mockserver.model.accounts import Account
from mockserver.model.body import json_object
from mockserver.model.clock import Moment
from mockserver.model.errors import Refusal
from mockserver.model.http import Response, json_response
from mockserver.model.tokens import Claims
from mockserver.model.vendor import Call
from mockserver.vendors.dstor.accounts import KEY_LENGTH, MAGIC, subject
from mockserver.vendors.dstor.settings import Settings

LATEST = 253_402_300_799  # the last second of the year 9999, Unix time (X)
_NUMBER = r"0*([0-9]{1,12})(\.[0-9]*)?"


def temp_token(call: Call[Settings]) -> Response:
    """Answer `GET`: the `api-key` header (S) buys a token (P) until `x-expiration` (S)."""
    key = _api_key(call)
    expires = _expiration(call)
    account = call.state.accounts.find({"api-key": key})
    if account is None:
        why = call.state.accounts.mismatch({"api-key": key})
        raise Refusal("The api-key is not valid", status=401, why=why)
    return _token(call, account, {**_claims(call, account), "exp": expires}, ("iat",))


def claims(account: Account, settings: Settings, now: Moment, life: int | None) -> Claims:
    """Return the claims in the order of a published token (P); d, o, s, t mean nothing known."""
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
    """Answer `POST`: `{"email", "password"}` (C) buys the same for the default life (P)."""
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
