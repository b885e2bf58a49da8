"""A vendor, as a test holds it: where it is, who is known there, what can be played at it."""

import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from mockserver.testing.transport import Send


class VendorHandle:
    """One vendor of a mock. What can be played at it (`connect`, say) are its methods."""

    def __init__(self, send: Send, described: Mapping[str, Any], base_url: str) -> None:
        self._send = send
        self._actions = described["actions"]
        self.name: str = described["name"]
        self.base_url = base_url
        self.hosts: tuple[str, ...] = tuple(described["hosts"])
        self.account = account_of(described["credentials"])
        self.accounts = AccountBook(send, self.name, described["credentials"])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._actions:
            raise AttributeError(f"{self.name} has no {name!r}")

        def act(**arguments: Any) -> SimpleNamespace:
            played = self._send("vendors.act", arguments, vendor=self.name, action=name)
            return SimpleNamespace(**played)

        return act

    def __repr__(self) -> str:
        return f"<{self.name} at {self.base_url}>"


class AccountBook:
    """Makes accounts known to a vendor."""

    def __init__(self, send: Send, vendor: str, example: Mapping[str, Any]) -> None:
        self._send = send
        self._vendor = vendor
        self._names = {python_name(name): name for name in example}

    def add(self, **credentials: Any) -> SimpleNamespace:
        """A new account with these credentials, in Python's spelling; the rest is made up.

        Raises TypeError for a name that the vendor does not have.
        """
        for name in credentials:
            if name not in self._names:
                raise TypeError(f"{self._vendor} has no {name!r}; known: {', '.join(self._names)}")
        given = {self._names[name]: value for name, value in credentials.items()}
        body = {"vendor": self._vendor, "credentials": given}
        added = self._send("accounts.add", body)
        return account_of(added["credentials"], id=added["id"])

    def remove(self, account: SimpleNamespace) -> None:
        """Know an account that was added no more."""
        self._send("accounts.remove", id=account.id)


def account_of(credentials: Mapping[str, Any], **more: str) -> SimpleNamespace:
    """Credentials as attributes, their names in Python's spelling: `Secret-Key` is `secret_key`."""
    return SimpleNamespace(
        **{python_name(name): value for name, value in credentials.items()}, **more
    )


def python_name(name: str) -> str:
    """`api-key`, `appSecret`, `Secret-Key` as `api_key`, `app_secret`, `secret_key`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace("-", "_").lower()
