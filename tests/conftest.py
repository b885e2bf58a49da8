"""Fixtures of all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from mockserver.emulator.engine import Engine
from mockserver.storage import open_backend
from tests.engine_client import fresh_engine
from tests.redis_groups import RedisCluster, SentinelTrio, redis_cluster, sentinel_trio
from tests.store_urls import (
    REDIS_GROUPS,
    SHARED_STORE_URLS,
    STORE_URLS,
    RedisServer,
    redis_server,
    valkey_command,
)

settings.register_profile("mockserver", deadline=None, max_examples=60, print_blob=True)
settings.load_profile("mockserver")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shared-stores", action="store_true", help="engines on each store that processes share"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store_name" in metafunc.fixturenames and metafunc.config.getoption("--shared-stores"):
        metafunc.parametrize("store_name", SHARED_STORE_URLS, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--shared-stores"):
        return
    deselected = [each for each in items if _needs_group(each)]
    config.hook.pytest_deselected(items=deselected)
    items[:] = [each for each in items if each not in deselected]


def _needs_group(item: pytest.Item) -> bool:
    found = getattr(item, "callspec", None)
    parameters = [each for each in found.params.values() if isinstance(each, str)] if found else []
    fixtures = getattr(item, "fixturenames", [])
    return not {*parameters, *fixtures}.isdisjoint({*REDIS_GROUPS, "trio", "shared_sentinels"})


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Run a Redis for all tests that do not stop it."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def shared_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    """Run three primaries with a replica each, for all tests that do not stop them."""
    with redis_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def shared_sentinels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SentinelTrio]:
    """Run a primary, a replica and three Sentinels, for all tests that do not stop them."""
    with sentinel_trio(tmp_path_factory.mktemp("sentinels")) as trio:
        yield trio


@pytest.fixture(scope="session")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Run a Valkey for all tests that do not stop it."""
    with redis_server(tmp_path_factory.mktemp("valkey"), valkey_command()) as server:
        yield server


@pytest.fixture
def store_name(request: pytest.FixtureRequest) -> str:
    """Return the name of the store on which a test runs."""
    return str(getattr(request, "param", "memory"))


@pytest.fixture
def engine(request: pytest.FixtureRequest, store_name: str) -> Engine:
    """Return an engine with all vendors and a new state; its clock is frozen at NOW."""
    return fresh_engine(backend=open_backend(STORE_URLS[store_name](request)))
