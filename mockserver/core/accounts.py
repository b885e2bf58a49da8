"""The credentials that a vendor knows, under the vendor's own names."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from mockserver.core.store import Shelf

Account = Mapping[str, Any]


class Accounts:
    """The accounts of one vendor in one state; never empty where the vendor declares any."""

    def __init__(self, shelf: Shelf, built_in: Iterable[Account]) -> None:
        self._shelf = shelf
        for account in built_in:
            self.add(account)

    def add(self, account: Account) -> None:
        """Know `account` from now on."""
        self._shelf.put(uuid4().hex, account)

    def all(self) -> list[Account]:
        """Every account, built-in ones first."""
        return self._shelf.records()

    def find(self, credentials: Account) -> Account | None:
        """The account of which every one of these credentials is true, or None."""
        for account in self._shelf.records():
            if credentials.items() <= account.items():
                return account
        return None
