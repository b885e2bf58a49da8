"""Dapi's apps, their bank logins, and Connect: the login page in a user's browser.

A login is valid for 30 minutes (S) and is exchanged for one token (P). The collection `logins`
stores it by access code; the token registry stores whether the code was used.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from secrets import token_bytes, token_hex
from typing import Any

from mockserver.model.accounts import Account, new_uuid, uuid_of
from mockserver.model.clock import Moment
from mockserver.model.errors import MockServerError
from mockserver.model.state_store import Record
from mockserver.model.vendor_state import VendorState
from mockserver.vendors.dapi.conventions import Settings

# The secret is printed in the page; the bank logins are those of the vendor's sandbox (P).
BUILT_IN: Account = {
    "appSecret": "app_secret_value",
    "appKey": "app_key_value",
    "bankLogins": {"dapi_user1": "dapi_password1", "dapi_user2": "dapi_password2"},
}

LOGINS = (("appSecret",), ("appKey",))  # at the exchange, and at Connect
LIFE = 1800  # seconds of an access code (S); one sample of the vendor says 300 s (P)
_EXPIRED = 10_000  # logins that are kept after their code has expired

PRINTED: Record = {
    "success": True,
    "accessCode": "access_code_value",
    "userSecret": "user_secret_value",
    "connectionID": "connection_id_value",
    "userID": "user_id_value",
    "tokenID": "token_id_value",
}
"""The login with the values that the page prints (S)."""


def new_account() -> Account:
    """Return a new app with the same bank logins; its secret and key have 64 hex digits (P)."""
    return {**BUILT_IN, "appSecret": token_hex(32), "appKey": token_hex(32)}


def magic_account(outcome: str) -> Account:
    """Return the magic app for an outcome."""
    return {**BUILT_IN, "appSecret": f"magic-{outcome}", "appKey": f"magic-{outcome}"}


def connect(state: VendorState[Settings], arguments: Mapping[str, Any], now: Moment) -> Record:
    """Log in at Connect and return the page's response.

    Args:
        state: Dapi's part of the state.
        arguments: `user`, one of the app's bank logins, and `app_key`; both are optional.
        now: The time of the login.

    Raises:
        MockServerError: If the user or the app is not known.
    """
    app = _app(state, arguments.get("app_key"))
    user = _user(app, arguments.get("user"))
    token_id = new_uuid()
    login = {
        "success": True,
        "accessCode": _access_code(state, app, token_id, now),
        "userSecret": state.secret(b64encode(token_bytes(96)).decode()),
        "connectionID": token_hex(20),
        "userID": _user_id(app, user),
        "tokenID": token_id,
    }
    _remember(state, login, app, user, now)
    return login


def printed_login(state: VendorState[Settings], now: Moment) -> None:
    """Store the login with the printed values, so that the page's example works once."""
    app = state.accounts.all()[0]
    _remember(state, PRINTED, app, next(iter(app["bankLogins"])), now)


def _remember(
    state: VendorState[Settings], login: Record, app: Account, user: str, now: Moment
) -> None:
    code = login["accessCode"]
    state.register_code(code, {"user": user}, "access code", now, LIFE)
    moments = {"issued": now.microseconds, "until": now.unix + LIFE}
    more = {"appKey": app["appKey"], "user": user, **moments}
    logins = state.collection("logins")
    logins.put(code, {**login, **more}, most=_EXPIRED, now=now.unix)


def _access_code(state: VendorState[Settings], app: Account, token_id: str, now: Moment) -> str:
    claims = {
        "salt": token_hex(16),
        "appKey": app["appKey"],
        "tokenID": token_id,
        "iat": now.unix,
        "exp": now.unix + LIFE,
    }
    return state.tokens.issue(claims)


def _app(state: VendorState[Settings], app_key: object) -> Account:
    app = state.accounts.find({} if app_key is None else {"appKey": app_key})
    if app is None:
        raise MockServerError("app_key: no such app")
    return app


def _user(app: Account, user: object) -> str:
    logins = list(app["bankLogins"])
    if user is not None and user not in logins:
        raise MockServerError(f"user: unknown bank login; known: {', '.join(logins)}")
    return logins[0] if user is None else str(user)


def _user_id(app: Account, user: str) -> str:
    """Return the user's UUID at this app: a digest of both, so that it never changes."""
    return uuid_of(sha256(f"{app['appKey']} {user}".encode()).digest()[:16])
