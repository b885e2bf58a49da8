"""A warm call goes through few files, so that a reader can follow it."""

import pytest

from benchmarks.hops import LIMITS, HopCounter, measure


@pytest.fixture(scope="module")
def measured() -> dict[str, HopCounter]:
    return measure()


@pytest.mark.parametrize("name", LIMITS)
def test_call_changes_file_seldom(measured: dict[str, HopCounter], name: str) -> None:
    counter = measured[name]
    assert 0 < counter.changes <= LIMITS[name], "\n".join(counter.path)
