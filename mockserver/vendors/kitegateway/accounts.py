"""Kitegateway's accounts: merchants, each good on both hosts (X)."""

from secrets import token_hex, token_urlsafe

from mockserver.core.accounts import Account

# Both values are printed in the page.
BUILT_IN: Account = {"api_key": "2882jj2hh288282jj2", "Secret-Key": "YOUR_SECRET"}


def new_account() -> Account:
    """A merchant's key and secret, made up."""
    return {"api_key": token_hex(9), "Secret-Key": token_urlsafe(24)}


def magic_account(outcome: str) -> Account:
    """The merchant that stands for an outcome."""
    return {"api_key": f"magic-{outcome}", "Secret-Key": "magic"}
