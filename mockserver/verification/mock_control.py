"""The control interface of a mock, which a real service does not have."""

import time
from collections.abc import Mapping
from typing import Any

from mockserver.model.errors import ControlError
from mockserver.testing.transport import Send
from mockserver.verification.skip_reasons import Reason, not_checked

_ABSENT = (404, 405)
_NO_CLOCK = "its clock cannot be moved"
_PATIENCE = 5  # seconds


class MockControl:
    """The control interface of a server, present or not.

    A check that needs an absent interface is not made.

    Args:
        name: The address of the server, for errors.
        send: Sends a call to the interface; None if there is none.
        required: True if the interface must be there, so that its absence breaks the check.
    """

    def __init__(self, name: str, send: Send | None, *, required: bool = False) -> None:
        self._name = name
        self._send = send
        self._required = required

    @property
    def present(self) -> bool:
        """Return True if there is a control interface."""
        return self._send is not None

    def require(self, otherwise: str) -> None:
        """End the check unless the interface is present; `otherwise` says what cannot be done."""
        self._there(otherwise)

    def reset(self) -> None:
        """Bring the mock back to its start."""
        self._ask("server.reset", "it cannot be reset")

    def act(self, vendor: str, action: str, **arguments: str) -> dict[str, Any]:
        """Perform an action of the vendor that is not an endpoint, and return its result."""
        otherwise = f"{action} cannot be performed"
        return self._ask("vendors.act", otherwise, arguments, vendor=vendor, action=action)

    def freeze(self, at: str) -> None:
        """Stop the clock at a time in ISO 8601."""
        self._ask("clock.write", _NO_CLOCK, {"now": at, "frozen": True})

    def advance(self, seconds: int) -> None:
        """Move the clock forward."""
        self._ask("clock.advance", _NO_CLOCK, {"seconds": seconds})

    def release(self) -> None:
        """Return the clock to the machine's time, running."""
        self._ask("clock.reset", _NO_CLOCK)

    def add_account(self, vendor: str, credentials: Mapping[str, Any]) -> dict[str, Any]:
        """Add an account, and return its `id` and `credentials`, generated where none are given."""
        account = {"vendor": vendor, "credentials": credentials}
        return self._ask("accounts.add", "it needs a second account", account)

    def remove_account(self, account: str) -> None:
        """Remove an account."""
        self._ask("accounts.remove", "no account can be removed", id=account)

    def mint(self, vendor: str, account: str) -> str:
        """Return a token of the account as the vendor sends it."""
        wanted = {"vendor": vendor, "account": account}
        return str(self._ask("tokens.mint", "no token can be minted", wanted)["token"])

    def break_endpoint(self, vendor: str, endpoint: str) -> str:
        """Make an endpoint answer the vendor's own 500, and return the id of the stub."""
        stub = {"vendor": vendor, "endpoint": endpoint, "error": 500}
        return str(self._ask("mappings.add", "a failure cannot be ordered", stub)["id"])

    def remove_stub(self, stub: str) -> None:
        """Remove a stub."""
        self._ask("mappings.remove", "no stub can be removed", id=stub)

    def wait(self, seconds: int) -> None:
        """Let time pass: on the mock's clock, or for real if it is a few seconds."""
        if self.present:
            self.advance(seconds)
        elif seconds > _PATIENCE:
            not_checked(Reason.CANNOT_BE_PROVOKED, f"{seconds} s are too long to wait")
        else:
            time.sleep(seconds)

    def _ask(
        self, call: str, otherwise: str, body: Mapping[str, Any] | None = None, **places: str
    ) -> dict[str, Any]:
        send = self._there(otherwise)
        try:
            return dict(send(call, body, **places))
        except ControlError as error:
            if error.status in _ABSENT and not self._required:
                not_checked(Reason.CANNOT_BE_PROVOKED, otherwise)
            raise

    def _there(self, otherwise: str) -> Send:
        if self._send is not None:
            return self._send
        if self._required:
            raise ControlError(0, f"{self._name} has no control interface: {otherwise}")
        not_checked(Reason.CANNOT_BE_PROVOKED, otherwise)
