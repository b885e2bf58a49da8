"""The state of one run: its targets, its budget, its mock, and its results."""

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mockserver.model.errors import ConfigurationError
from mockserver.verification.guarded_client import CallBudget, GuardedClient
from mockserver.verification.mock_adapters import MOCK_ADAPTERS, RunningMock
from mockserver.verification.outcomes import OutcomeReader
from mockserver.verification.results import AskedService, RunResults, Secrets
from mockserver.verification.run_config import RunConfig, Target, check_vendor, targets
from mockserver.verification.service_under_test import (
    ServiceUnderTest,
    of_running_mock,
    of_target,
)
from mockserver.verification.statements import Reason, not_checked, vendors


@dataclass
class VerificationRun:
    """The state that the checks of one run share."""

    config: RunConfig
    targets: dict[str, Target]
    budget: CallBudget
    results: RunResults
    _services: dict[str, ServiceUnderTest] = field(default_factory=dict)
    _clients: dict[str, GuardedClient] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)
    _running: RunningMock | None = None

    @property
    def secrets(self) -> Secrets:
        """Return the secrets of the run."""
        return self.results.secrets

    def foreign(self, vendor: str) -> bool:
        """Return True if a vendor is asked elsewhere than at the mock of this run."""
        return vendor in self.targets

    def outcomes(self, vendor: str) -> OutcomeReader:
        """Return the object that turns the ends of a vendor's checks into results."""
        service = self.results.services.get(vendor)
        mock = service.mock if service else not self.foreign(vendor)
        return OutcomeReader(self.secrets, ours=mock)

    def service(self, vendor: str, folder: Path) -> ServiceUnderTest:
        """Return the service to ask, and start the mock of the run in `folder` at first need."""
        if vendor not in self._services:
            target = self.targets.get(vendor)
            self._services[vendor] = (
                self._mock(vendor, folder) if target is None else self._foreign(target)
            )
        return self._services[vendor]

    def close(self) -> None:
        """End the mock of the run, and add what was sent to the results."""
        for service in self._services.values():
            service.close()
        self._open.close()
        self.results.hosts, self.results.calls = self.budget.hosts, self.budget.calls
        self.results.silent = {
            vendor: client.silence
            for vendor, client in self._clients.items()
            if client.silence is not None
        }

    def _foreign(self, target: Target) -> ServiceUnderTest:
        if not target.url:
            not_checked(Reason.NO_ADDRESS, target.reason)
        vendor = target.vendor
        if vendor not in self._clients:
            bundle = str(self.config.ca_bundle) if self.config.ca_bundle else None
            self._clients[vendor] = GuardedClient(
                target.url, self.budget, foreign=True, ca_bundle=bundle
            )
        # Added before the first request, so that reports name a server that never answers.
        host = urlsplit(target.url).netloc
        asked = AskedService(host, target.may_be_mock, mock=False, url=target.url)
        self.results.services[vendor] = asked
        service = of_target(target, self._clients[vendor])
        self.results.missing[vendor] = service.account.missing
        mock = service.control.present
        self.results.services[vendor] = replace(asked, mock=mock)
        return service

    def _mock(self, vendor: str, folder: Path) -> ServiceUnderTest:
        if self._running is None:
            start = MOCK_ADAPTERS[self.config.door]
            self._running = self._open.enter_context(start(folder))
        http = GuardedClient(self._running.root, self.budget, foreign=False)
        return of_running_mock(self._running, vendor, http)


RUN = pytest.StashKey[VerificationRun]()
"""Where a pytest configuration keeps its run."""


def run_of(pytest_config: pytest.Config) -> VerificationRun:
    """Return the run that the options of pytest describe.

    Raises:
        pytest.UsageError: If an option is wrong.
    """
    try:
        config = RunConfig.from_pytest(pytest_config)
        for vendor in config.vendors:
            check_vendor("--only-vendor", vendor)
        found = targets(config.target, config.urls, allow_production=config.allow_production)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
    budget = CallBudget() if config.budget is None else CallBudget(config.budget, explicit=True)
    if not config.vendors:
        config = config.with_vendors(tuple(vendors()))
    return VerificationRun(config, found, budget, RunResults(config.label))
