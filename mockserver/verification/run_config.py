"""The configuration of one run: which vendors are checked, where, and what is allowed."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

from mockserver.model.errors import ConfigurationError
from mockserver.model.vendor import Vendor
from mockserver.vendors import discover
from mockserver.verification.guarded_client import is_loopback_url
from mockserver.verification.options import OPTIONS

if TYPE_CHECKING:
    import pytest

TargetName = Literal["mock", "sandbox", "production"]
TARGETS: tuple[TargetName, ...] = get_args(TargetName)

# A name may be a secret in the wrong option, so that only its beginning is shown.
_LONGEST = 20


@dataclass(frozen=True)
class Target:
    """The service to ask for one vendor, or the reason why there is none.

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
    """Return the targets by vendor; a vendor without one is checked at the mock of the run.

    Args:
        target: The name of the target.
        urls: Base URLs by vendor, which precede the vendor's own services.
        allow_production: True if production services may be called.

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
        raise ConfigurationError(
            f"{option}: {short!r} is not a vendor; the vendors are {', '.join(known)}"
        )


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
        raise ConfigurationError(f"{where}: this is not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigurationError(f"{where}: this is not an http or https base URL")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(f"{where}: credentials do not belong in a URL")
    if parts.scheme == "http" and not is_loopback_url(url):
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


@dataclass(frozen=True)
class RunConfig:
    """The configuration of one run.

    Attributes:
        target: The service to check; "mock" is a mock started for the run, reached by `door`.
        vendors: The vendors to check; empty for all.
        urls: Base URLs by vendor, which precede the target.
        budget: The number of calls at most; None for the default.
        destructive: True to make checks that permanently revoke a token at a real service.
        ca_bundle: A file of certificates to trust.
    """

    target: TargetName = "mock"
    vendors: tuple[str, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    door: str = "server"
    budget: int | None = None
    destructive: bool = False
    allow_production: bool = False
    ca_bundle: Path | None = None

    @classmethod
    def from_pytest(cls, config: "pytest.Config") -> "RunConfig":
        """Return the configuration that the options of pytest give.

        Raises:
            ConfigurationError: If a URL or a vendor is wrong.
        """
        values: dict[str, Any] = {
            option.name: config.getoption(option.destination, option.default)
            for option in OPTIONS
            if option.pytest_flag
        }
        urls = base_urls(values.pop("urls") or (), "--vendor-url")
        return cls(urls=urls, vendors=tuple(values.pop("vendors") or ()), **values)

    def with_vendors(self, vendors: tuple[str, ...]) -> "RunConfig":
        """Return the same configuration for these vendors."""
        return replace(self, vendors=vendors)

    @property
    def arguments(self) -> list[str]:
        """Return the configuration as arguments of pytest."""
        given = {**vars(self), "urls": [f"{name}={url}" for name, url in self.urls.items()]}
        found = []
        for option in OPTIONS:
            value = given.get(option.name)
            if option.kind == "switch":
                found += [option.pytest_flag] if value else []
            elif option.repeatable:
                found += [f"{option.pytest_flag}={each}" for each in value or ()]
            elif option.pytest_flag and value is not None:
                found.append(f"{option.pytest_flag}={value}")
        return found

    @property
    def label(self) -> str:
        """Return a text with the servers that are called."""
        named = [f"{vendor} at {url}" for vendor, url in self.urls.items()]
        if not named:
            return self.target
        others = set(self.vendors) - set(self.urls)
        return ", ".join([*([self.target] if others else []), *named])
