"""What a test may do to a mock of ours, over its control interface; a vendor has none."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.model.errors import ControlError
from mockserver.testing.transport import Send
from mockserver.verification.guarded_client import not_checked

_ABSENT = (404, 405)
_NO_CLOCK = "its clock cannot be moved"
_PATIENCE = 5  # seconds


class MockControl:
    """The control interface of `name`, there or not (`send` None).

    A check that needs what is not there is not checked; if it is `required`, the check fails.
    """

    def __init__(self, name: str, send: Send | None, *, required: bool = False) -> None:
        self._name = name
        self._send = send
        self._required = required

    @property
    def present(self) -> bool:
        """Whether there is one."""
        return self._send is not None

    def require(self, otherwise: str) -> None:
        """End the check unless this is there; `otherwise`: what cannot be done then."""
        self._there(otherwise)

    def reset(self) -> None:
        """Everything back to the start."""
        self._ask("server.reset", "it cannot be brought back to its start")

    def play(self, vendor: str, action: str, **arguments: str) -> dict[str, Any]:
        """Something that happens at the vendor outside its API; what it hands out."""
        otherwise = f"{action} cannot be played"
        return self._ask("vendors.act", otherwise, arguments, vendor=vendor, action=action)

    def freeze(self, at: str) -> None:
        """Stop the clock at a moment in ISO 8601."""
        self._ask("clock.write", _NO_CLOCK, {"now": at, "frozen": True})

    def advance(self, seconds: int) -> None:
        """Move the clock forward."""
        self._ask("clock.advance", _NO_CLOCK, {"seconds": seconds})

    def release(self) -> None:
        """The clock back to the machine's time, running."""
        self._ask("clock.reset", _NO_CLOCK)

    def add_account(self, vendor: str, credentials: Mapping[str, Any]) -> dict[str, Any]:
        """Know an account; its `id` and all its `credentials`, made up where none are given."""
        account = {"vendor": vendor, "credentials": credentials}
        return self._ask("accounts.add", "it needs a second account", account)

    def remove_account(self, account: str) -> None:
        """Forget an account."""
        self._ask("accounts.remove", "no account can be removed", id=account)

    def mint(self, vendor: str, account: str) -> str:
        """A token of this account, as the vendor sends it."""
        wanted = {"vendor": vendor, "account": account}
        return str(self._ask("tokens.mint", "no token can be minted", wanted)["token"])

    def break_endpoint(self, vendor: str, endpoint: str) -> str:
        """Let an endpoint fail as the vendor fails (500); the id of the stub that does it."""
        stub = {"vendor": vendor, "endpoint": endpoint, "error": 500}
        return str(self._ask("mappings.add", "a failure cannot be ordered", stub)["id"])

    def remove_stub(self, stub: str) -> None:
        """Take a stub away."""
        self._ask("mappings.remove", "no stub can be removed", id=stub)

    def wait(self, seconds: int) -> None:
        """Let time pass: on the mock's clock, or for real where that is soon enough."""
        if self.present:
            self.advance(seconds)
        elif seconds > _PATIENCE:
            not_checked("cannot be provoked there", f"{seconds} s are too long to wait")
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
                not_checked("cannot be provoked there", otherwise)
            raise

    def _there(self, otherwise: str) -> Send:
        if self._send is not None:
            return self._send
        if self._required:
            pytest.fail(f"{self._name} has no control interface: {otherwise}")
        not_checked("cannot be provoked there", otherwise)
