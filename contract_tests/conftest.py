"""Collection, what comes of each check, and what one is handed: a client, the clock."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from mockserver.verification.check_client import CheckClient
from mockserver.verification.differences import Divergence
from mockserver.verification.guarded_client import not_checked
from mockserver.verification.mock_control import MockControl
from mockserver.verification.options import add_options
from mockserver.verification.outcomes import finding_of, finding_of_difference, refusal_of
from mockserver.verification.results import RESULTS
from mockserver.verification.service_under_test import ServiceUnderTest
from mockserver.verification.statements import CHECK, check_of
from mockserver.verification.verification_run import RUN, VerificationRun, run_of

MOMENT = "2026-01-01T00:00:00.900Z"
"""Where a check's clock stands; the fraction shows who rounds."""

_CLIENT = pytest.StashKey[CheckClient]()

pytest_addoption = add_options


def pytest_configure(config: pytest.Config) -> None:
    """Refuse wrong options before anything is collected."""
    config.addinivalue_line("markers", "statement(said): what a contract check states")
    config.addinivalue_line("markers", "risky: a parameter that may end what cannot be had back")
    config.stash[RUN] = run_of(config)
    config.stash[RESULTS] = config.stash[RUN].findings


def pytest_unconfigure(config: pytest.Config) -> None:
    """The mock of the run ends with it."""
    if RUN in config.stash:
        config.stash[RUN].close()


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem() -> Generator[None, Any, Any]:
    """Every check says what it states; one that does not is an error of collection."""
    made = yield
    for item in made if isinstance(made, list) else []:
        if isinstance(item, pytest.Function):
            check = item.stash[CHECK] = check_of(item)
            words = ("id", "vendor", "statement", "tag", "source")
            item.user_properties += [(word, getattr(check, word)) for word in words]
    return made


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not asked for, and bring the checks into their order."""
    run = config.stash[RUN]
    ours = [item for item in items if CHECK in item.stash]
    others = [item for item in items if CHECK not in item.stash]
    unwanted = [item for item in ours if not _is_wanted(item, run)]
    config.hook.pytest_deselected(items=unwanted)
    wanted = [item for item in ours if item not in unwanted]
    items[:] = others + sorted(wanted, key=lambda item: item.stash[CHECK].turn)


def _is_wanted(item: pytest.Item, run: VerificationRun) -> bool:
    """Whether the vendor is meant, and the check speaks of whoever is asked for it."""
    check = item.stash[CHECK]
    return check.vendor in run.only and not (check.of_mock and run.foreign(check.vendor))


@pytest.hookimpl(wrapper=True)
def pytest_report_teststatus(report: Any) -> Generator[None, Any, Any]:
    """With -v each result is followed by the statement that was checked, a skip by its reason."""
    category, letter, word = yield
    said = dict(getattr(report, "user_properties", [])).get("statement")
    if said and word and isinstance(word, str) and not report.skipped:
        word = f"{word} {said}"
    return category, letter, word


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """A check of our mock that is through fails for what came and no page knows."""
    result = yield
    client = pyfuncitem.stash.get(_CLIENT, None)
    if client and client.additions and not client.target.foreign:
        added = [difference for _, difference in client.additions]
        raise Divergence("what came holds more than any page says", added)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note what came of a check, and let no secret into what pytest prints."""
    report = yield
    if CHECK in item.stash:
        run = item.config.stash[RUN]
        if call.when == "call" or (call.when == "setup" and call.excinfo):
            _note(item, call.excinfo.value if call.excinfo else None, run)
        if report.failed and run.foreign(item.stash[CHECK].vendor):
            report.longrepr = run.secrets.unshortened(report.longreprtext)
    return report


def _note(item: pytest.Item, error: BaseException | None, run: VerificationRun) -> None:
    client = item.stash.get(_CLIENT, None)
    exchange = client.exchange if client else ""
    found = finding_of(item.stash[CHECK], error, exchange, run.secrets)
    run.findings.found.append(
        replace(found, asked=bool(exchange), refusal=refusal_of(error, exchange))
    )
    if client and client.target.foreign:
        for asked, difference in client.additions + client.doubts:
            told = finding_of_difference(client.target.vendor, asked, difference, run.secrets)
            run.findings.tell_once(told)


@pytest.fixture
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> ServiceUnderTest:
    """Who is asked in this check."""
    check, run = request.node.stash[CHECK], request.config.stash[RUN]
    found: ServiceUnderTest = run.target(check.vendor, tmp_path_factory.mktemp("server"))
    ending = check.destructive or check.risky
    if ending and not found.control.present and not run.destructive:
        not_checked("cannot be checked", "it ends what cannot be had back: give --destructive")
    return found


@pytest.fixture
def client(request: pytest.FixtureRequest, target: ServiceUnderTest) -> CheckClient:
    """A client of the vendor that the check is about."""
    made = CheckClient(target, request.config.stash[RUN].findings)
    request.node.stash[_CLIENT] = made
    return made


@pytest.fixture
def control(client: CheckClient) -> MockControl:
    """The control interface of what is asked, there or not."""
    return client.target.control


@pytest.fixture
def mock(client: CheckClient, control: MockControl) -> CheckClient:
    """The client, of a mock: only a mock knows the accounts that are printed in the pages."""
    control.require("no real service knows what the pages print")
    return client


@pytest.fixture
def clock(control: MockControl) -> Iterator[MockControl]:
    """The mock's clock, standing at `MOMENT`; it runs again afterwards."""
    control.freeze(MOMENT)
    yield control
    control.release()


@pytest.fixture
def time_passes(control: MockControl) -> Iterator[Callable[[int], None]]:
    """Lets seconds pass: on the mock's clock, which runs again afterwards, or for real."""
    yield control.wait
    if control.present:
        control.release()


@pytest.fixture
def another(client: CheckClient, control: MockControl) -> Iterator[Callable[..., CheckClient]]:
    """A client with an account of its own, made up but for what is given; known for one check."""
    accounts: list[str] = []

    def client_of_another(**credentials: Any) -> CheckClient:
        account = control.add_account(client.target.vendor, credentials)
        accounts.append(account["id"])
        return client.with_account(account["credentials"])

    yield client_of_another
    for account in accounts:
        control.remove_account(account)


@pytest.fixture
def broken(client: CheckClient, control: MockControl) -> Iterator[Callable[[str], None]]:
    """Lets an endpoint of the mock fail as the vendor fails, until the check is over."""
    stubs: list[str] = []

    def break_endpoint(endpoint: str) -> None:
        stubs.append(control.break_endpoint(client.target.vendor, endpoint))

    yield break_endpoint
    for stub in stubs:
        control.remove_stub(stub)
