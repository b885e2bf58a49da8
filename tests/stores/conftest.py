"""A store of each kind."""

from pathlib import Path

import pytest

from mockserver.core.store import Store, Stores
from tests.places import PLACES


@pytest.fixture(params=PLACES)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Stores:
    """An empty place."""
    return PLACES[request.param](tmp_path)


@pytest.fixture
def store(stores: Stores) -> Store:
    """A store with nothing in it."""
    return stores.store("a", lambda _: None)
