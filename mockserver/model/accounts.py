"""The credentials that a vendor accepts, under the vendor's own names."""

from collections.abc import Iterator, Mapping
from secrets import token_bytes
from typing import Any

from mockserver.model.errors import refusal_with
from mockserver.model.known_secrets import SecretNames
from mockserver.model.state_store import Collection
from mockserver.model.token_registry import token_id

Account = Mapping[str, Any]

OUTCOME = "outcome"
"""The field of a magic account that names the defect of the tokens that it obtains."""


def new_uuid() -> str:
    """Return a new random UUID."""
    return uuid_of(token_bytes(16))


def uuid_of(octets: bytes) -> str:
    """Return a UUID of version 4 (RFC 9562, 5.4) that is made of 16 bytes."""
    # Not by the module `uuid`, which imports `platform`: that takes 3 ms of each test process.
    digits, variant = octets.hex(), "89ab"[octets[8] >> 4 & 3]
    first, rest = f"{digits[:8]}-{digits[8:12]}", f"{digits[17:20]}-{digits[20:]}"
    return f"{first}-4{digits[13:16]}-{variant}{rest}"


class Accounts:
    """The accounts of one vendor in one state.

    Args:
        collection: The collection that keeps them.
        magic: By outcome, the accounts that always exist and are never listed. An outcome is the
            status of an error, or a defect of tokens.
        secret_names: The names of the credentials that are secret.
    """

    def __init__(
        self,
        collection: Collection[Account],
        magic: Mapping[str, Account],
        secret_names: SecretNames,
    ) -> None:
        self._collection = collection
        self._magic = magic
        self._secret_names = secret_names

    @property
    def version(self) -> object:
        """Differs after every change of the accounts."""
        return self._collection.version

    def add(self, account: Account) -> str:
        """Add an account and return its id, a UUID."""
        account_id = new_uuid()
        self._collection.put(account_id, account)
        return account_id

    def get(self, account_id: str) -> Account | None:
        """Return the account with this id, or None."""
        return self._collection.get(account_id)

    def remove(self, account_id: str) -> Account | None:
        """Remove and return the account with this id, or return None."""
        return self._collection.take(account_id)

    def items(self) -> list[tuple[str, Account]]:
        """Return ids and accounts, oldest first."""
        return self._collection.items()

    def all(self) -> list[Account]:
        """Return every account, oldest first."""
        return [account for _, account in self._collection.items()]

    def find(self, credentials: Account) -> Account | None:
        """Return the account that has all of these credentials, or None.

        Raises:
            Refusal: The error that a magic account stands for.
        """
        for _, account in self._collection.items():
            if credentials.items() <= account.items():
                return account
        return self._find_magic(credentials) if credentials else None

    def _find_magic(self, credentials: Account) -> Account | None:
        for outcome, account in self._magic.items():
            if credentials.items() <= account.items():
                if outcome.isdigit():
                    raise refusal_with(int(outcome))
                return {**account, OUTCOME: outcome}
        return None

    def mismatch(self, credentials: Account) -> str:
        """Return why `find` returned None: the error in the first wrong credential."""
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
        """Return True for credentials in a magic account's form that belong to no account."""
        given = [value for value in credentials.values() if _is_magic(value)]
        known = [value for account in self._magic.values() for value in account.values()]
        return bool(given) and not any(value in known for value in given)

    def name_of(self, account: Account) -> str:
        """Return the name shown for an account: its first public credential, or a digest."""
        public = self._secret_names.first_public(account)
        return token_id("".join(map(str, account.values()))) if public is None else public

    def secrets_of(self, account: Account) -> Iterator[str]:
        """Yield the secrets of an account: credentials with a secret name, or in a nested table."""
        for name, value in account.items():
            if isinstance(value, Mapping):
                yield from map(str, value.values())
            elif name in self._secret_names:
                yield str(value)


def _is_magic(value: object) -> bool:
    return isinstance(value, str) and value.startswith("magic-")
