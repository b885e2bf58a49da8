"""The credentials that a vendor knows, under the vendor's own names."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from mockserver.model.errors import ordered
from mockserver.model.redaction import NAMES as SECRET_NAMES
from mockserver.model.state_store import Collection
from mockserver.model.token_id import token_id

Account = Mapping[str, Any]


OUTCOME = "outcome"
"""The field of a magic account that names the defect of the tokens which it buys."""


class Accounts:
    """The accounts of one vendor in one state.

    `magic`: by outcome, accounts that are always known and never listed. An outcome is the status
    of an error, or a defect of tokens.
    """

    def __init__(self, shelf: Collection[Account], magic: Mapping[str, Account]) -> None:
        self._shelf = shelf
        self._magic = magic

    def add(self, account: Account) -> str:
        """Know `account` from now on, under the id that is returned."""
        account_id = str(uuid4())
        self._shelf.put(account_id, account)
        return account_id

    def get(self, account_id: str) -> Account | None:
        """The account with this id, or None."""
        return self._shelf.get(account_id)

    def remove(self, account_id: str) -> Account | None:
        """Know it no more; None if there is none with this id."""
        return self._shelf.take(account_id)

    def items(self) -> list[tuple[str, Account]]:
        """Every account with its id, in the order in which they came."""
        return self._shelf.items()

    def all(self) -> list[Account]:
        """Every account, in the order in which they came."""
        return [account for _, account in self._shelf.items()]

    def find(self, credentials: Account) -> Account | None:
        """The account of which every one of these credentials is true, or None.

        Raises the Refusal that a magic account stands for.
        """
        for _, account in self._shelf.items():
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

    def flaw(self, credentials: Account) -> str:
        """What is wrong with credentials that `find` found nobody for, the first thing first."""
        near = [*self.all(), *self._magic.values()]
        for place, (name, value) in enumerate(credentials.items()):
            if value is None:
                return f"{name} was not sent."
            near = [account for account in near if account.get(name) == value]
            if not near:
                return f"{name} is not this account's." if place else f"No account has this {name}."
        return "The account was not there yet."


def secrets_of(account: Account) -> Iterator[str]:
    """The texts in an account that are secret: under a secret's name, or in a table of logins."""
    return _secrets(account, secret=False)


def _secrets(value: Any, *, secret: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            table = isinstance(item, Mapping)
            yield from _secrets(item, secret=secret or table or name.lower() in SECRET_NAMES)
    elif secret:
        yield str(value)


def account_name(account: Account) -> str:
    """How an account is spoken of: by its first field that is no secret, or by a digest."""
    for name, value in account.items():
        if name.lower() not in SECRET_NAMES and isinstance(value, str):
            return value
    return token_id("".join(map(str, account.values())))
