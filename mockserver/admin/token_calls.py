"""Calls about tokens: which were issued; order one, with a defect if need be; ask; revoke."""

import re
from typing import Any

from mockserver.admin.admin_request import AdminRequest
from mockserver.model.accounts import Account
from mockserver.model.defects import DEFECTS, defective_claims, defective_token
from mockserver.model.errors import Refusal
from mockserver.model.http import Response, json_response
from mockserver.model.token_id import token_id
from mockserver.model.tokens import Claims, TokenRejected
from mockserver.model.vendor import VendorState

_TIMES = ("exp", "iat", "nbf")
_LATEST = 253_402_300_799  # the year 9999, Unix time
_ID = re.compile(r"[0-9a-f]{16}", re.ASCII)


def listed(call: AdminRequest) -> Response:
    """What was issued, newest first; never the tokens themselves."""
    now = call.state.clock.unix()
    return json_response(200, {"tokens": [entry.shown(now) for entry in call.state.registry.all()]})


def one(call: AdminRequest) -> Response:
    """One token that was issued."""
    entry = call.state.registry.get(call.parameters["id"])
    if entry is None:
        raise Refusal("there is no such token in the list", status=404)
    return json_response(200, entry.shown(call.state.clock.unix()))


def mint(call: AdminRequest) -> Response:
    """Order a token of `vendor`, as it sends it; `defect` makes it one that is refused.

    `account`: the id of one; without it the built-in. `expires`: Unix seconds, null for never.
    """
    arguments = call.arguments()
    vendor = call.vendor(arguments.get("vendor"))
    vendor_state = call.state.vendor_state(vendor)
    account, defect = (
        _account(vendor_state, arguments.get("account")),
        _defect(arguments.get("defect")),
    )
    claims: Claims = {
        **vendor.claims(vendor_state, account, _life(arguments.get("expires_in"))),
        **_claims(arguments.get("claims", {})),
    }
    if claims.get("exp", 0) > _LATEST:
        raise Refusal("the token would expire after the year 9999")
    if defect is None:
        token = vendor_state.issue(account, claims)
    else:
        claims = defective_claims(claims, defect, vendor_state.clock.unix())
        token = defective_token(vendor_state.tokens, claims, defect)
    answer = {"id": token_id(token), "token": token, "expires": claims.get("exp")}
    return json_response(201, answer)


def explain(call: AdminRequest) -> Response:
    """Would `vendor` take `token` now, and if not, why?"""
    arguments = call.arguments()
    vendor, token = call.vendor(arguments.get("vendor")), arguments.get("token")
    if not isinstance(token, str):
        raise Refusal("token must be a text")
    try:
        vendor.judge(call.state.vendor_state(vendor), token)
    except TokenRejected as rejected:
        reason = "wrong-vendor" if _of_another(call, vendor.name, token) else rejected.reason
        return json_response(200, {"accepted": False, "reason": reason})
    return json_response(200, {"accepted": True, "reason": "ok"})


def revoke(call: AdminRequest) -> Response:
    """Refuse a token from now on."""
    token = call.parameters["id"]
    if not _ID.fullmatch(token):
        raise Refusal("a token's id is 16 hex digits: the first of its SHA-256", status=404)
    call.state.registry.revoke(token)
    return json_response(200, {})


def _account(vendor_state: VendorState[Any], account_id: object) -> Account:
    if account_id is not None and not isinstance(account_id, str):
        raise Refusal("account must be the id of one, a text")
    known = dict(vendor_state.accounts.items())
    account = known.get(next(iter(known), "") if account_id is None else account_id)
    if account is None:
        raise Refusal("account: there is none with this id, or none at all", status=404)
    return account


def _life(expires_in: Any) -> int | None:
    if expires_in is None:
        return None
    if isinstance(expires_in, bool) or not isinstance(expires_in, int):
        raise Refusal("expires_in must be whole seconds")
    if not 0 < expires_in <= _LATEST:
        raise Refusal(f"expires_in must be 1 to {_LATEST} seconds")
    return expires_in


def _claims(claims: Any) -> dict[str, Any]:
    if not isinstance(claims, dict):
        raise Refusal("claims must be an object")
    given = {name: value for name, value in claims.items() if value is not None}
    for name in _TIMES:
        value = given.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LATEST:
            raise Refusal(f"claims.{name} must be Unix seconds, 0 to {_LATEST}")
    return given


def _defect(defect: object) -> str | None:
    if defect is None:
        return None
    if not isinstance(defect, str) or defect not in DEFECTS:
        raise Refusal(f"defect must be one of {', '.join(DEFECTS)}")
    return defect


def _of_another(call: AdminRequest, name: str, token: str) -> bool:
    others = [vendor for vendor in call.engine.vendors if vendor.name != name]
    return any(call.state.vendor_state(vendor).tokens.is_ours(token) for vendor in others)
