"""The credentials that a vendor knows, under the vendor's own names."""

from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import uuid4

from mockserver.model.errors import ordered
from mockserver.model.redaction import NAMES as SECRET_NAMES
from mockserver.model.state_store import Collection

Account = Mapping[str, Any]

OUTCOME = "outcome"
"""The field of a magic account that names the defect of the tokens that it buys."""


class Accounts:
    """The accounts of one vendor in one state.

    `magic` has, by outcome, accounts that are always known and never listed. An outcome is the
    status of an error, or a defect of tokens.
    """

    def __init__(self, collection: Collection[Account], magic: Mapping[str, Account]) -> None:
        self._collection = collection
        self._magic = magic

    def add(self, account: Account) -> str:
        """Add an account and return its id, a UUID."""
        account_id = str(uuid4())
        self._collection.put(account_id, account)
        return account_id

    def get(self, account_id: str) -> Account | None:
        """Return the account with this id, or None."""
        return self._collection.get(account_id)

    def remove(self, account_id: str) -> Account | None:
        """Remove and return the account with this id, or return None."""
        return self._collection.take(account_id)

    def items(self) -> list[tuple[str, Account]]:
        """Return ids and accounts, the oldest first."""
        return self._collection.items()

    def all(self) -> list[Account]:
        """Return every account, the oldest first."""
        return [account for _, account in self._collection.items()]

    def find(self, credentials: Account) -> Account | None:
        """Return the account that has all of these credentials, or None.

        Raises:
            Refusal: the error that a magic account stands for.
        """
        for _, account in self._collection.items():
            if credentials.items() <= account.items():
                return account
        return self._find_magic(credentials) if credentials else None

    def _find_magic(self, credentials: Account) -> Account | None:
        for outcome, account in self._magic.items():
            if credentials.items() <= account.items():
                if outcome.isdigit():
                    raise ordered(int(outcome))
                return {**account, OUTCOME: outcome}
        return None

    def mismatch(self, credentials: Account) -> str:
        """Return the reason for which `find` returned None, the first field at fault first."""
        if self._magic and self._lacks_outcome(credentials):
            return f"No magic account has this outcome; there are {', '.join(self._magic)}."
        near = [*self.all(), *self._magic.values()]
        for position, (name, value) in enumerate(credentials.items()):
            if value is None:
                return f"{name} was not sent."
            near = [account for account in near if account.get(name) == value]
            if not near:
                is_first = position == 0
                return (
                    f"No account has this {name}." if is_first else f"{name} is not this account's."
                )
        return "The account was added after the request was received."

    def _lacks_outcome(self, credentials: Account) -> bool:
        """Return True for credentials in the form of a magic account's that none has."""
        given = [value for value in credentials.values() if _is_magic(value)]
        known = [value for account in self._magic.values() for value in account.values()]
        return bool(given) and not any(value in known for value in given)


def _is_magic(value: object) -> bool:
    return isinstance(value, str) and value.startswith("magic-")


def secrets_of(account: Account, secret_fields: tuple[str, ...]) -> Iterator[str]:
    """Yield the secret texts of an account: those of secret fields, and every text of a table.

    `secret_fields` are the vendor's; the usual names of secrets count too.
    """
    names = _folded(secret_fields)
    for name, value in account.items():
        if isinstance(value, Mapping):
            yield from map(str, value.values())
        elif name.lower() in names:
            yield str(value)


def account_name(account: Account, secret_fields: tuple[str, ...]) -> str:
    """Return the first text field of an account that is no secret, or else a digest of it."""
    names = _folded(secret_fields)
    for name, value in account.items():
        if name.lower() not in names and isinstance(value, str):
            return value
    return sha256("".join(map(str, account.values())).encode(errors="surrogatepass")).hexdigest()[
        :16
    ]


@cache
def _folded(secret_fields: tuple[str, ...]) -> frozenset[str]:
    return SECRET_NAMES | {name.lower() for name in secret_fields}
