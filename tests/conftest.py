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


@pytest.fixture(params=PLACES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """All vendors with a state of their own in each store; the clock stands at NOW."""
    return fresh_engine(stores=open_stores(PLACES[request.param](request)))
