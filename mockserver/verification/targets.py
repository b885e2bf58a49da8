"""Where the checks of each vendor are pointed, and whether that may be."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from mockserver.model.errors import ConfigurationError
from mockserver.model.vendor import Vendor
from mockserver.vendors import discover
from mockserver.verification.guarded_client import is_loopback

TargetName = Literal["mock", "sandbox", "production"]
TARGETS: tuple[TargetName, ...] = get_args(TargetName)

_LONGEST = 20  # characters of what may be misplaced, and a secret


@dataclass(frozen=True)
class Target:
    """The service that the checks of one vendor ask. `url` "": none, and `reason` says why.

    `may_be_mock`: whether it was named by its URL, so that a mock of ours may be there.
    """

    vendor: str
    url: str
    reason: str = ""
    may_be_mock: bool = False


def aims(
    target: TargetName, urls: Mapping[str, str], *, allow_production: bool
) -> dict[str, Target]:
    """By vendor, its aim; vendors without one are asked at the mock of the run.

    `urls`: base URLs by vendor, which go before the vendor's own services. Raises
    ConfigurationError for a production that is not allowed.
    """
    vendors = discover()
    if target == "production" and not allow_production:
        raise ConfigurationError("the target production needs --allow-production")
    found = {name: Target(name, url, may_be_mock=True) for name, url in urls.items()}
    if target != "mock":
        found = {vendor.name: _real(vendor, target) for vendor in vendors} | found
    if not allow_production:
        _refuse_production(found.values(), vendors)
    return found


def base_urls(options: Iterable[str], option: str) -> dict[str, str]:
    """The URLs of VENDOR=URL, by vendor. Raises ConfigurationError, which names the `option`."""
    urls: dict[str, str] = {}
    for text in options:
        vendor, equals, url = text.partition("=")
        if not equals:
            raise ConfigurationError(f"{option}: give VENDOR=URL")  # the text may be a key
        check_vendor(option, vendor)
        if vendor in urls:
            raise ConfigurationError(f"{option}: {vendor} is given twice")
        urls[vendor] = checked_url(url, f"{option} {vendor}")
    return urls


def check_vendor(option: str, vendor: str) -> None:
    """Raise ConfigurationError for a name that no vendor has."""
    known = [vendor.name for vendor in discover()]
    if vendor not in known:
        short = vendor if len(vendor) <= _LONGEST else f"{vendor[:_LONGEST]}..."
        raise ConfigurationError(f"{option}: {short!r} is no vendor; there are {', '.join(known)}")


def checked_url(url: str, where: str) -> str:
    """A base URL without a slash at its end. Raises ConfigurationError, without what may be secret.

    https, or http on this machine: credentials are never sent in the open.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ConfigurationError(f"{where}: it is no URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigurationError(f"{where}: it is no http or https base URL")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(f"{where}: credentials do not belong in a URL")
    if parts.scheme == "http" and not is_loopback(url):
        raise ConfigurationError(f"{where}: plain http is for this machine only; use https")
    return url.rstrip("/")


def _real(vendor: Vendor[Any], target: TargetName) -> Target:
    live = vendor.live
    if target == "production":
        return Target(
            vendor.name, live.production, f"{vendor.name} has no production to be checked"
        )
    if live.url_variable:
        url = os.environ.get(live.url_variable, "")
        checked = checked_url(url, live.url_variable) if url else ""
        return Target(vendor.name, checked, f"{live.url_variable} is not set")
    return Target(vendor.name, live.sandbox, f"{vendor.name} has no sandbox")


def _refuse_production(found: Iterable[Target], vendors: Iterable[Vendor[Any]]) -> None:
    hosts = {_host(vendor.live.production) for vendor in vendors} - {""}
    for aim in found:
        if _host(aim.url) in hosts:
            text = f"{_host(aim.url)} is a vendor's production: it needs --allow-production"
            raise ConfigurationError(text)


def _host(url: str) -> str:
    """Without letter case and the dot that a full name may end with: one host has one name."""
    return (urlsplit(url).hostname or "").lower().rstrip(".")
