"""Who is asked: for each vendor the mock of the run, its real service, or another by its URL."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests

from mockserver.admin.routes import request_line
from mockserver.model.errors import ControlError
from mockserver.model.vendor import Vendor
from mockserver.testing.transport import Send, received
from mockserver.verification.contract_tree import vendors
from mockserver.verification.guarded_client import GuardedClient
from mockserver.verification.mock_adapters import RunningMock
from mockserver.verification.mock_control import MockControl
from mockserver.verification.service_credentials import ServiceCredentials, from_environment
from mockserver.verification.targets import Target

_LISTED = request_line("vendors.listed", {})[1]


@dataclass(frozen=True)
class ServiceUnderTest:
    """One vendor at one base URL.

    `foreign`: not the mock of this run. `kept`: what its checks share, since it is to be had once.
    """

    vendor: str
    url: str
    line: GuardedClient
    control: MockControl
    account: ServiceCredentials
    door: RunningMock | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def foreign(self) -> bool:
        """Whether this is not the mock of the run."""
        return self.door is None

    def by_host(self, host: str) -> str:
        """The address at which a mock is asked by this Host."""
        return self.door.by_host(host) if self.door else self.url.removesuffix(f"/{self.vendor}")

    def sibling(self, vendor: str) -> "ServiceUnderTest":
        """Another vendor of the same mock."""
        if self.door:
            return behind(self.door, vendor, self.line)
        url = f"{self.url.removesuffix(f'/{self.vendor}')}/{vendor}"
        return ServiceUnderTest(vendor, url, self.line, self.control, _built_in(vendors()[vendor]))


def behind(door: RunningMock, vendor: str, line: GuardedClient) -> ServiceUnderTest:
    """The vendor of the mock of this run."""
    control = MockControl(door.root, door.mock._send, required=True)
    account = _built_in(vendors()[vendor])
    return ServiceUnderTest(vendor, door.base_url(vendor), line, control, account, door)


def elsewhere(aim: Target, line: GuardedClient) -> ServiceUnderTest:
    """The vendor at a URL. Whether a mock of ours is there is asked only where that may be.

    Of a mock the root will do: the vendor is below it.
    """
    vendor = vendors()[aim.vendor]
    root = aim.url.removesuffix(f"/{aim.vendor}")
    ours = aim.may_be_mock and _is_ours(line.probe(root + _LISTED), aim.vendor)
    send = _controls(root, line) if ours else None
    line.spare_mock(ours)
    known: Mapping[str, Any] = from_environment(vendor.live, os.environ)
    if ours and not known:
        known = vendor.accounts[0]
    url = f"{root}/{aim.vendor}" if ours else aim.url
    return ServiceUnderTest(
        aim.vendor, url, line, MockControl(root, send), ServiceCredentials(known, vendor.live)
    )


def _is_ours(answer: requests.Response | None, vendor: str) -> bool:
    """Whether this is how a mock of ours that has this vendor lists what it has."""
    if answer is None or answer.status_code != HTTPStatus.OK:
        return False
    try:
        listed = received(answer.status_code, answer.content)["vendors"]
        return vendor in [described["name"] for described in listed]
    except (ControlError, LookupError, TypeError, ValueError, RecursionError):
        return False


def _controls(root: str, line: GuardedClient) -> Send:
    def send(name: str, body: Any = None, /, **places: str) -> Any:
        method, path = request_line(name, places)
        answer = line.order(method, root + path, json=body)
        return received(answer.status_code, answer.content)

    return send


def _built_in(vendor: Vendor[Any]) -> ServiceCredentials:
    return ServiceCredentials(vendor.accounts[0] if vendor.accounts else {}, vendor.live)
