"""Datasentinel's accounts: the users of an organization."""

from secrets import token_hex, token_urlsafe

from mockserver.model.accounts import Account
from mockserver.model.errors import Refusal

# Login, e-mail and organization are printed in the page, in its samples.
BUILT_IN: Account = {
    "user": "myUser",
    "password": "myPassword",
    "email": "test@datasentinel.io",
    "organization": "Main Org.",
}


LOGINS = (("user", "password"),)


def new_account() -> Account:
    """Make up another user of the same organization."""
    user = f"user-{token_hex(4)}"
    return {
        "user": user,
        "password": token_urlsafe(12),
        "email": f"{user}@example.com",
        "organization": BUILT_IN["organization"],
    }


def check_account(account: Account) -> None:
    """Refuse a user with a colon: Basic authentication ends the user there (RFC 7617, 2)."""
    if ":" in account["user"]:
        raise Refusal("credentials.user must be without a colon")


def magic_account(outcome: str) -> Account:
    """Return the user that stands for an outcome."""
    return {**BUILT_IN, "user": f"magic-{outcome}", "password": "magic"}
