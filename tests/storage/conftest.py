"""A store of each kind."""

import pytest

from mockserver.model.state_store import StateStore, StorageBackend
from mockserver.storage import open_backend
from tests.store_urls import STORE_URLS


@pytest.fixture(params=STORE_URLS)
def backend(request: pytest.FixtureRequest) -> StorageBackend:
    """Return an empty backend."""
    return open_backend(STORE_URLS[request.param](request))


@pytest.fixture
def store(backend: StorageBackend) -> StateStore:
    """Return an empty store."""
    return backend.store("a", lambda _: None)
