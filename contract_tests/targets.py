"""Who is asked: for each vendor the mock of the run, its real service, or another by its URL."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.control.routes import request_line
from mockserver.core.vendor import Vendor
from mockserver.mock.sending import ControlError, Send, received
from mockserver.verify.aims import Aim
from mockserver.verify.line import Line

from .contract import vendors
from .control import Control
from .credentials import Credentials, from_environment
from .doors import Door


@dataclass(frozen=True)
class Target:
    """One vendor at one base URL.

    `foreign`: not the mock of this run. `kept`: what its checks share, since it is to be had once.
    """

    vendor: str
    url: str
    line: Line
    control: Control
    account: Credentials
    door: Door | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def foreign(self) -> bool:
        """Whether this is not the mock of the run."""
        return self.door is None

    def by_host(self, host: str) -> str:
        """The address at which a mock is asked by this Host."""
        return self.door.by_host(host) if self.door else self.url.removesuffix(f"/{self.vendor}")

    def sibling(self, vendor: str) -> "Target":
        """Another vendor of the same mock."""
        if self.door:
            return behind(self.door, vendor, self.line)
        url = f"{self.url.removesuffix(f'/{self.vendor}')}/{vendor}"
        return Target(vendor, url, self.line, self.control, _built_in(vendors()[vendor]))


def behind(door: Door, vendor: str, line: Line) -> Target:
    """The vendor of the mock of this run."""
    control = Control(door.root, door.mock._send, required=True)
    account = _built_in(vendors()[vendor])
    return Target(vendor, door.base_url(vendor), line, control, account, door)


def elsewhere(aim: Aim, line: Line) -> Target:
    """The vendor at a URL. Whether a mock of ours is there is asked only where that may be."""
    vendor = vendors()[aim.vendor]
    root = aim.url.removesuffix(f"/{aim.vendor}")
    send = _controls(root, aim.vendor, line) if aim.may_be_mock else None
    line.spare_mock(send is not None)
    known: Mapping[str, Any] = from_environment(vendor.live, os.environ)
    if send and not known:
        known = vendor.accounts[0]
    account = Credentials(known, vendor.live)
    return Target(aim.vendor, aim.url, line, Control(root, send), account)


def _controls(root: str, vendor: str, line: Line) -> Send | None:
    """The controls of a mock of ours that has this vendor, or None if there is none."""

    def send(name: str, body: Any = None, /, **places: str) -> Any:
        method, path = request_line(name, places)
        answer = line.send(method, root + path, json=body)
        return received(answer.status_code, answer.content)

    try:
        known = [described["name"] for described in send("vendors.listed")["vendors"]]
    except (ControlError, LookupError, TypeError):
        return None
    return send if vendor in known else None


def _built_in(vendor: Vendor[Any]) -> Credentials:
    return Credentials(vendor.accounts[0] if vendor.accounts else {}, vendor.live)
