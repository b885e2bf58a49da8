"""Dapi's accounts: apps, and the bank logins that Connect takes."""

from secrets import token_hex

from mockserver.model.accounts import Account

# Secret and code are the page's words; the bank logins are those of the vendor's sandbox (P).
BUILT_IN: Account = {
    "appSecret": "app_secret_value",
    "appKey": "app_key_value",
    "bankLogins": {"dapi_user1": "dapi_password1", "dapi_user2": "dapi_password2"},
}


LOGINS = (("appSecret",), ("appKey",))  # at the exchange, and at Connect


def new_account() -> Account:
    """Make up another app with the same bank logins: 64 hex digits each (P)."""
    return {**BUILT_IN, "appSecret": token_hex(32), "appKey": token_hex(32)}


def magic_account(outcome: str) -> Account:
    """Return the app that stands for an outcome."""
    return {**BUILT_IN, "appSecret": f"magic-{outcome}", "appKey": f"magic-{outcome}"}
