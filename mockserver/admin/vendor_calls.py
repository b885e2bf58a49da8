"""Calls about vendors: their endpoints and actions, their accounts, their tokens."""

import copy
import re
from collections.abc import Mapping
from typing import Any

from mockserver.admin.admin_request import AdminRequest
from mockserver.model.accounts import Account
from mockserver.model.defects import DEFECTS, defective_claims, defective_token
from mockserver.model.errors import Refusal, UnknownPath
from mockserver.model.redaction import Redactor
from mockserver.model.token_registry import token_id
from mockserver.model.tokens import Claims, TokenRejected
from mockserver.model.vendor import Vendor, contract_of
from mockserver.model.vendor_state import VendorState

_TIMES = ("exp", "iat", "nbf")
_LATEST = 253_402_300_799  # the year 9999, Unix time
_ID = re.compile(r"[0-9a-f]{16}", re.ASCII)
# A vendor rejects a token for these reasons only if it has issued the token.
_OF_STATE = ("not-yet-valid", "expired", "used", "revoked")
_NOT_ISSUED = (
    "this mock has not issued the token; give it as the vendor sent it, with its prefix, or revoke"
    " it by its ID"
)


def list_vendors(call: AdminRequest) -> Any:
    """Return all vendors: names, hosts, addresses here, endpoints, built-in credentials."""
    return {"vendors": [_description(call, vendor) for vendor in call.engine.vendors]}


def openapi(call: AdminRequest) -> Any:
    """Return a vendor's contract, an OpenAPI 3.1 document."""
    return contract_of(call.vendor_at_path())


def act(call: AdminRequest) -> Any:
    """Perform an action of a vendor outside its API, such as a login."""
    vendor = call.vendor_at_path()
    action = vendor.actions.get(call.parameters["action"])
    if action is None:
        raise UnknownPath
    arguments = call.arguments(action.arguments)
    with call.transaction():
        state = call.state
        now = state.clock.moment()
        return dict(action.perform(state.vendor_state(vendor), arguments, now))


def list_accounts(call: AdminRequest) -> Any:
    """Return all accounts, their secrets redacted."""
    redact = call.redactor
    accounts = [
        {"id": account_id, "vendor": vendor.name, "credentials": _shown(account, redact)}
        for vendor in call.engine.vendors
        for account_id, account in call.state.vendor_state(vendor).accounts.items()
    ]
    return {"accounts": accounts}


def add_account(call: AdminRequest) -> Any:
    """Add an account of `vendor`; missing fields of `credentials` are generated."""
    arguments = call.arguments()
    vendor = call.vendor(arguments.get("vendor"))
    account = _completed(vendor, arguments.get("credentials", {}))
    vendor.check_account(account)
    accounts = call.state.vendor_state(vendor).accounts
    _check_new(vendor, account, accounts.all())
    account_id = accounts.add(account)
    return {"id": account_id, "vendor": vendor.name, "credentials": copy.deepcopy(account)}


def remove_account(call: AdminRequest) -> Any:
    """Remove an account; its tokens stay valid."""
    with call.transaction():
        for vendor in call.engine.vendors:
            accounts = call.state.vendor_state(vendor).accounts
            account = accounts.remove(call.parameters["id"])
            if account is not None:
                call.state.remember(*accounts.secrets_of(account))  # the journal may contain them
                return {}
    raise Refusal("there is no such account", status=404)


def list_tokens(call: AdminRequest) -> Any:
    """Return the issued tokens and codes, newest first, without the tokens themselves."""
    now = call.state.clock.moment()
    return {"tokens": [entry.shown(now) for entry in call.state.registry.all()]}


def get_token(call: AdminRequest) -> Any:
    """Return one issued token or code, without the token itself."""
    entry = call.state.registry.get(call.parameters["id"])
    if entry is None:
        raise Refusal("there is no such token in the list", status=404)
    return entry.shown(call.state.clock.moment())


def mint(call: AdminRequest) -> Any:
    """Mint a token of `vendor`, as the vendor sends it; a token with a `defect` is refused.

    `account` is the ID of an account; the default is the built-in one. In `claims`, null removes a
    claim. In the response, `expires` is in Unix seconds, or null if the token does not expire.
    """
    arguments = call.arguments()
    vendor = call.vendor(arguments.get("vendor"))
    vendor_state, now = call.state.vendor_state(vendor), call.state.clock.moment()
    account = _account(vendor_state, arguments.get("account"))
    defect = _defect(arguments.get("defect"))
    life, given = _life(arguments.get("expires_in")), _claims(arguments.get("claims", {}))
    merged = {**vendor.claims(account, vendor_state.settings, now, life), **given}
    claims: Claims = {
        name: value for name, value in merged.items() if value is not None or name not in given
    }
    if claims.get("exp", 0) > _LATEST:
        raise Refusal("the token would expire after the year 9999")
    if defect is None:
        token = vendor_state.issue(account, claims, now)
        entry = vendor_state.registry.get(token_id(token))
        claims = {**claims, "exp": entry and entry.expires}
    else:
        claims = defective_claims(claims, defect, now.unix)
        token = defective_token(vendor_state.tokens, claims, defect)
    return {"id": token_id(token), "token": token, "expires": claims.get("exp")}


def explain(call: AdminRequest) -> Any:
    """Return whether `vendor` accepts `token` now, and if not, the reason."""
    arguments = call.arguments()
    vendor, token = call.vendor(arguments.get("vendor")), _token(arguments)
    rejected = _rejection(call, vendor, token)
    if rejected is None:
        return {"accepted": True, "reason": "ok"}
    reason = "wrong-vendor" if _is_of_another(call, vendor, token) else rejected.reason
    detail = {"detail": rejected.detail} if rejected.detail else {}
    return {"accepted": False, "reason": reason, **detail}


def revoke(call: AdminRequest) -> Any:
    """Revoke the token with this ID: it is refused from now on."""
    token = call.parameters["id"]
    if not _ID.fullmatch(token):
        raise Refusal("a token's ID is the first 16 hex digits of its SHA-256", status=404)
    call.state.registry.revoke(token)
    return {}


def revoke_text(call: AdminRequest) -> Any:
    """Revoke `token`, given as the vendor sends it, including its prefix."""
    token = _token(call.arguments())
    if not _is_issued(call, token):
        raise Refusal(_NOT_ISSUED, status=404)
    call.state.registry.revoke(token_id(token))
    return {}


def _token(arguments: Mapping[str, Any]) -> str:
    token = arguments.get("token")
    if not isinstance(token, str):
        raise Refusal("token must be a string")
    return token


def _rejection(call: AdminRequest, vendor: Vendor[Any], token: str) -> TokenRejected | None:
    """Return why a vendor rejects a token now; None if it accepts the token."""
    try:
        vendor.judge(call.state.vendor_state(vendor), token, call.state.clock.moment())
    except TokenRejected as rejected:
        return rejected
    return None


def _is_issued(call: AdminRequest, token: str) -> bool:
    """Return True if a text is a token or code that a vendor has issued.

    The list contains no token that was minted with a defect, and not the oldest ones. A vendor
    recognizes these by their signature: it accepts them, or rejects them for their state.
    """
    if call.state.registry.get(token_id(token)) is not None:
        return True
    rejections = (_rejection(call, vendor, token) for vendor in call.engine.vendors)
    return any(each is None or each.reason in _OF_STATE for each in rejections)


def _description(call: AdminRequest, vendor: Vendor[Any]) -> dict[str, Any]:
    return {
        "name": vendor.name,
        "hosts": list(call.engine.router.hosts[vendor.name]),
        "base_url": f"{call.root}/{vendor.name}",
        "endpoints": [
            {"name": endpoint.name, "method": endpoint.method, "path": endpoint.paths[0]}
            for endpoint in vendor.endpoints
        ],
        "actions": list(vendor.actions),
        "credentials": copy.deepcopy(vendor.accounts[0]) if vendor.accounts else {},
    }


def _shown(account: Account, redact: Redactor) -> dict[str, Any]:
    """Return credentials without secrets; in a field of logins every value is a secret."""
    return {
        name: {login: redact.tag(secret) for login, secret in value.items()}
        if isinstance(value, Mapping)
        else redact.json(value, name)
        for name, value in account.items()
    }


def _check_new(vendor: Vendor[Any], account: Account, known: list[Account]) -> None:
    """Refuse (409) an account whose login belongs to another account."""
    for login in vendor.logins:
        if any(all(account[name] == each.get(name) for name in login) for each in known):
            raise Refusal(f"there is an account with this {' and '.join(login)}", status=409)


def _completed(vendor: Vendor[Any], given: Any) -> dict[str, Any]:
    generated = vendor.new_account()
    if not isinstance(given, dict):
        raise Refusal("credentials must be an object")
    for name, value in given.items():
        if name not in generated:
            raise Refusal(f"credentials.{name} is not known; known: {', '.join(generated)}")
        if not _same_type(value, generated[name]):
            raise Refusal(f"credentials.{name} must be {_type_name(generated[name])}")
    return {**generated, **given}


def _same_type(value: Any, example: Any) -> bool:
    if isinstance(example, dict):
        return isinstance(value, dict) and bool(value) and all(map(_is_text, value.values()))
    return _is_text(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _type_name(example: Any) -> str:
    return "an object of strings" if isinstance(example, dict) else "a string"


def _account(vendor_state: VendorState[Any], account_id: object) -> Account:
    if account_id is not None and not isinstance(account_id, str):
        raise Refusal("account must be the ID of an account, a string")
    known = dict(vendor_state.accounts.items())
    account = known.get(next(iter(known), "") if account_id is None else account_id)
    if account is None:
        raise Refusal("account: there is no such account", status=404)
    return account


def _life(expires_in: Any) -> int | None:
    if expires_in is None:
        return None
    if isinstance(expires_in, bool) or not isinstance(expires_in, int):
        raise Refusal("expires_in must be a whole number of seconds")
    if not 0 < expires_in <= _LATEST:
        raise Refusal(f"expires_in must be 1 to {_LATEST} seconds")
    return expires_in


def _claims(claims: Any) -> dict[str, Any]:
    if not isinstance(claims, dict):
        raise Refusal("claims must be an object")
    for name in _TIMES:
        value = 0 if claims.get(name) is None else claims[name]
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LATEST:
            raise Refusal(f"claims.{name} must be Unix seconds, 0 to {_LATEST}")
    return claims


def _defect(defect: object) -> str | None:
    if defect is None:
        return None
    if not isinstance(defect, str) or defect not in DEFECTS:
        raise Refusal(f"defect must be one of {', '.join(DEFECTS)}")
    return defect


def _is_of_another(call: AdminRequest, vendor: Vendor[Any], token: str) -> bool:
    """Return True if another vendor has signed a token."""
    others = [each for each in call.engine.vendors if each.name != vendor.name]
    return any(call.state.vendor_state(each).tokens.is_ours(token) for each in others)
