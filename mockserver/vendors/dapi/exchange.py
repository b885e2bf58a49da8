"""The exchange of an access code for an access token."""

from hashlib import sha256
from secrets import token_hex

from mockserver.model.accounts import OUTCOME, Account, new_uuid
from mockserver.model.clock import Moment, iso
from mockserver.model.errors import Refusal
from mockserver.model.http import Request, Response, json_response
from mockserver.model.request_content import json_object
from mockserver.model.state_store import Record
from mockserver.model.tokens import Claims, TokenRejected
from mockserver.model.vendor import Call
from mockserver.model.vendor_state import VendorState
from mockserver.vendors.dapi.connect import LIFE, PRINTED
from mockserver.vendors.dapi.conventions import Settings, text_fields

_FROM_THE_FUTURE = "The accessCode was issued later than now: the clock was set back."


def exchange_token(call: Call[Settings]) -> Response:
    """Answer `POST` of `appSecret`, `accessCode`, `connectionID` (S) with a permanent token (S).

    Only a success uses up the code. Exactly one of several simultaneous exchanges succeeds.
    """
    fields = text_fields(call.request, "appSecret", "accessCode", "connectionID")
    secret, code, connection = fields.values()
    app = call.state.accounts.find({"appSecret": secret})
    if app is None:
        why = call.state.accounts.mismatch({"appSecret": secret})
        raise _refused("INVALID_APP_SECRET", "The appSecret is not valid.", why)
    if OUTCOME in app:  # a magic app exchanges any code, again and again
        return _answer(call, app, _printed_login(app))
    login = _login(call, app, code, connection)
    if not call.state.use_up(code):
        raise _used(login)
    call.state.collection("logins").put(code, {**login, "used": iso(call.now.datetime)})
    return _answer(call, {"user": login["user"]}, login)


def secret_digest(user_secret: str) -> str:
    """Return the digest of the userSecret that must be sent with the token."""
    return sha256(user_secret.encode()).hexdigest()


def claims(account: Account, _settings: Settings, now: Moment, life: int | None) -> Claims:
    """Return the claims of a minted token; it is used with the page's `user_secret_value`."""
    login = _printed_login(account)
    return _claims(login) if life is None else {**_claims(login), "exp": now.unix + life}


def judge(state: VendorState[Settings], token: str, now: Moment) -> None:
    """Check an access code as an exchange would, and anything else as an access token."""
    login = state.collection("logins").get(token)
    if login is None:
        state.tokens.verify(token, now.unix)
    elif state.tokens.is_revoked(token):
        raise TokenRejected("revoked", "The accessCode was revoked.")
    elif state.is_used(token):
        raise TokenRejected("used", "The accessCode was used already.")
    elif _age(login, now) < 0:
        raise TokenRejected("not-yet-valid", _FROM_THE_FUTURE)
    elif _age(login, now) >= LIFE:
        raise TokenRejected("expired", "The accessCode is older than 30 minutes.")


def credential(request: Request) -> str | None:
    """Return the access code that an exchange sends; None without it."""
    try:
        code = json_object(request).get("accessCode")
    except Refusal:
        return None
    return code if isinstance(code, str) else None


def _printed_login(app: Account) -> Record:
    """Return a login with the printed values, for a token that no login obtained."""
    return {**PRINTED, "appKey": app["appKey"], "user": next(iter(app["bankLogins"]))}


def _claims(login: Record) -> Claims:
    """Return the claims: the first four are P, where the sample ends; the others are X."""
    return {
        "salt": token_hex(16),
        "appKey": login["appKey"],
        "tokenID": login["tokenID"],
        "authorizations": ["identity", "accounts", "balance", "transactions"],
        "user": login["user"],
        "secretDigest": secret_digest(login["userSecret"]),
    }


def _login(call: Call[Settings], app: Account, code: str, connection: str) -> Record:
    """Return the login of an access code, or refuse it; the types of these errors are X."""
    state = call.state
    login = state.collection("logins").get(code)
    if login is None or state.tokens.is_revoked(code):
        why = "No login has this accessCode." if login is None else "The accessCode was revoked."
        raise _refused("INVALID_ACCESS_CODE", "The accessCode is not valid.", why)
    if login["appKey"] != app["appKey"]:
        raise _refused("INVALID_APP_SECRET", "The appSecret is not that of the accessCode's app.")
    if login["connectionID"] != connection:
        raise _refused("INVALID_CONNECTION", "The connectionID is not that of the accessCode.")
    if state.is_used(code):
        raise _used(login)
    age = _age(login, call.now)
    if age < 0:
        raise _refused("INVALID_ACCESS_CODE", "The accessCode is not valid.", _FROM_THE_FUTURE)
    if age >= LIFE:
        why = f"The accessCode expired {age - LIFE} s ago."
        raise _refused("EXPIRED_ACCESS_CODE", "The accessCode is older than 30 minutes.", why)
    return login


def _age(login: Record, now: Moment) -> int:
    """Return the age of the access code in whole seconds, rounded down."""
    age: int = (now.microseconds - login["issued"]) // 1_000_000
    return age


def _answer(call: Call[Settings], account: Account, login: Record) -> Response:
    token = call.state.issue(account, _claims(login), call.now)
    page = {"success": True, "accessToken": token}
    if call.state.settings.response == "page":
        return json_response(200, page)
    identifiers = {"tokenID": login["tokenID"], "userID": login["userID"]}
    return json_response(200, {**page, "status": "done", "operationID": new_uuid(), **identifiers})


def _refused(kind: str, message: str, why: str = "") -> Refusal:
    return Refusal(message, status=401, kind=kind, why=why)


def _used(login: Record) -> Refusal:
    """Return the refusal of a used code."""
    # The later of two simultaneous exchanges may not yet see the time of the other.
    why = f"The accessCode was used at {login.get('used', 'this moment')}."
    return _refused("USED_ACCESS_CODE", "The accessCode was used already.", why)
