"""One run: its options, who is asked, what was sent, what was found."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mockserver.model.errors import ConfigurationError
from mockserver.verification.contract_tree import vendors
from mockserver.verification.guarded_client import CallBudget, GuardedClient, not_checked
from mockserver.verification.mock_adapters import MOCK_ADAPTERS, RunningMock
from mockserver.verification.report_secrets import Secrets
from mockserver.verification.results import AskedService, RunResults
from mockserver.verification.service_under_test import ServiceUnderTest, behind, elsewhere
from mockserver.verification.targets import Target, TargetName, aims, base_urls, check_vendor


@dataclass
class VerificationRun:
    """What the checks of one run share; made from pytest's options."""

    only: list[str]
    aims: dict[str, Target]
    traffic: CallBudget
    findings: RunResults
    door: str
    destructive: bool
    ca_bundle: str | None
    _targets: dict[str, ServiceUnderTest] = field(default_factory=dict)
    _lines: dict[str, GuardedClient] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)
    _door: RunningMock | None = None

    @property
    def secrets(self) -> Secrets:
        """What must not be shown."""
        return self.findings.secrets

    def foreign(self, vendor: str) -> bool:
        """Whether a vendor is asked elsewhere than at the mock of this run."""
        return vendor in self.aims

    def target(self, vendor: str, folder: Path) -> ServiceUnderTest:
        """Who is asked; the mock of the run starts, in the empty `folder`, when it is needed."""
        if vendor not in self._targets:
            self._targets[vendor] = self._aimed(vendor) or self._ours(vendor, folder)
        return self._targets[vendor]

    def close(self) -> None:
        """End the mock of the run; what was sent becomes part of the findings."""
        self._open.close()
        self.findings.hosts, self.findings.calls = self.traffic.hosts, self.traffic.calls
        self.findings.silent = dict(self._silent())

    def _silent(self) -> Iterator[tuple[str, str]]:
        for vendor, line in self._lines.items():
            if line.silence is not None:
                yield vendor, line.silence

    def _aimed(self, vendor: str) -> ServiceUnderTest | None:
        aim = self.aims.get(vendor)
        if aim is None:
            return None
        if not aim.url:
            not_checked("cannot be checked", aim.reason)
        if vendor not in self._lines:
            line = GuardedClient(aim.url, self.traffic, foreign=True, ca_bundle=self.ca_bundle)
            self._lines[vendor] = line
        target = elsewhere(aim, self._lines[vendor])
        host = urlsplit(aim.url).netloc
        self.findings.services[vendor] = AskedService(host, aim.may_be_mock, target.control.present)
        return target

    def _ours(self, vendor: str, folder: Path) -> ServiceUnderTest:
        if self._door is None:
            self._door = self._open.enter_context(MOCK_ADAPTERS[self.door](folder))
        return behind(
            self._door, vendor, GuardedClient(self._door.root, self.traffic, foreign=False)
        )


RUN = pytest.StashKey[VerificationRun]()
"""Where the run of a pytest configuration is kept."""


def run_of(config: pytest.Config) -> VerificationRun:
    """The run that pytest's options describe. Raises pytest.UsageError."""
    target: TargetName = config.getoption("token_target", "mock")
    limit: int | None = config.getoption("token_budget", None)
    traffic = CallBudget() if limit is None else CallBudget(limit, limited=True)
    try:
        urls = base_urls(config.getoption("vendor_url", []), "--vendor-url")
        allowed = config.getoption("token_allow_production", False)
        only = config.getoption("only_vendor", [])
        for vendor in only:
            check_vendor("--only-vendor", vendor)
        return VerificationRun(
            list(only) or [*vendors()],
            aims(target, urls, allow_production=allowed),
            traffic,
            RunResults(target),
            config.getoption("token_door", "server"),
            config.getoption("token_destructive", False),
            config.getoption("token_ca_bundle", None),
        )
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
