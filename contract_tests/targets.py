"""Who is asked: for each vendor the server started for the run, or another by `--vendor-url`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from mockserver.vendors import discover

from .contract import vendor_names
from .control import Control
from .credentials import Credentials


@dataclass(frozen=True)
class Target:
    """One vendor at one base URL. `root`: the same without the vendor's own prefix."""

    vendor: str
    url: str
    root: str
    control: Control
    account: Credentials

    def sibling(self, vendor: str) -> "Target":
        """Another vendor of the same mock."""
        return target_at(vendor, f"{self.root}/{vendor}", foreign=False)


def target_at(vendor: str, url: str, *, foreign: bool) -> Target:
    """The vendor at a base URL.

    `foreign`: not the server of this run, so that credentials may come from the environment, and
    what a mock of ours can do may be missing.
    """
    url = url.rstrip("/")
    root = url.removesuffix(f"/{vendor}")
    control = Control(root, required=not foreign)
    if not foreign:
        control.require("the server of this run is not well")
    built_in = _accounts()[vendor] if control.present else {}
    account = Credentials(vendor, built_in, environment=foreign)
    return Target(vendor, url, root, control, account)


def vendor_urls(options: Iterable[str]) -> dict[str, str]:
    """The URLs of `--vendor-url VENDOR=URL`, by vendor. Raises pytest.UsageError."""
    urls: dict[str, str] = {}
    for option in options:
        vendor, equals, url = option.partition("=")
        if not equals:
            raise pytest.UsageError(f"--vendor-url {option}: give VENDOR=URL")
        _check_vendor("--vendor-url", vendor)
        if vendor in urls:
            raise pytest.UsageError(f"--vendor-url: {vendor} is given twice")
        urls[vendor] = _checked_url(url)
    return urls


def only_vendors(options: Sequence[str]) -> list[str]:
    """The vendors of `--only-vendor`, all for none. Raises pytest.UsageError."""
    for vendor in options:
        _check_vendor("--only-vendor", vendor)
    return list(options) or vendor_names()


def _check_vendor(option: str, vendor: str) -> None:
    known = vendor_names()
    if vendor not in known:
        raise pytest.UsageError(f"{option}: {vendor!r} is no vendor; there are {', '.join(known)}")


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise pytest.UsageError(f"--vendor-url: {url!r} is no http or https base URL")
    return url


def _accounts() -> dict[str, dict[str, str]]:
    return {vendor.name: dict(vendor.accounts[0]) for vendor in discover()}
