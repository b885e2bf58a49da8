"""A store of each kind."""

import pytest

from mockserver.core.store import Store, Stores
from tests.places import PLACES


@pytest.fixture(params=PLACES)
def stores(request: pytest.FixtureRequest) -> Stores:
    """An empty place."""
    return PLACES[request.param]()


@pytest.fixture
def store(stores: Stores) -> Store:
    """A store with nothing in it."""
    return stores.store("a", lambda _: None)
