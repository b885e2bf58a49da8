"""The target of each vendor: the service to ask, and whether it may be asked."""

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

# A name may be a secret in the wrong option, so that only its beginning is shown.
_LONGEST = 20


@dataclass(frozen=True)
class Target:
    """The service to ask for one vendor.

    Attributes:
        vendor: The name of the vendor.
        url: The base URL; empty if there is no service.
        reason: Why there is no service.
        may_be_mock: True if the user named the URL, so that it may be that of a mock.
    """

    vendor: str
    url: str
    reason: str = ""
    may_be_mock: bool = False


def targets(
    target: TargetName, urls: Mapping[str, str], *, allow_production: bool
) -> dict[str, Target]:
    """Return the targets by vendor; vendors without one are asked at the mock of the run.

    Args:
        target: The name of the target.
        urls: Base URLs by vendor, which precede the vendor's own services.
        allow_production: True if production services may be asked.

    Raises:
        ConfigurationError: If a target is a production service and that is not allowed.
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
    """Return the URLs of VENDOR=URL options by vendor, or raise ConfigurationError."""
    urls: dict[str, str] = {}
    for text in options:
        vendor, equals, url = text.partition("=")
        if not equals:
            # The text is not repeated: it may be a key.
            raise ConfigurationError(f"{option}: give VENDOR=URL")
        check_vendor(option, vendor)
        if vendor in urls:
            raise ConfigurationError(f"{option}: {vendor} is given twice")
        urls[vendor] = checked_url(url, f"{option} {vendor}")
    return urls


def check_vendor(option: str, vendor: str) -> None:
    """Raise ConfigurationError if no vendor has this name."""
    known = [vendor.name for vendor in discover()]
    if vendor not in known:
        short = vendor if len(vendor) <= _LONGEST else f"{vendor[:_LONGEST]}..."
        raise ConfigurationError(f"{option}: {short!r} is no vendor; there are {', '.join(known)}")


def checked_url(url: str, where: str) -> str:
    """Return a base URL without a slash at its end.

    Raises:
        ConfigurationError: If it is not an https URL, or an http URL on loopback, since
            credentials must not be sent unencrypted. The text repeats nothing of the URL.
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
    for target in found:
        if _host(target.url) in hosts:
            text = f"{_host(target.url)} is a vendor's production: it needs --allow-production"
            raise ConfigurationError(text)


def _host(url: str) -> str:
    """Return the host in lower case, without the final dot of a full name."""
    return (urlsplit(url).hostname or "").lower().rstrip(".")
