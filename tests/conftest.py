"""Fixtures of all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from mockserver.emulator.engine import Engine
from mockserver.storage import open_backend
from tests.engine_client import fresh_engine
from tests.store_urls import SHARED_STORE_URLS, STORE_URLS, RedisServer, redis_server

settings.register_profile("mockserver", deadline=None, max_examples=60, print_blob=True)
settings.load_profile("mockserver")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shared-stores", action="store_true", help="engines on each store that processes share"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store_name" in metafunc.fixturenames and metafunc.config.getoption("--shared-stores"):
        metafunc.parametrize("store_name", SHARED_STORE_URLS, indirect=True)


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis for all tests that only use it."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def store_name(request: pytest.FixtureRequest) -> str:
    """The store on which a test runs."""
    return str(getattr(request, "param", "memory"))


@pytest.fixture
def engine(request: pytest.FixtureRequest, store_name: str) -> Engine:
    """All vendors with a state of their own; the clock stands at NOW."""
    return fresh_engine(backend=open_backend(STORE_URLS[store_name](request)))
