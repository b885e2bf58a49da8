"""The temporary token: bought with an API key, or with e-mail and password."""

import re
from hashlib import sha256
from uuid import UUID

from mockserver.core.accounts import Account
from mockserver.core.body import json_object
from mockserver.core.errors import Refusal
from mockserver.core.http import Response, json_response
from mockserver.core.vendor import Call
from mockserver.vendors.dstor.settings import Settings

KEY_LENGTH = 64  # characters, says the page (S)
LATEST = 253_402_300_799  # the last second of the year 9999, Unix time (X)
_NUMBER = re.compile(r"0*([0-9]{1,12})(\.[0-9]*)?", re.ASCII)


def temp_token(call: Call[Settings]) -> Response:
    """`GET`: the `api-key` header (S) buys `{"access_token"}` (P), until `x-expiration` (S)."""
    key = _api_key(call)
    expires = _expiration(call)
    account = call.realm.accounts.find({"api-key": key})
    if account is None:
        raise Refusal("The api-key is not valid", status=401)
    return _token(call, account, expires)


def login(call: Call[Settings]) -> Response:
    """`POST`: `{"email", "password"}` (C) buys the same, for the default life (P)."""
    fields = json_object(call.request)
    credentials = {name: fields.get(name) for name in ("email", "password")}
    for name, value in credentials.items():
        if not isinstance(value, str):
            raise Refusal(f"body must have the property '{name}', a string")
    account = call.realm.accounts.find(credentials)
    if account is None:
        raise Refusal("Wrong email or password", status=401)
    return _token(call, account, _default_expiration(call))


def _api_key(call: Call[Settings]) -> str:
    key = call.request.headers.get("api-key")
    if key is None:
        raise Refusal("The header 'api-key' is required")
    if len(key) != KEY_LENGTH:
        raise Refusal(f"The header 'api-key' must have {KEY_LENGTH} characters")
    return key


def _expiration(call: Call[Settings]) -> int:
    """The moment the client names, in Unix seconds (P), a fraction rounded down (C)."""
    text = call.request.headers.get("x-expiration")
    if text is None:
        return _default_expiration(call)
    number = _NUMBER.fullmatch(text)
    expires = int(number[1]) if number else LATEST + 1
    if expires > LATEST:
        raise Refusal(f"The header 'x-expiration' must be Unix seconds, 0 to {LATEST}")
    if expires <= call.realm.clock.unix() and call.realm.settings.past_expiration == "reject":
        raise Refusal("The header 'x-expiration' must be in the future")
    return expires


def _default_expiration(call: Call[Settings]) -> int:
    return call.realm.clock.unix() + call.realm.settings.default_ttl


def _token(call: Call[Settings], account: Account, expires: int) -> Response:
    """Claims and their order: P, from a published token; what d, o, s and t mean is not known."""
    claims = {
        "d": False,
        "o": False,
        "s": False,
        "t": None,
        "iat": call.realm.clock.unix(),
        "exp": expires,
        "aud": "dstor.cloud",
        "iss": "dstor.cloud",
        "sub": _subject(account),
    }
    return json_response(200, {"access_token": call.realm.tokens.issue(claims)})


def _subject(account: Account) -> str:
    """The account's UUID (version 4): made from its key, so that it never changes."""
    return str(UUID(bytes=sha256(account["api-key"].encode()).digest()[:16], version=4))
