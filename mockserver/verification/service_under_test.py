"""The service that is asked for a vendor: the mock of the run, a real service, or another mock."""

import os
import re
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
from mockserver.testing.transport import Send, received
from mockserver.verification.contract_tree import vendors
from mockserver.verification.guarded_client import GuardedClient
from mockserver.verification.mock_adapters import RunningMock
from mockserver.verification.mock_control import MockControl
from mockserver.verification.skip_reasons import Reason, not_checked
from mockserver.verification.targets import Target

_LISTED = request_line("vendors.listed", {})[1]
_NAMESPACE = re.compile(r"/ns/[^/]+$")


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
