"""dStor's accounts: an API key; e-mail and password buy the same."""

from hashlib import sha256
from secrets import choice, token_hex, token_urlsafe
from string import ascii_letters, digits
from uuid import UUID

from mockserver.model.accounts import Account
from mockserver.model.errors import Refusal
from mockserver.model.http import is_field_value

KEY_LENGTH = 64  # characters (S)
MAGIC = "magic-"

# The key is the one printed in the page.
BUILT_IN: Account = {
    "api-key": "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92",
    "email": "dev@example.com",
    "password": "dstor-password",
}


LOGINS = (("api-key",), ("email", "password"))


def new_account() -> Account:
    """Make up credentials of the real shape."""
    key = "".join(choice(ascii_letters + digits) for _ in range(KEY_LENGTH))
    return {
        "api-key": key,
        "email": f"dev-{token_hex(4)}@example.com",
        "password": token_urlsafe(12),
    }


def magic_account(outcome: str) -> Account:
    """Return the key and the login that stand for an outcome."""
    return {
        "api-key": f"{MAGIC}{outcome}",
        "email": f"{MAGIC}{outcome}@example.com",
        "password": "magic",
    }


def check_account(account: Account) -> None:
    """Refuse a key that the header cannot carry, or of another length than the page's (S)."""
    key = account["api-key"]
    if len(key) != KEY_LENGTH:
        raise Refusal(f"credentials.api-key must have {KEY_LENGTH} characters")
    if not is_field_value(key):
        raise Refusal("credentials.api-key must be a text that a header can carry")


def subject(account: Account) -> str:
    """Return the account's UUID (version 4): made from its key, so that it never changes."""
    return str(UUID(bytes=sha256(account["api-key"].encode()).digest()[:16], version=4))
