"""Kitegateway's accounts: merchants, each valid on both hosts (X)."""

from secrets import token_hex, token_urlsafe

from mockserver.model.accounts import Account
from mockserver.model.errors import Refusal
from mockserver.model.http import is_field_value

# Both values are printed in the page.
BUILT_IN: Account = {"api_key": "2882jj2hh288282jj2", "Secret-Key": "YOUR_SECRET"}


LOGINS = (("api_key", "Secret-Key"),)


def new_account() -> Account:
    """Make up a merchant's key and secret."""
    return {"api_key": token_hex(9), "Secret-Key": token_urlsafe(24)}


def check_account(account: Account) -> None:
    """Refuse a secret that the header cannot carry."""
    if not is_field_value(account["Secret-Key"]):
        raise Refusal("credentials.Secret-Key must be a text that a header can carry")


def magic_account(outcome: str) -> Account:
    """Return the merchant that stands for an outcome."""
    return {"api_key": f"magic-{outcome}", "Secret-Key": "magic"}
