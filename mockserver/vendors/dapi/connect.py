"""Connect, the login page in a user's browser: what it hands to the app.

A login lasts 30 minutes (S) and buys one token (P). What it says is kept in the collection `logins`
by access code; that the code was used, the registry knows.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes, token_hex
from typing import Any
from uuid import UUID, uuid4

from mockserver.model.accounts import Account
from mockserver.model.clock import Moment, iso
from mockserver.model.errors import MockServerError
from mockserver.model.state_store import Record
from mockserver.model.vendor import VendorState
from mockserver.vendors.dapi.settings import Settings

LIFE = timedelta(minutes=30)  # of an access code (S); a sample of the vendor's says 300 s
_EXPIRED = 10_000  # logins whose code has expired, and that are still known

PRINTED: Record = {
    "success": True,
    "accessCode": "access_code_value",
    "userSecret": "user_secret_value",
    "connectionID": "connection_id_value",
    "userID": "user_id_value",
    "tokenID": "token_id_value",
}
"""The login in the words that the page prints (S)."""


def connect(state: VendorState[Settings], arguments: Mapping[str, Any], now: Moment) -> Record:
    """A login at Connect, and the page's answer to it.

    Arguments, both optional: `user`, one of the app's bank logins; `app_key`, the app. Raises
    MockServerError for one that is not known.
    """
    app = _app(state, arguments.get("app_key"))
    user = _user(app, arguments.get("user"))
    token_id = str(uuid4())
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
    """The login in the page's own words, so that the page's own example works, once."""
    app = state.accounts.all()[0]
    _remember(state, PRINTED, app, next(iter(app["bankLogins"])), now)


def _remember(
    state: VendorState[Settings], login: Record, app: Account, user: str, now: Moment
) -> None:
    expires = now.datetime + LIFE
    code = login["accessCode"]
    until = int(expires.timestamp())
    state.register(code, {"user": user}, "access code", now, until, once=True)
    more = {"appKey": app["appKey"], "user": user, "expires": iso(expires), "until": until}
    logins = state.collection("logins")
    logins.put(code, {**login, **more})
    logins.trim(_EXPIRED, now.unix)


def _access_code(state: VendorState[Settings], app: Account, token_id: str, now: Moment) -> str:
    claims = {
        "salt": token_hex(16),
        "appKey": app["appKey"],
        "tokenID": token_id,
        "iat": now.unix,
        "exp": now.unix + int(LIFE.total_seconds()),
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
        raise MockServerError(f"user: no such bank login; there are {', '.join(logins)}")
    return logins[0] if user is None else str(user)


def _user_id(app: Account, user: str) -> str:
    """The user's UUID at this app: made from both, so that it never changes."""
    return str(UUID(bytes=sha256(f"{app['appKey']} {user}".encode()).digest()[:16], version=4))
