"""Fixtures of all tests."""

from pathlib import Path

import pytest
from hypothesis import settings

from mockserver.engine.engine import Engine
from tests.asking import fresh_engine
from tests.places import PLACES

settings.register_profile("mockserver", deadline=None, max_examples=60, print_blob=True)
settings.load_profile("mockserver")


@pytest.fixture(params=PLACES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """All vendors with a state of their own; the clock stands at NOW."""
    return fresh_engine(stores=PLACES[request.param](tmp_path))
