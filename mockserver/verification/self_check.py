"""Shows that the checks can fail: a copy of the mock with one planted divergence is caught."""

import pytest

from mockserver.model.errors import MockServerError
from mockserver.verification.check_runner import Watcher, run_pytest
from mockserver.verification.run_config import RunConfig


class CannotFail(MockServerError):
    """A planted divergence was not caught: nothing that these checks say counts."""


class _UntilCaught:
    """A pytest plugin that makes the checks of each vendor until one of them has failed."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._asked: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """True: there is nothing left to do for this check."""
        vendor = str(dict(item.user_properties)["vendor"])
        self._asked.add(vendor)
        return True if vendor in self._caught() else None

    def _caught(self) -> set[str]:
        found = self._watcher.findings.found
        return {each.vendor for each in found if each.fails and each.grade == "breaking"}

    def missed(self) -> list[str]:
        """Vendors with checks of which none failed."""
        return sorted(self._asked - self._caught())


def prove(vendors: tuple[str, ...]) -> None:
    """Raise CannotFail if a vendor's checks do not see that an answer has another name in it."""
    watcher = Watcher()
    until_caught = _UntilCaught(watcher)
    run_pytest(RunConfig(vendors=vendors, door="planted").arguments, watcher, until_caught)
    if missed := until_caught.missed():
        raise CannotFail(f"the checks of {', '.join(missed)} do not see a planted divergence")
