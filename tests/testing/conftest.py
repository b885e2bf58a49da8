"""Each kind of mock, so that one suite tests all of them."""

from collections.abc import Callable, Iterator

import pytest
import requests

from mockserver import RemoteMock, TokenMock, TokenServer

Mock = TokenMock | TokenServer | RemoteMock


def _in_process() -> Iterator[Mock]:
    with TokenMock(seed=1) as mock:
        yield mock


def _server() -> Iterator[Mock]:
    with TokenServer(seed=1) as server:
        yield server


def _remote() -> Iterator[Mock]:
    with TokenServer(seed=1) as server:
        yield RemoteMock(server.url)


def _namespace() -> Iterator[Mock]:
    with TokenServer(seed=1) as server:
        namespace = server.namespace()
        yield namespace
        namespace.drop()


KINDS: dict[str, Callable[[], Iterator[Mock]]] = {
    "TokenMock": _in_process,
    "TokenServer": _server,
    "RemoteMock": _remote,
    "namespace": _namespace,
}


@pytest.fixture(params=KINDS)
def mock(request: pytest.FixtureRequest) -> Iterator[Mock]:
    yield from KINDS[request.param]()


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session
