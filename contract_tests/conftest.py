"""The collection and results of the checks, and their fixtures."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockserver.verification.check_client import CheckClient
from mockserver.verification.contract_tree import AnswersDeviate, NoSuccess
from mockserver.verification.options import add_options
from mockserver.verification.outcomes import refusal_of
from mockserver.verification.results import RESULTS
from mockserver.verification.service_under_test import MockControl, ServiceUnderTest
from mockserver.verification.statements import (
    CHECK,
    Evidence,
    Reason,
    check_of,
    not_checked,
    vendor_of_module,
)
from mockserver.verification.verification_run import RUN, VerificationRun, run_of

MOMENT = "2026-01-01T00:00:00.900Z"
"""The time of the `clock` fixture; its fraction shows which values are rounded."""

_CLIENT = pytest.StashKey[CheckClient]()

pytest_addoption = add_options


def pytest_configure(config: pytest.Config) -> None:
    """Refuse wrong options before anything is collected."""
    config.addinivalue_line("markers", "statement(said): what a contract check states")
    config.addinivalue_line(
        "markers", "risky: a parameter whose check may end a token that cannot be obtained again"
    )
    config.stash[RUN] = run_of(config)
    config.stash[RESULTS] = config.stash[RUN].results


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the mock of the run."""
    if RUN in config.stash:
        config.stash[RUN].close()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the modules of vendors that are not wanted, before they are read."""
    vendor = vendor_of_module(collection_path)
    wanted = vendor is None or vendor in config.stash[RUN].config.vendors
    return None if wanted else True


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem() -> Generator[None, Any, Any]:
    """Read the statement of every check; a check without one cannot be collected."""
    made = yield
    for item in made if isinstance(made, list) else []:
        if isinstance(item, pytest.Function):
            check = item.stash[CHECK] = check_of(item)
            words = ("id", "vendor", "statement", "tag", "source")
            item.user_properties += [(word, getattr(check, word)) for word in words]
    return made


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the checks that are not wanted, and sort the others."""
    run = config.stash[RUN]
    ours = [item for item in items if CHECK in item.stash]
    others = [item for item in items if CHECK not in item.stash]
    unwanted = [item for item in ours if not _is_wanted(item, run)]
    config.hook.pytest_deselected(items=unwanted)
    wanted = [item for item in ours if item not in unwanted]
    items[:] = others + sorted(wanted, key=lambda item: item.stash[CHECK].order)


def _is_wanted(item: pytest.Item, run: VerificationRun) -> bool:
    check = item.stash[CHECK]
    about_mock = check.of_mock and run.foreign(check.vendor)
    return check.vendor in run.config.vendors and not about_mock


@pytest.hookimpl(wrapper=True)
def pytest_report_teststatus(report: Any) -> Generator[None, Any, Any]:
    """With -v, add the statement to each result, except a skip, which has its reason."""
    category, letter, word = yield
    said = dict(getattr(report, "user_properties", [])).get("statement")
    if said and word and isinstance(word, str) and not report.skipped:
        word = f"{word} {said}"
    return category, letter, word


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Fail a check that passes if one of its responses deviates from the contract.

    A real service may add to what the pages document; the mock may not.
    """
    result = yield
    client = pyfuncitem.stash.get(_CLIENT, None)
    if client:
        wrong = [
            each
            for each in client.deviations
            if not client.service.foreign
            or (each.difference.grade != "additive" and each.difference.documented)
        ]
        if wrong:
            raise AnswersDeviate(wrong)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the result of a check, and remove secrets from pytest's own output."""
    report = yield
    if CHECK in item.stash:
        run = item.config.stash[RUN]
        if call.when == "call" or call.excinfo:
            _add_result(item, call, run)
        if report.failed and run.foreign(item.stash[CHECK].vendor):
            report.longrepr = run.secrets.unshortened(report.longreprtext)
    return report


def _add_result(item: pytest.Item, call: pytest.CallInfo[None], run: VerificationRun) -> None:
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, KeyboardInterrupt | pytest.exit.Exception):
        return
    check, client = item.stash[CHECK], item.stash.get(_CLIENT, None)
    if client and isinstance(error, NoSuccess):
        client.add_refusal(error.answer, Evidence(check.tag, check.source))
    outcomes = run.outcomes(check.vendor)
    deviations = client.deviations if client else []
    findings = [outcomes.finding(check.vendor, each) for each in deviations]
    # The most severe finding comes first.
    findings.sort(key=lambda each: (not each.fails, each.grade == "additive"))
    for finding in findings:
        run.results.add_finding(finding)
    exchange = client.exchange if client else ""
    result = replace(
        outcomes.result(check, error, exchange, findings),
        asked=bool(exchange),
        refusal=refusal_of(error, exchange),
        findings=tuple(dict.fromkeys(each.id for each in findings)),
        seconds=call.duration,
    )
    run.results.checks[:] = [each for each in run.results.checks if each.id != check.id]
    run.results.checks.append(result)


@pytest.fixture
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> ServiceUnderTest:
    """Return the service that this check tests."""
    check, run = request.node.stash[CHECK], request.config.stash[RUN]
    found: ServiceUnderTest = run.service(check.vendor, tmp_path_factory.mktemp("server"))
    is_destructive = check.destructive or check.risky
    if is_destructive and not found.control.present and not run.config.destructive:
        not_checked(
            Reason.DESTRUCTIVE, "it ends a token that cannot be obtained again: give --destructive"
        )
    return found


@pytest.fixture
def client(request: pytest.FixtureRequest, service: ServiceUnderTest) -> CheckClient:
    """Return a client of the vendor whose service the check tests."""
    made = CheckClient(service, request.config.stash[RUN].results)
    request.node.stash[_CLIENT] = made
    return made


@pytest.fixture
def control(client: CheckClient) -> MockControl:
    """Return the control interface of the service, which may be absent."""
    return client.service.control


@pytest.fixture
def mock(client: CheckClient, control: MockControl) -> CheckClient:
    """Return the client of a mock. Only a mock has the accounts that the pages print."""
    control.require("no real service has the accounts that the pages print")
    return client


@pytest.fixture
def clock(control: MockControl) -> Iterator[MockControl]:
    """Freeze the mock's clock at `MOMENT`, and unfreeze it after the check."""
    control.freeze(MOMENT)
    yield control
    control.release()


@pytest.fixture
def time_passes(control: MockControl) -> Iterator[Callable[[int], None]]:
    """Return a function that lets seconds pass, on the mock's clock or in real time."""
    yield control.wait
    if control.present:
        control.release()


@pytest.fixture
def another(client: CheckClient, control: MockControl) -> Iterator[Callable[..., CheckClient]]:
    """Return a function that returns a client with a new account, which exists for one check."""
    accounts: list[str] = []

    def client_of_another(**credentials: Any) -> CheckClient:
        account = control.add_account(client.service.vendor, credentials)
        accounts.append(account["id"])
        return client.with_account(account["credentials"])

    yield client_of_another
    for account in accounts:
        control.remove_account(account)


@pytest.fixture
def broken(client: CheckClient, control: MockControl) -> Iterator[Callable[[str], None]]:
    """Return a function that makes an endpoint of the mock fail until the check ends."""
    stubs: list[str] = []

    def break_endpoint(endpoint: str) -> None:
        stubs.append(control.break_endpoint(client.service.vendor, endpoint))

    yield break_endpoint
    for stub in stubs:
        control.remove_stub(stub)
