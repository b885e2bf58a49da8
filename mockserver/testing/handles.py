"""The objects that the controls of a mock return: vendors with accounts, tokens, stubs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from mockserver.model.errors import ControlError


class Send(Protocol):
    """A function that makes a call of the admin API."""

    def __call__(self, name: str, body: Any = None, /, **parameters: str) -> Any:
        """Return the JSON value of the response.

        Args:
            name: The name of a route of the admin API, such as "clock.advance".
            body: The JSON value to send; None for no body.
            parameters: The parameters of the route's path.

        Raises:
            ControlError: If the call is refused.
        """


class HiddenFields:
    """Values as attributes; the representation shows their names only."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        vars(self).update(values)

    # Called for attributes that do not exist. It also makes type checkers accept any attribute,
    # because the fields of a user's own vendor are known at run time only.
    def __getattr__(self, name: str) -> Any:
        known = ", ".join(vars(self))
        raise AttributeError(f"{type(self).__name__} has no field {name!r}; fields: {known}")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    __hash__ = None  # type: ignore[assignment]  # the fields can be changed

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._shown())})"

    def _shown(self) -> Iterator[str]:
        for name, value in vars(self).items():
            yield f"{name}={value!r}" if name == "id" else f"{name}=<hidden>"


class Account(HiddenFields):
    """Credentials that a vendor accepts, in Python's spelling: `Secret-Key` is `secret_key`.

    An account that was added also has an `id`.
    """


class ActionResult(HiddenFields):
    """The values that an action returns, in the vendor's own spelling."""


class AccountBook:
    """The accounts of a vendor."""

    def __init__(self, send: Send, vendor: str, example: Mapping[str, Any]) -> None:
        self._send = send
        self._vendor = vendor
        self._names = {python_name(name): name for name in example}

    def add(self, **credentials: Any) -> Account:
        """Add an account.

        Args:
            credentials: Values in Python's spelling; those left out are generated.

        Raises:
            TypeError: For a name that the vendor does not have.
            ControlError: For credentials with which no client can log in.
        """
        for name in credentials:
            if name not in self._names:
                raise TypeError(f"{self._vendor} has no {name!r}; known: {', '.join(self._names)}")
        given = {self._names[name]: value for name, value in credentials.items()}
        body = {"vendor": self._vendor, "credentials": given}
        added = self._send("accounts.add", body)
        return account_of(added["credentials"], id=added["id"])

    def remove(self, account: Account) -> None:
        """Remove an account that was added; the vendor refuses its credentials afterwards.

        Raises:
            ControlError: If there is no such account.
        """
        self._send("accounts.remove", id=id_of(account))


class VendorHandle:
    """One vendor of a mock. Its actions, such as a login at a page of the vendor, are methods.

    Attributes:
        name: The vendor's name.
        base_url: The address under which code under test reaches the vendor.
        hosts: The host names that lead to the vendor.
        account: The built-in account.
        accounts: Adds and removes further accounts.
    """

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

        def act(**arguments: Any) -> ActionResult:
            return ActionResult(self._send("vendors.act", arguments, vendor=self.name, action=name))

        return act

    def __repr__(self) -> str:
        return f"<{self.name} at {self.base_url}>"


def account_of(credentials: Mapping[str, Any], **more: str) -> Account:
    """Return an account whose fields have their names in Python's spelling."""
    fields = {python_name(name): value for name, value in credentials.items()}
    return Account({**fields, **more})


def id_of(account: Account) -> str:
    """Return the id of an account that was added.

    Raises:
        ControlError: For any other value.
    """
    found: str | None = vars(account).get("id") if isinstance(account, Account) else None
    if found is None:
        raise ControlError(400, "account must be one that this vendor's accounts.add returned")
    return found


VendorOrName = str | VendorHandle
"""A vendor, given by its name or its handle."""


def name_of(vendor: VendorOrName | None) -> str | None:
    """Return the name of a vendor that is given by its name or its handle."""
    return vendor.name if isinstance(vendor, VendorHandle) else vendor


def python_name(name: str) -> str:
    """Return a name in Python's spelling: `api-key`, `appSecret` as `api_key`, `app_secret`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace("-", "_").lower()


class MintedToken(str):
    """A token as the vendor sends it.

    Attributes:
        id: The first 16 hex digits of the token's SHA-256, by which the journal names it.
        expires: Unix seconds; None for a token that does not expire.
    """

    __slots__ = ("expires", "id")
    id: str
    expires: int | None

    @property
    def token(self) -> str:
        """The token as a plain string."""
        return str(self)


class _Judgment(NamedTuple):
    accepted: bool
    reason: str


class Explanation(_Judgment):
    """The result of `explain`: a tuple `(accepted, reason)` that also has a `detail`.

    Attributes:
        accepted: True if the vendor accepts the token.
        reason: "ok", or the word for the refusal.
        detail: More about a refusal, such as the stray characters in the token's text; "" if
            there is no more to say.
    """

    detail: str = ""


class StubHandle:
    """A stub that was added.

    Attributes:
        id: Its UUID.
        mapping: The stub mapping as it is listed.
    """

    def __init__(self, send: Send, mapping: Mapping[str, Any]) -> None:
        self._send = send
        self.id: str = mapping["id"]
        self.mapping = mapping

    def remove(self) -> None:
        """Remove the stub.

        Raises:
            ControlError: If it was removed already.
        """
        self._send("mappings.remove", id=self.id)
