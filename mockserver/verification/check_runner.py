"""Runs the contract checks with pytest in this process, without the user's pytest settings."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from mockserver.model.errors import MockServerError
from mockserver.verification.results import RESULTS, CheckResult, RunResults
from mockserver.verification.run_config import RunConfig
from mockserver.verification.statements import CHECK, Reason, Why

_PACKAGE = Path(__file__).parents[1]
_FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
_USUAL = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)

Progress = Callable[[CheckResult, int, int], None]
"""Called with each result, its number, and the number of checks."""


class ChecksFailed(MockServerError):
    """The checks could not be run."""


class Watcher:
    """A pytest plugin that follows a run and keeps its results.

    Args:
        progress: Called with each result.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._shown = 0
        self._items: list[pytest.Item] = []
        self.results = RunResults()
        self.faults: list[str] = []

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep the results of this run."""
        self.results = session.config.stash[RESULTS]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the error of a module that cannot be collected."""
        if report.failed:
            self.faults.append(str(report.longrepr))

    def pytest_internalerror(self, excrepr: object) -> None:
        """Keep an error of pytest or of a hook."""
        self.faults.append(str(excrepr))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the checks that are going to be made."""
        self._items = session.items

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Return a report without a traceback, which takes long to write and is not shown."""
        error = call.excinfo.value if call.excinfo else None
        skipped = isinstance(error, pytest.skip.Exception)
        outcome: Any = "skipped" if skipped else "failed" if error else "passed"
        reason: Any = (str(item.path), 0, str(error)) if skipped else error and str(error)
        when: Any = call.when
        return pytest.TestReport(
            item.nodeid, item.location, {}, outcome, reason, when, duration=call.duration
        )

    def pytest_runtest_logfinish(self) -> None:
        """Report the results of a check that ended."""
        for result in self.results.checks[self._shown :]:
            self._shown += 1
            if self._progress:
                self._progress(result, self._shown, len(self._items))

    def interrupted(self) -> RunResults:
        """Return the results so far, and the other checks as interrupted."""
        made = {result.id for result in self.results.checks}
        left = [item.stash[CHECK] for item in self._items if CHECK in item.stash]
        checks = [
            CheckResult(each.id, each.vendor, each.statement, each.tag, each.source, "not-checked")
            for each in left
            if each.id not in made
        ]
        rest = [each.not_made(Why(Reason.INTERRUPTED)) for each in checks]
        settled = self.results.settled()
        return replace(settled, checks=[*settled.checks, *rest], interrupted=True)


def run_checks(config: RunConfig, progress: Progress | None = None, *plugins: Any) -> RunResults:
    """Run the checks and return the results, also those of a run that was interrupted.

    Args:
        config: The configuration of the run.
        progress: Called with each result.
        plugins: Further plugins of pytest.

    Raises:
        ChecksFailed: If the checks cannot be run.
    """
    watcher = Watcher(progress)
    try:
        run_pytest([*config.arguments], watcher, *plugins)
    except KeyboardInterrupt:
        return watcher.interrupted()
    return watcher.results.settled()


def run_pytest(arguments: Sequence[str], watcher: Watcher, *plugins: Any) -> None:
    """Run pytest on the checks.

    Raises:
        ChecksFailed: If the checks cannot be run.
        KeyboardInterrupt: If the run was interrupted.
    """
    folder = str(checks_folder())
    ini = str(Path(__file__).with_name("pytest.ini"))
    own = [folder, "-c", ini, "--rootdir", folder, "--confcutdir", folder, "--capture=no"]
    # `unraisableexception` collects garbage twice, which takes as long as many checks.
    unused = ("terminal", "cacheprovider", "logging", "faulthandler", "unraisableexception")
    off = [f"-pno:{name}" for name in unused]
    # pytest's usual folder is cleaned up by every other run of the user, so this run has its own.
    with _own_environment(), TemporaryDirectory() as scratch:
        own += ["--basetemp", str(Path(scratch, "run"))]
        code = pytest.main([*own, *off, *arguments], plugins=[watcher, *plugins])
    if code == pytest.ExitCode.INTERRUPTED and not watcher.faults:
        raise KeyboardInterrupt
    if watcher.faults or code not in _USUAL:
        raise ChecksFailed("\n".join(["the checks cannot be run", *watcher.faults]))


def checks_folder() -> Path:
    """Return the folder of the checks: below the package in the wheel, beside it otherwise."""
    within = _PACKAGE / "_contract_tests"
    return within if within.is_dir() else _PACKAGE.parent / "contract_tests"


@contextmanager
def _own_environment() -> Iterator[None]:
    before = dict(os.environ)
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class SelfCheckFailed(ChecksFailed):
    """The checks do not find a planted divergence, so that their results would prove nothing.

    Attributes:
        broken: True if checks failed by their own fault; a run then shows which.
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
