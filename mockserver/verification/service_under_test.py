"""The service that is asked for a vendor: the mock of the run, a real service, or another mock."""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import requests

from mockserver.admin.routes import request_line
from mockserver.model.errors import ControlError
from mockserver.model.vendor import LiveService, Vendor
from mockserver.testing.handles import Send
from mockserver.testing.remote_mock import received
from mockserver.verification.guarded_client import GuardedClient
from mockserver.verification.mock_adapters import RunningMock
from mockserver.verification.run_config import Target
from mockserver.verification.statements import Reason, not_checked, vendors

_LISTED = request_line("vendors.listed", {})[1]
_NAMESPACE = re.compile(r"/ns/[^/]+$")

_ABSENT = (404, 405)
_NO_CLOCK = "its clock cannot be moved"
_LONGEST_WAIT = 5  # seconds


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

    def require(self, otherwise: str) -> Send:
        """Return the function that sends a call; end the check if the interface is absent.

        Args:
            otherwise: What cannot be done without the interface, for the report.

        Raises:
            CheckSkipped: If the interface is absent.
            ControlError: If it is absent, but required.
        """
        if self._send is not None:
            return self._send
        if self._required:
            raise ControlError(0, f"{self._name} has no control interface: {otherwise}")
        not_checked(Reason.CANNOT_BE_PROVOKED, otherwise)

    def reset(self) -> None:
        """Reset the state of the mock."""
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
        """Advance the mock's clock; at a real service, sleep at most `_LONGEST_WAIT` seconds."""
        if self.present:
            self.advance(seconds)
        elif seconds > _LONGEST_WAIT:
            not_checked(Reason.CANNOT_BE_PROVOKED, f"{seconds} s are too long to wait")
        else:
            time.sleep(seconds)

    def _ask(
        self, call: str, otherwise: str, body: Mapping[str, Any] | None = None, **places: str
    ) -> dict[str, Any]:
        send = self.require(otherwise)
        try:
            return dict(send(call, body, **places))
        except ControlError as error:
            if error.status in _ABSENT and not self._required:
                not_checked(Reason.CANNOT_BE_PROVOKED, otherwise)
            raise


class ServiceCredentials(dict[str, Any]):
    """The fields of an account by the vendor's names.

    A check that reads a field that is absent is not made; the reason names its variable.
    """

    def __init__(self, known: Mapping[str, Any], live: LiveService) -> None:
        super().__init__(known)
        self._live = live

    def __missing__(self, name: str) -> Any:
        variable = self._live.credentials.get(name)
        detail = f"{variable} is not set" if variable else f"there is no variable for {name}"
        not_checked(Reason.CREDENTIAL_MISSING, detail)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the environment variables of the fields that are absent."""
        return tuple(
            variable for name, variable in self._live.credentials.items() if name not in self
        )


@dataclass(frozen=True)
class ServiceUnderTest:
    """One vendor at one base URL.

    Attributes:
        vendor: The name of the vendor.
        url: The base URL.
        http: The client that sends the requests.
        control: The control interface, present or not.
        account: The credentials.
        running: The mock of the run; None if another service is asked.
        kept: Values that the checks share, such as the answer to an exchange that works once.
    """

    vendor: str
    url: str
    http: GuardedClient
    control: MockControl
    account: ServiceCredentials
    running: RunningMock | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def foreign(self) -> bool:
        """Return True if this is not the mock of the run."""
        return self.running is None

    def by_host(self, host: str) -> str:
        """Return the address at which a mock answers requests with this Host header."""
        if self.running:
            return self.running.by_host(host)
        return self.url.removesuffix(f"/{self.vendor}")

    def vendor_path(self, path: str) -> str:
        """Return the path at the vendor for a path at this service."""
        return path.removeprefix(urlsplit(self.url).path)

    def sibling(self, vendor: str) -> "ServiceUnderTest":
        """Return another vendor of the same mock."""
        if self.running:
            return of_running_mock(self.running, vendor, self.http)
        url = f"{self.url.removesuffix(f'/{self.vendor}')}/{vendor}"
        return ServiceUnderTest(vendor, url, self.http, self.control, _built_in(vendors()[vendor]))

    def close(self) -> None:
        """Remove what the run created at another mock."""
        if self.foreign and self.control.present:
            method, path = request_line("server.drop_namespace", {})
            self.http.clean_up(method, self.url.removesuffix(f"/{self.vendor}") + path)


def of_running_mock(running: RunningMock, vendor: str, http: GuardedClient) -> ServiceUnderTest:
    """Return a vendor of the mock of the run."""
    control = MockControl(running.root, running.mock._send, required=True)
    account = _built_in(vendors()[vendor])
    return ServiceUnderTest(vendor, running.base_url(vendor), http, control, account, running)


def of_target(target: Target, http: GuardedClient) -> ServiceUnderTest:
    """Return a vendor at an address.

    A mock of this project is checked in a namespace of its own, so that its state is not changed.
    Its address may be that of the server, of a namespace, or of the vendor below either.
    """
    vendor = vendors()[target.vendor]
    root = target.url.removesuffix(f"/{target.vendor}")
    known: Mapping[str, Any] = from_environment(vendor.live, os.environ)
    if not (target.may_be_mock and _is_mock(http.probe(root + _LISTED), target.vendor)):
        account = ServiceCredentials(known, vendor.live)
        return ServiceUnderTest(target.vendor, target.url, http, MockControl(root, None), account)
    http.lift_default_limit()
    root = f"{_NAMESPACE.sub('', root)}/ns/verify-{uuid4().hex[:12]}"
    account = ServiceCredentials(known or vendor.accounts[0], vendor.live)
    control = MockControl(root, _send_control(root, http))
    return ServiceUnderTest(target.vendor, f"{root}/{target.vendor}", http, control, account)


def from_environment(live: LiveService, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the credentials of a vendor that are set in the environment."""
    return {
        name: environment[variable]
        for name, variable in live.credentials.items()
        if environment.get(variable)
    }


def _is_mock(answer: requests.Response | None, vendor: str) -> bool:
    """Return True if the answer lists the vendors of a mock, this vendor among them."""
    if answer is None or answer.status_code != HTTPStatus.OK:
        return False
    try:
        listed = received(answer.status_code, answer.content)["vendors"]
        return vendor in [described["name"] for described in listed]
    except (ControlError, LookupError, TypeError, ValueError, RecursionError):
        return False


def _send_control(root: str, http: GuardedClient) -> Send:
    def send(name: str, body: Any = None, /, **places: str) -> Any:
        method, path = request_line(name, places)
        answer = http.send_control(method, root + path, json=body)
        return received(answer.status_code, answer.content)

    return send


def _built_in(vendor: Vendor[Any]) -> ServiceCredentials:
    return ServiceCredentials(vendor.accounts[0] if vendor.accounts else {}, vendor.live)
