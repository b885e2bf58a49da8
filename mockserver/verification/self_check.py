"""Shows that the checks can fail: they must see a planted divergence of a copy of the mock."""

import pytest

from mockserver.verification.check_runner import ChecksFailed, Watcher, run_pytest
from mockserver.verification.results import RunResults
from mockserver.verification.run_config import RunConfig


class SelfCheckFailed(ChecksFailed):
    """The checks do not see a planted divergence, so that their results mean nothing.

    `broken` is True if checks failed by their own fault, so that a run shows which.
    """

    def __init__(self, message: str, *, broken: bool) -> None:
        super().__init__(message)
        self.broken = broken


class _UntilCaught:
    """A pytest plugin that makes the checks of each vendor until one finds the divergence."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._asked: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Return True to leave out a check of a vendor whose divergence was found."""
        vendor = str(dict(item.user_properties)["vendor"])
        self._asked.add(vendor)
        return True if vendor in self._caught() else None

    def _caught(self) -> set[str]:
        rows = self._watcher.results.rows
        return {each.vendor for each in rows if each.fails and each.grade == "breaking"}

    def missed(self) -> set[str]:
        """Return the vendors of which no check found the divergence."""
        return self._asked - self._caught()


def self_check(vendors: tuple[str, ...]) -> RunResults | None:
    """Check that a renamed field is found for every vendor.

    Args:
        vendors: The vendors to check; empty for all.

    Returns:
        None, or the results of a self-check that was interrupted.

    Raises:
        SelfCheckFailed: If the checks of a vendor do not find it.
    """
    watcher = Watcher()
    until_caught = _UntilCaught(watcher)
    try:
        run_pytest(RunConfig(vendors=vendors, door="planted").arguments, watcher, until_caught)
    except KeyboardInterrupt:
        watcher.results.checks.clear()
        watcher.results.findings.clear()
        return watcher.interrupted()
    missed = until_caught.missed()
    broken = [each for each in watcher.results.checks if each.verdict == "broken"]
    if missed:
        names = ", ".join(sorted(missed))
        because = f"; {broken[0].id} is broken: {broken[0].detail}" if broken else ""
        text = f"the checks of {names} do not see a planted divergence{because}"
        raise SelfCheckFailed(text, broken=bool(broken))
    return None
