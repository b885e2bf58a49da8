"""The pytest plugin: `token_mock`, `token_server`, and a fixture for each vendor.

It imports next to nothing: pytest loads it in every run, also in those that need no mock.
"""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

import token_mockserver
from mockserver.vendors import vendor_names

if TYPE_CHECKING:
    from mockserver.testing.vendor_handle import VendorHandle
    from token_mockserver import RemoteMock, TokenMock, TokenServer

_MARKER = (
    'token_mock(freeze="2026-01-01T00:00:00Z", ...): options of this test\'s mock, '
    "those of TokenMock; for token_server, too, but passthrough."
)
_UNMATCHED = "token_mock_unmatched"
_SERVER_URL = "token_mock_server_url"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The settings of the ini file."""
    parser.addini(_UNMATCHED, "vendor requests that match no endpoint: error or ignore", "string")
    parser.addini(_SERVER_URL, "a running server that token_server takes a namespace on", "string")


def pytest_configure(config: pytest.Config) -> None:
    """The marker, and a fixture for each vendor."""
    config.addinivalue_line("markers", _MARKER)
    if config.getini(_UNMATCHED) not in ("", "error", "ignore"):
        raise pytest.UsageError(f"{_UNMATCHED} must be error or ignore")
    vendors = ModuleType("token_mockserver_vendors")  # pytest looks for fixtures in modules
    vars(vendors).update({name: _vendor_fixture(name) for name in vendor_names()})
    config.pluginmanager.register(vendors, vendors.__name__)


@pytest.fixture
def token_mock(request: pytest.FixtureRequest) -> "Iterator[TokenMock]":
    """A mock of this test's own, started: the vendors' hosts are answered in the process."""
    with token_mockserver.TokenMock(**_options(request)) as mock:
        yield mock
    _check_unmatched(request, mock)


@pytest.fixture(scope="session")
def token_mock_server(request: pytest.FixtureRequest) -> "Iterator[RemoteMock]":
    """The server that a session's tests share: a thread of it, or the one that the ini names."""
    url = request.config.getini(_SERVER_URL)
    if url:
        yield token_mockserver.RemoteMock(
            url, os.environ.get("TOKEN_MOCKSERVER_ADMIN_TOKEN") or None
        )
        return
    with token_mockserver.TokenServer() as server:
        yield token_mockserver.RemoteMock(server.url)


@pytest.fixture
def token_server(
    request: pytest.FixtureRequest, token_mock_server: "RemoteMock"
) -> "Iterator[RemoteMock]":
    """A state of this test's own on a real server. `url`: where it is."""
    options = _options(request)
    freeze = options.pop("freeze", None)
    options.pop("passthrough", None)  # of other hosts, of which a server hears nothing
    with _server(request, options) or nullcontext(token_mock_server) as server:
        namespace = server.namespace()
        if freeze is not None:
            namespace.clock.freeze(freeze)
        yield namespace
        try:
            _check_unmatched(request, namespace)
        finally:
            namespace.drop()


def _server(request: pytest.FixtureRequest, options: dict[str, Any]) -> "TokenServer | None":
    """The server for a test whose marker says how it is set; None: the one that all share."""
    if not options:
        return None
    if request.config.getini(_SERVER_URL):
        names = ", ".join(options)
        raise pytest.UsageError(f"{names}: not for a server that runs already ({_SERVER_URL})")
    return token_mockserver.TokenServer(**options)


def _vendor_fixture(name: str) -> Any:
    def vendor(token_mock: "TokenMock") -> "VendorHandle":
        return token_mock.vendors[name]

    vendor.__doc__ = f"The vendor {name} of `token_mock`."
    return pytest.fixture(name=name)(vendor)


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The options of the test's markers; the nearest one wins."""
    markers = list(request.node.iter_markers("token_mock"))
    return {name: value for marker in markers[::-1] for name, value in marker.kwargs.items()}


def _check_unmatched(request: pytest.FixtureRequest, mock: "TokenMock | RemoteMock") -> None:
    """Fail a test of which a request reached a vendor and no endpoint: it tested nothing."""
    if request.config.getini(_UNMATCHED) == "ignore":
        return
    if any(asked.vendor is not None for asked in mock.requests.unmatched()):
        try:
            mock.requests.assert_no_unmatched()
        except AssertionError as error:
            pytest.fail(str(error), pytrace=False)
