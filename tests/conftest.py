"""Fixtures of all tests."""

import pytest
from hypothesis import settings

from mockserver.engine.engine import Engine
from tests.asking import fresh_engine

settings.register_profile("mockserver", deadline=None, max_examples=60, print_blob=True)
settings.load_profile("mockserver")


@pytest.fixture
def engine() -> Engine:
    """All vendors with a state of their own; the clock stands at NOW."""
    return fresh_engine()
