"""A store of each kind."""

import pytest

from mockserver.model.state_store import StateStore, StorageBackend
from mockserver.storage import open_backend
from tests.store_urls import STORE_URLS


@pytest.fixture(params=STORE_URLS)
def backend(request: pytest.FixtureRequest) -> StorageBackend:
    """An empty place."""
    return open_backend(STORE_URLS[request.param](request))


@pytest.fixture
def store(backend: StorageBackend) -> StateStore:
    """A store with nothing in it."""
    return backend.store("a", lambda _: None)
