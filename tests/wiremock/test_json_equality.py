"""How far one JSON value is from another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.wiremock.json_equality import json_distance

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


def far(expected: Any, actual: Any, *, any_order: bool = False, more: bool = False) -> float:
    return json_distance(expected, actual, any_order=any_order, more=more)


@given(JSON, st.booleans(), st.booleans())
def test_a_value_is_at_no_distance_from_itself(value: Any, any_order: bool, more: bool) -> None:
    assert far(value, value, any_order=any_order, more=more) == 0


@given(JSON, JSON, st.booleans(), st.booleans())
def test_a_distance_is_from_0_to_1_and_0_only_for_what_matches(
    expected: Any, actual: Any, any_order: bool, more: bool
) -> None:
    distance = far(expected, actual, any_order=any_order, more=more)
    assert 0 <= distance <= 1
    if distance == 0:
        assert far(expected, actual, any_order=True, more=True) == 0


@given(st.permutations([1, "a", None, [2], {"b": 3}]))
def test_an_array_in_any_order_is_the_same_if_that_is_asked(items: list[Any]) -> None:
    expected = [1, "a", None, [2], {"b": 3}]
    assert far(expected, items, any_order=True) == 0
    assert (far(expected, items) == 0) is (items == expected)


@pytest.mark.parametrize(
    ("expected", "actual", "distance"),
    [
        (1, 1.0, 0),
        (1, True, 1),
        (0, False, 1),
        (0, None, 1),
        ("1", 1, 1),
        ([], {}, 1),
        ({}, [], 1),
        ({}, {"a": 1}, 1),
        ({"a": 1}, {}, 1),
        ({"a": 1, "b": 2}, {"a": 1}, 0.5),
        ({"a": 1}, {"a": 1, "b": 2}, 0.5),
        ([1, 2], [1], 0.5),
        ([1], [1, 2], 0.5),
        ([1, 2], [2, 1], 1),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, 0.5),
    ],
)
def test_each_part_that_differs_counts(expected: Any, actual: Any, distance: float) -> None:
    assert far(expected, actual) == distance


@pytest.mark.parametrize(
    ("expected", "actual", "any_order"),
    [
        ({}, {"a": 1}, False),
        ({"a": {}}, {"a": {"b": 1}, "c": 2}, False),
        ([], [1], False),
        ([1, 2], [1, 2, 3], False),
        ([3, 1], [1, 2, 3], True),
        ([{"a": 1}, {"a": 1, "b": 2}], [{"a": 1, "b": 2}, {"a": 1}], True),
    ],
)
def test_there_may_be_more_if_that_is_asked(expected: Any, actual: Any, any_order: bool) -> None:
    assert far(expected, actual, any_order=any_order, more=True) == 0
