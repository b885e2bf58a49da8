"""What a test may do to a mock of ours, over its control interface; a vendor has none."""

from collections.abc import Mapping
from typing import Any

import pytest
import requests

_TIMEOUT = 30  # seconds
_ABSENT = (404, 405)


class Control:
    """The control interface at `root`, there or not.

    A check that needs what is not there is skipped; if it is `required`, the check fails.
    """

    def __init__(self, root: str, *, required: bool) -> None:
        self.root = root
        self.present = _is_healthy(root)
        self._missing = pytest.fail if required else pytest.skip

    def require(self, otherwise: str) -> None:
        """End the check unless this is there; `otherwise`: what cannot be done then."""
        if not self.present:
            self._missing(f"{self.root} has no control interface /__admin: {otherwise}")

    def reset(self) -> None:
        """Everything back to the start."""
        self._ask("POST", "/reset", "it cannot be brought back to its start")

    def play(self, vendor: str, action: str, **arguments: str) -> dict[str, Any]:
        """Something that happens at the vendor outside its API; what it hands out."""
        path = f"/vendors/{vendor}/{action}"
        return self._ask("POST", path, f"{action} cannot be played", arguments)

    def freeze(self, at: str) -> None:
        """Stop the clock at a moment in ISO 8601."""
        self._clock("PUT", "", {"now": at, "frozen": True})

    def advance(self, seconds: int) -> None:
        """Move the clock forward."""
        self._clock("POST", "/advance", {"seconds": seconds})

    def release(self) -> None:
        """The clock back to the machine's time, running."""
        self._clock("DELETE", "")

    def add_account(self, vendor: str, credentials: Mapping[str, Any]) -> dict[str, Any]:
        """Know an account; its `id` and all its `credentials`, made up where none are given."""
        account = {"vendor": vendor, "credentials": credentials}
        return self._ask("POST", "/accounts", "no account can be added", account)

    def remove_account(self, account: str) -> None:
        """Forget an account."""
        self._ask("DELETE", f"/accounts/{account}", "no account can be removed")

    def mint(self, vendor: str, account: str) -> str:
        """A token of this account, as the vendor sends it."""
        wanted = {"vendor": vendor, "account": account}
        return str(self._ask("POST", "/tokens", "no token can be minted", wanted)["token"])

    def break_endpoint(self, vendor: str, endpoint: str) -> str:
        """Let an endpoint fail as the vendor fails (500); the id of the stub that does it."""
        stub = {"vendor": vendor, "endpoint": endpoint, "error": 500}
        return str(self._ask("POST", "/mappings", "no error can be provoked", stub)["id"])

    def remove_stub(self, stub: str) -> None:
        """Take a stub away."""
        self._ask("DELETE", f"/mappings/{stub}", "no stub can be removed")

    def _clock(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> None:
        self._ask(method, f"/clock{path}", "its clock cannot be moved", body)

    def _ask(
        self, method: str, path: str, otherwise: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        self.require(otherwise)
        answer = _send(method, f"{self.root}/__admin{path}", body)
        if answer.status_code in _ABSENT:
            self._missing(f"{self.root} has no {method} /__admin{path}: {otherwise}")
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}


def _is_healthy(root: str) -> bool:
    try:
        answer = _send("GET", f"{root}/__admin/health", None)
        return bool(answer.ok and answer.json()["status"] == "healthy")
    except (requests.RequestException, LookupError, TypeError):
        return False


def _send(method: str, url: str, body: Mapping[str, Any] | None) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False  # a proxy or a .netrc is none of the mock's business
        return session.request(method, url, json=body, timeout=_TIMEOUT, allow_redirects=False)
