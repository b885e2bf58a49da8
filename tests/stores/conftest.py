"""A store of each kind."""

import pytest

from mockserver.core.store import Store, Stores
from mockserver.stores.opening import open_stores
from tests.places import PLACES


@pytest.fixture(params=PLACES)
def stores(request: pytest.FixtureRequest) -> Stores:
    """An empty place."""
    return open_stores(PLACES[request.param](request))


@pytest.fixture
def store(stores: Stores) -> Store:
    """A store with nothing in it."""
    return stores.store("a", lambda _: None)
