"""The configuration of one run: which vendors are checked, where, and what is allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.verification.options import OPTIONS
from mockserver.verification.targets import TargetName, base_urls

if TYPE_CHECKING:
    import pytest


@dataclass(frozen=True)
class RunConfig:
    """The configuration of one run.

    Attributes:
        target: The service to check; "mock" is a mock started for the run, reached by `door`.
        vendors: The vendors to check; empty for all.
        urls: Base URLs by vendor, which precede the target.
        budget: The number of calls at most; None for the default.
        destructive: True to make checks that end a token for good at a real service.
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
        """Return a text that says which servers are asked."""
        named = [f"{vendor} at {url}" for vendor, url in self.urls.items()]
        if not named:
            return self.target
        others = set(self.vendors) - set(self.urls)
        return ", ".join([*([self.target] if others else []), *named])
