"""Fixtures of all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from mockserver.engine.engine import Engine
from mockserver.stores.opening import open_stores
from tests.asking import fresh_engine
from tests.places import PLACES, RedisServer, redis_server

settings.register_profile("mockserver", deadline=None, max_examples=60, print_blob=True)
settings.load_profile("mockserver")


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis for all tests that only use it."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-store",
        action="store_true",
        help="ask an engine in every store, not in the memory alone: takes three times as long",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--every-store"):
        elsewhere = [item for item in items if _place(item) not in (None, "memory")]
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


def _place(item: pytest.Item) -> object:
    """In which store the engine of a test is, None for a test that has none."""
    is_ours = "engine" in getattr(item, "fixturenames", ())
    return item.callspec.params.get("engine") if is_ours and hasattr(item, "callspec") else None


@pytest.fixture(params=PLACES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """All vendors with a state of their own in each store; the clock stands at NOW."""
    return fresh_engine(stores=open_stores(PLACES[request.param](request)))
