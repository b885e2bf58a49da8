"""What is to be checked, where, and with what leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mockserver.verification.targets import TargetName


@dataclass(frozen=True)
class RunConfig:
    """One run. `vendors`: () for all. `urls`: base URLs by vendor. `budget`: None for the default.

    The target `mock` is a mock started for the run, behind `door`.
    """

    target: TargetName = "mock"
    vendors: tuple[str, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    door: str = "server"
    budget: int | None = None
    destructive: bool = False
    allow_production: bool = False
    ca_bundle: Path | None = None

    @property
    def arguments(self) -> list[str]:
        """The same as options of pytest."""
        options = {"target": self.target, "door": self.door}
        if self.budget is not None:
            options["budget"] = str(self.budget)
        if self.ca_bundle is not None:
            options["ca-bundle"] = str(self.ca_bundle)
        return [
            *(f"--token-{name}={value}" for name, value in options.items()),
            *(f"--vendor-url={vendor}={url}" for vendor, url in self.urls.items()),
            *(f"--only-vendor={vendor}" for vendor in self.vendors),
            *(["--token-destructive"] if self.destructive else []),
            *(["--token-allow-production"] if self.allow_production else []),
        ]
