"""Calls about accounts: the credentials that a vendor knows."""

from collections.abc import Mapping
from typing import Any

from mockserver.admin.admin_request import AdminRequest
from mockserver.model.accounts import Account, secrets_of
from mockserver.model.errors import Refusal
from mockserver.model.http import Response, json_response
from mockserver.model.redaction import Redactor
from mockserver.model.vendor import Vendor


def listed(call: AdminRequest) -> Response:
    """All accounts, without their secrets."""
    redact = call.redactor
    accounts = [
        {"id": account_id, "vendor": vendor.name, "credentials": _shown(account, redact)}
        for vendor in call.engine.vendors
        for account_id, account in call.state.vendor_state(vendor).accounts.items()
    ]
    return json_response(200, {"accounts": accounts})


def add(call: AdminRequest) -> Response:
    """A new account of `vendor`; what is not given in `credentials` is made up."""
    arguments = call.arguments()
    vendor = call.vendor(arguments.get("vendor"))
    account = _completed(vendor, arguments.get("credentials", {}))
    vendor.check_account(account)
    accounts = call.state.vendor_state(vendor).accounts
    _check_new(vendor, account, accounts.all())
    account_id = accounts.add(account)
    return json_response(201, {"id": account_id, "vendor": vendor.name, "credentials": account})


def remove(call: AdminRequest) -> Response:
    """Know an account no more; its tokens stay good."""
    with call.together():
        account = _removed(call)
        for secret in secrets_of(account):
            call.state.remember(secret)  # the journal may have it
    return json_response(200, {})


def _removed(call: AdminRequest) -> Account:
    for vendor in call.engine.vendors:
        account = call.state.vendor_state(vendor).accounts.remove(call.parameters["id"])
        if account is not None:
            return account
    raise Refusal("there is no such account", status=404)


def _shown(account: Account, redact: Redactor) -> dict[str, Any]:
    """Credentials without secrets; in a table of logins every value is one."""
    return {
        name: {login: redact.tag(secret) for login, secret in value.items()}
        if isinstance(value, Mapping)
        else redact.json(value, name)
        for name, value in account.items()
    }


def _check_new(vendor: Vendor[Any], account: Account, known: list[Account]) -> None:
    """Refuse (409) who would always be taken for one of those who are known."""
    for login in vendor.logins:
        if any(all(account[name] == each.get(name) for name in login) for each in known):
            raise Refusal(f"there is an account with this {' and '.join(login)}", status=409)


def _completed(vendor: Vendor[Any], given: Any) -> dict[str, Any]:
    made_up = vendor.new_account()
    if not isinstance(given, dict):
        raise Refusal("credentials must be an object")
    for name, value in given.items():
        if name not in made_up:
            raise Refusal(f"credentials.{name} is not known; known: {', '.join(made_up)}")
        if not _alike(value, made_up[name]):
            raise Refusal(f"credentials.{name} must be {_kind(made_up[name])}")
    return {**made_up, **given}


def _alike(value: Any, example: Any) -> bool:
    if isinstance(example, dict):
        return isinstance(value, dict) and bool(value) and all(map(_is_text, value.values()))
    return _is_text(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _kind(example: Any) -> str:
    return "an object of texts" if isinstance(example, dict) else "a text"
