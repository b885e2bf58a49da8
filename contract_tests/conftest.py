"""Options, collection, and what a check is handed: a client of its vendor, and the clock."""

from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from .client import Client
from .control import Control
from .differences import Difference, Divergence
from .server import running_server
from .statements import CHECK, check_of
from .targets import Target, only_vendors, target_at, vendor_urls

MOMENT = "2026-01-01T00:00:00.900Z"
"""Where a check's clock stands; the fraction shows who rounds."""

_URLS = pytest.StashKey[dict[str, str]]()
_ONLY = pytest.StashKey[list[str]]()
_ADDITIONS = pytest.StashKey[list[Difference]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Names that no common plugin has."""
    group = parser.getgroup("contract checks")
    group.addoption(
        "--vendor-url",
        action="append",
        default=[],
        metavar="VENDOR=URL",
        help="point the checks of this vendor at another server (repeatable)",
    )
    group.addoption(
        "--only-vendor",
        action="append",
        default=[],
        metavar="NAME",
        help="leave the checks of other vendors out (repeatable)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse wrong options before anything is collected."""
    config.addinivalue_line("markers", "statement(said): what a contract check states")
    config.stash[_URLS] = vendor_urls(config.getoption("vendor_url", []))
    config.stash[_ONLY] = only_vendors(config.getoption("only_vendor", []))


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem() -> Generator[None, Any, Any]:
    """Every check says what it states; one that does not is an error of collection."""
    made = yield
    for item in made if isinstance(made, list) else []:
        if isinstance(item, pytest.Function):
            check = item.stash[CHECK] = check_of(item)
            words = ("vendor", "statement", "tag", "source")
            item.user_properties += [(word, getattr(check, word)) for word in words]
    return made


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the vendors that `--only-vendor` does not name."""
    unwanted = [
        item
        for item in items
        if CHECK in item.stash and item.stash[CHECK].vendor not in config.stash[_ONLY]
    ]
    config.hook.pytest_deselected(items=unwanted)
    items[:] = [item for item in items if item not in unwanted]


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
    """A check that is through fails for what came and no page knows."""
    result = yield
    if additions := pyfuncitem.stash.get(_ADDITIONS, []):
        raise Divergence("what came holds more than any page says", additions)
    return result


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server started for this run."""
    with running_server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session")
def target_of(request: pytest.FixtureRequest) -> Callable[[str], Target]:
    """Vendor to target; the run's own server starts when the first vendor needs it."""
    urls = request.config.stash[_URLS]
    targets: dict[str, Target] = {}

    def target(vendor: str) -> Target:
        if vendor not in targets:
            given = urls.get(vendor)
            url = given or f"{request.getfixturevalue('server')}/{vendor}"
            targets[vendor] = target_at(vendor, url, foreign=given is not None)
        return targets[vendor]

    return target


@pytest.fixture
def client(request: pytest.FixtureRequest, target_of: Callable[[str], Target]) -> Client:
    """A client of the vendor that the check is about."""
    made = Client(target_of(request.node.stash[CHECK].vendor))
    request.node.stash[_ADDITIONS] = made.additions
    return made


@pytest.fixture
def control(client: Client) -> Control:
    """The control interface of what is asked, there or not."""
    return client.target.control


@pytest.fixture
def mock(client: Client, control: Control) -> Client:
    """The client, of a mock: only a mock knows the accounts that are printed in the pages."""
    control.require("it is no mock that knows what the pages print")
    return client


@pytest.fixture
def clock(control: Control) -> Iterator[Control]:
    """The mock's clock, standing at `MOMENT`; it runs again afterwards."""
    control.freeze(MOMENT)
    yield control
    control.release()


@pytest.fixture
def another(client: Client, control: Control) -> Iterator[Callable[..., Client]]:
    """A client with an account of its own, made up but for what is given; known for one check."""
    accounts: list[str] = []

    def client_of_another(**credentials: Any) -> Client:
        account = control.add_account(client.target.vendor, credentials)
        accounts.append(account["id"])
        return client.with_account(account["credentials"])

    yield client_of_another
    for account in accounts:
        control.remove_account(account)


@pytest.fixture
def broken(client: Client, control: Control) -> Iterator[Callable[[str], None]]:
    """Lets an endpoint of the mock fail as the vendor fails, until the check is over."""
    stubs: list[str] = []

    def break_endpoint(endpoint: str) -> None:
        stubs.append(control.break_endpoint(client.target.vendor, endpoint))

    yield break_endpoint
    for stub in stubs:
        control.remove_stub(stub)
