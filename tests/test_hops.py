"""A warm call goes through few files, so that a reader can follow it."""

import pytest

from benchmarks.hops import LIMITS, HopCounter, measure
from mockserver.server import server_state


@pytest.fixture(scope="module")
def measured() -> dict[str, HopCounter]:
    """Return the shortest of three ways: head and body of a POST may come in two pieces."""
    found = [measure() for _ in range(3)]
    return {
        name: min((each[name] for each in found), key=lambda one: one.changes) for name in LIMITS
    }


@pytest.mark.parametrize("name", LIMITS)
def test_call_changes_file_seldom(measured: dict[str, HopCounter], name: str) -> None:
    counter = measured[name]
    if name == "server POST" and server_state.__file__.endswith(".so"):
        pytest.skip("calls of compiled functions are not seen")
    assert 0 < counter.changes <= LIMITS[name], "\n".join(counter.path)
