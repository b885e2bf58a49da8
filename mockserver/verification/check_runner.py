"""The contract checks, run by pytest in this process, with nothing of the user's around them."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import mockserver
from mockserver.model.errors import MockServerError
from mockserver.verification.results import RESULTS, CheckResult, RunResults
from mockserver.verification.run_config import RunConfig

_PACKAGE = Path(mockserver.__file__).parent
_FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
_USUAL = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)

Progress = Callable[[CheckResult, int, int], None]


class ChecksFailed(MockServerError):
    """The checks themselves could not be run."""


class Watcher:
    """A pytest plugin that follows a run. `progress`: called with each finding, how many there are,
    and how many checks.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._told = 0
        self.findings = RunResults()
        self.total = 0
        self.broken: list[str] = []

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """The findings are those of the checks."""
        self.findings = session.config.stash[RESULTS]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be collected."""
        if report.failed:
            self.broken.append(str(report.longrepr))

    def pytest_internalerror(self, excrepr: object) -> None:
        """Something went wrong in pytest or in our hooks."""
        self.broken.append(str(excrepr))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """All checks are known."""
        self.total = len(session.items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """A report without a traceback: nobody reads it here, and to write it takes long."""
        error = call.excinfo.value if call.excinfo else None
        skipped = isinstance(error, pytest.skip.Exception)
        outcome: Any = "skipped" if skipped else "failed" if error else "passed"
        reason: Any = (str(item.path), 0, str(error)) if skipped else error and str(error)
        when: Any = call.when
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, reason, when)

    def pytest_runtest_logfinish(self) -> None:
        """A check is over."""
        for finding in self.findings.found[self._told :]:
            self._told += 1
            if self._progress:
                self._progress(finding, self._told, self.total)


def run_checks(order: RunConfig, progress: Progress | None = None, *plugins: Any) -> RunResults:
    """What came of the checks. Raises ChecksFailed, and KeyboardInterrupt where it was pressed."""
    watcher = Watcher(progress)
    run_pytest([*order.arguments], watcher, *plugins)
    return watcher.findings.settled()


def run_pytest(arguments: Sequence[str], watcher: Watcher, *plugins: Any) -> None:
    """Run the checks with these options of pytest."""
    folder = str(checks_folder())
    ini = str(Path(__file__).with_name("pytest.ini"))
    own = [folder, "-c", ini, "--rootdir", folder, "--confcutdir", folder, "--capture=no"]
    off = [f"-pno:{name}" for name in ("terminal", "cacheprovider", "logging", "faulthandler")]
    # a folder of the run's own: pytest's usual one is tidied up by every run of this user at once
    with _nothing_of_the_users(), TemporaryDirectory() as scratch:
        own += ["--basetemp", str(Path(scratch, "run"))]
        code = pytest.main([*own, *off, *arguments], plugins=[watcher, *plugins])
    if code == pytest.ExitCode.INTERRUPTED and not watcher.broken:
        raise KeyboardInterrupt
    if watcher.broken or code not in _USUAL:
        raise ChecksFailed("\n".join(["the checks cannot be run", *watcher.broken]))


def checks_folder() -> Path:
    """Where the checks are: in the wheel below this package, in the repository beside it."""
    within = _PACKAGE / "_contract_tests"
    return within if within.is_dir() else _PACKAGE.parent / "contract_tests"


@contextmanager
def _nothing_of_the_users() -> Iterator[None]:
    before = dict(os.environ)
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
