"""The pytest plugin: `token_mock`, `token_server`, and a fixture for each vendor.

It imports little, because pytest loads it in every run, also if no test needs a mock.
"""

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest

import token_mockserver
from mockserver.vendors import vendor_names

if TYPE_CHECKING:
    from mockserver.testing.handles import VendorHandle
    from token_mockserver import RemoteMock, TokenMock, TokenServer

_Mock = TypeVar("_Mock")

_MARKER = (
    'token_mock(freeze="2026-01-01T00:00:00Z", unmatched="ignore", verdicts="strict", '
    'ignore={"late-renewal": "why"}, ...): options of this test\'s '
    "mock: those of TokenMock, which except passthrough also apply to token_server. A test that "
    "uses no fixture of a mock gets token_mock. Of several marks the first counts, option by "
    "option, in this order: the function's, pytest.param's, the base classes', the class's, the "
    "module's."
)
_UNMATCHED = "token_mock_unmatched"
_CHOICES = ("error", "ignore")
_SERVER_URL = "token_mock_server_url"
_VERDICTS = "token_mock_verdicts"
_MODES = ("off", "report", "strict")
_OURS = ("unmatched", "verdicts", "ignore")  # options of the mark that a mock does not take
_BROKEN = "token_mock_broken"  # the attribute of a report, which workers send to the controller


@dataclass
class _Watched:
    """The mocks of a test, for the check for unmatched requests.

    Attributes:
        mocks: The mocks to check.
        broken: The rules for token clients that the test's client broke.
        passed: True once the test itself has passed.
    """

    mocks: "list[TokenMock | RemoteMock]" = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    passed: bool = False


_WATCHED = pytest.StashKey[_Watched]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings of the ini file."""
    parser.addini(_UNMATCHED, "vendor requests that match no endpoint: error or ignore", "string")
    parser.addini(_VERDICTS, "rules for token clients: off, report or strict", "string")
    parser.addini(_SERVER_URL, "a running server that token_server takes a namespace on", "string")


def pytest_configure(config: pytest.Config) -> None:
    """Add the marker, and a fixture for each vendor."""
    config.addinivalue_line("markers", _MARKER)
    if config.getini(_UNMATCHED) not in ("", *_CHOICES):
        raise pytest.UsageError(f"{_UNMATCHED} must be error or ignore")
    if config.getini(_VERDICTS) not in ("", *_MODES):
        raise pytest.UsageError(f"{_VERDICTS} must be off, report or strict")
    vendors = ModuleType("token_mockserver_vendors")  # pytest looks for fixtures in modules
    vars(vendors).update({name: _vendor_fixture(name) for name in vendor_names()})
    config.pluginmanager.register(vendors, vendors.__name__)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a test with the mark and without a fixture of a mock the fixture `token_mock`."""
    names = getattr(item, "fixturenames", None)
    if names is None or item.get_closest_marker("token_mock") is None:
        return
    if not {"token_mock", "token_server"} & set(names):
        names.insert(0, "token_mock")  # first, so that the other fixtures find the mock started


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a passed test if one of its requests reached a vendor and none of its endpoints.

    Such a test has tested nothing. It fails as if its function had failed, so that it counts as
    failed as expected if it is marked so. Skipped tests do not change. The report of a failed test
    shows such requests in a section of its own, because they are often the cause.
    """
    try:
        result = yield
    except (Exception, pytest.fail.Exception):
        _show_unmatched(item)
        raise
    watched = item.stash.get(_WATCHED, None)  # afterwards: a test may request a fixture itself
    if watched is not None and (text := _unmatched(item, watched) or _judge(item, watched)):
        pytest.fail(text, pytrace=False)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record whether a test passed, and add the rules that its client broke to its report."""
    report = yield
    watched = item.stash.get(_WATCHED, None)
    if watched is not None and report.when == "call":
        watched.passed = report.outcome == "passed" and not hasattr(report, "wasxfail")
        setattr(report, _BROKEN, watched.broken)
    return report


# In quotes: pytest 8.3 does not export the class.
def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """List the rules for token clients that tests broke, with the tests."""
    tests: dict[str, list[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for rule in getattr(report, _BROKEN, ()):
                tests.setdefault(rule, []).append(report.nodeid)
    if tests:
        terminalreporter.section("token clients: broken rules")
    for rule, nodes in sorted(tests.items()):
        more = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
        terminalreporter.line(f"{rule}: {nodes[0]}{more}")
    if tests and terminalreporter.config.getini(_VERDICTS) != "strict":
        terminalreporter.line(f"(-rP, or {_VERDICTS} = strict, shows the requests that matter)")


def _show_unmatched(item: pytest.Item) -> None:
    """Add the unmatched requests to the report of a failed test, if they can be read."""
    watched = item.stash.get(_WATCHED, None)
    with suppress(Exception, pytest.fail.Exception):  # the test's own outcome stands
        if watched is not None and (text := _unmatched(item, watched)):
            item.add_report_section("call", "token_mock", text)


def _judge(item: pytest.Item, watched: _Watched) -> str:
    """Record the rules that a test's client breaks; return their report in strict mode, or ""."""
    marked = _marked(item)
    mode = marked.get("verdicts", item.config.getini(_VERDICTS) or "off")
    if mode == "off" or not watched.mocks:
        return ""
    from mockserver.testing import verdict_control as control  # noqa: PLC0415 - if it is on

    ignored = marked.get("ignore", {})
    texts: list[str] = []
    try:
        for mock in watched.mocks:
            found = mock.verdicts()
            control.check_ignored(ignored, (one.id for one in found))
            watched.broken += [
                one.id for one in found if one.state == "broken" and one.id not in ignored
            ]
            texts += filter(None, [control.failure(found, ignored)])
    except (token_mockserver.MockServerError, ValueError) as error:
        return str(error)
    text = "\n".join(texts)
    if mode == "strict":
        return text
    if text:
        item.add_report_section("call", "token client", text)
    return ""


@pytest.fixture
def token_mock(request: pytest.FixtureRequest) -> "Iterator[TokenMock]":
    """Provide a started mock for this test; it answers requests to the vendors' hosts."""
    with _with_options(token_mockserver.TokenMock, _options(request.node)) as mock:
        yield from _watched(request, mock)


@pytest.fixture(scope="session")
def token_mock_server(request: pytest.FixtureRequest) -> "Iterator[RemoteMock]":
    """Provide the server that all tests of a session share: a new one, or the ini file's."""
    url = request.config.getini(_SERVER_URL)
    if url:
        admin_token = os.environ.get("TOKEN_MOCKSERVER_ADMIN_TOKEN") or None
        try:
            running = token_mockserver.RemoteMock(url, admin_token)
            running.health()
        except token_mockserver.MockServerError as error:
            pytest.fail(f"{_SERVER_URL}: {error}", pytrace=False)
        yield running
        return
    with token_mockserver.TokenServer() as server:
        yield token_mockserver.RemoteMock(server.url)


@pytest.fixture
def token_server(
    request: pytest.FixtureRequest, token_mock_server: "RemoteMock"
) -> "Iterator[RemoteMock]":
    """Provide a state for this test on a real server; `url` is its address."""
    options = _options(request.node)
    freeze = options.pop("freeze", None)
    options.pop("passthrough", None)  # concerns other hosts, which a server does not see
    with _server(request, options) or nullcontext(token_mock_server) as server:
        namespace = server.namespace()
        if freeze is not None:
            namespace.clock.freeze(freeze)
        try:
            yield from _watched(request, namespace)
        finally:
            namespace.drop()


def _server(request: pytest.FixtureRequest, options: dict[str, Any]) -> "TokenServer | None":
    """Return a server with the options of the marks; None if there are no options."""
    if not options:
        return None
    if request.config.getini(_SERVER_URL):
        names = ", ".join(options)
        _refuse_mark(f"{names}: not for a server that runs already ({_SERVER_URL})")
    return _with_options(token_mockserver.TokenServer, options)


def _with_options(mock: Callable[..., _Mock], options: Mapping[str, Any]) -> _Mock:
    try:
        return mock(**options)
    except (TypeError, ValueError, token_mockserver.MockServerError) as error:
        text = str(error)
    _refuse_mark(text)


def _refuse_mark(text: str) -> NoReturn:
    pytest.fail(f"@pytest.mark.token_mock: {text}", pytrace=False)


def _vendor_fixture(name: str) -> Any:
    def vendor(token_mock: "TokenMock") -> "VendorHandle":
        return token_mock.vendors[name]

    vendor.__doc__ = f"The vendor {name} of `token_mock`."
    return pytest.fixture(name=name)(vendor)


def _options(item: pytest.Item) -> dict[str, Any]:
    """Return the options of a test's marks that a mock takes."""
    return {name: value for name, value in _marked(item).items() if name not in _OURS}


def _marked(item: pytest.Item) -> Mapping[str, Any]:
    """Return the options of a test's marks; of equal options, that of the nearest mark.

    An argument by position, or a wrong value of `unmatched` or `verdicts`, is an error of the test.
    """
    marks = list(item.iter_markers("token_mock"))
    for mark in marks:
        if mark.args:
            _refuse_mark(f"it takes options by name only, not {mark.args[0]!r}")
    options = {name: value for mark in marks[::-1] for name, value in mark.kwargs.items()}
    if options.get("unmatched", "error") not in _CHOICES:
        _refuse_mark("unmatched must be error or ignore")
    if options.get("verdicts", "off") not in _MODES:
        _refuse_mark("verdicts must be off, report or strict")
    if "ignore" in options:
        _check_ignored(options["ignore"])
    return options


def _check_ignored(ignored: object) -> None:
    # Also while verdicts are off, so that a misspelled rule is noticed at once.
    from mockserver.testing.verdict_control import check_ignored  # noqa: PLC0415 - for this option
    from mockserver.verdicts.rules import RULES  # noqa: PLC0415

    if not isinstance(ignored, Mapping):
        _refuse_mark(f"ignore must be a dict such as {{'no-cache': 'issue 12'}}, not {ignored!r}")
    try:
        check_ignored(ignored, [rule.id for rule in RULES])
    except ValueError as error:
        text = str(error)
    else:
        return
    _refuse_mark(text)


def _watched(request: pytest.FixtureRequest, mock: Any) -> Iterator[Any]:
    """Yield a mock that is checked after the test and again after its teardown."""
    item = request.node
    watched = item.stash.setdefault(_WATCHED, _Watched())
    watched.mocks.append(mock)
    yield mock
    watched.mocks.remove(mock)
    if watched.passed and (text := _unmatched(item, _Watched([mock]))):
        pytest.fail(text, pytrace=False)


def _unmatched(item: pytest.Item, watched: _Watched) -> str:
    """Return the report of requests that reached a vendor and no endpoint, or ""."""
    default = item.config.getini(_UNMATCHED) or "error"
    if _marked(item).get("unmatched", default) == "ignore":
        return ""
    try:
        reports = [_report(mock) for mock in watched.mocks]
    except token_mockserver.MockServerError as error:
        reports = [f"it is unknown whether every request matched: {error}"]
    text = "\n".join(filter(None, reports))
    if text:
        watched.passed = False  # so that it is reported only once
        text += (
            f"\n(not an error with {_UNMATCHED} = ignore in the ini file, "
            'or @pytest.mark.token_mock(unmatched="ignore"))'
        )
    return text


def _report(mock: "TokenMock | RemoteMock") -> str:
    if not any(request.vendor is not None for request in mock.requests.unmatched()):
        return ""
    try:
        mock.requests.assert_no_unmatched()
    except AssertionError as error:
        return str(error)
    return ""
