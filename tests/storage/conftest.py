"""A store of each kind."""

import pytest

from mockserver.model.state_store import StateStore, StorageBackend
from mockserver.storage.open_backend import open_stores
from tests.places import PLACES


@pytest.fixture(params=PLACES)
def stores(request: pytest.FixtureRequest) -> StorageBackend:
    """An empty place."""
    return open_stores(PLACES[request.param](request))


@pytest.fixture
def store(stores: StorageBackend) -> StateStore:
    """A store with nothing in it."""
    return stores.store("a", lambda _: None)
