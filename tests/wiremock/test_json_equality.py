"""Equality and distance of JSON values."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.wiremock.json_equality import JsonEquality
from mockserver.wiremock.regular_expressions import TookTooLong
from tests.call_counter import count_calls

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


def equality(expected: Any, *, any_order: bool = False, more: bool = False) -> JsonEquality:
    return JsonEquality(expected, "here", any_order=any_order, more=more)


def distance(expected: Any, actual: Any, *, any_order: bool = False, more: bool = False) -> float:
    """Return the distance, after a check that it agrees with the equality."""
    test = equality(expected, any_order=any_order, more=more)
    assert 0 <= test.distance(actual) <= 1
    assert (test.distance(actual) == 0) is test.accepts(actual)
    return test.distance(actual)


@given(JSON, st.booleans(), st.booleans())
def test_a_value_equals_itself(value: Any, any_order: bool, more: bool) -> None:
    assert distance(value, value, any_order=any_order, more=more) == 0


@given(JSON, JSON, st.booleans(), st.booleans())
def test_equal_values_are_also_equal_with_less_strict_options(
    expected: Any, actual: Any, any_order: bool, more: bool
) -> None:
    if distance(expected, actual, any_order=any_order, more=more) == 0:
        assert distance(expected, actual, any_order=True, more=True) == 0


@given(st.permutations([1, "a", None, [2], {"b": 3}]))
def test_the_order_of_an_array_can_be_ignored(items: list[Any]) -> None:
    expected = [1, "a", None, [2], {"b": 3}]
    assert distance(expected, items, any_order=True) == 0
    assert (distance(expected, items) == 0) is (items == expected)


@pytest.mark.parametrize(("expected", "actual", "off"), [
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
])  # fmt: skip
def test_each_part_that_differs_counts(expected: Any, actual: Any, off: float) -> None:
    assert distance(expected, actual) == off


@pytest.mark.parametrize(("expected", "actual", "any_order"), [
    ({}, {"a": 1}, False),
    ({"a": {}}, {"a": {"b": 1}, "c": 2}, False),
    ([], [1], False),
    ([1, 2], [1, 2, 3], False),
    ([3, 1], [1, 2, 3], True),
    ([{"a": 1}, {"a": 1, "b": 2}], [{"a": 1, "b": 2}, {"a": 1}], True),
    ([{}, {"a": 1}], [{"a": 1, "c": 1}, {"b": 1}], True),
])  # fmt: skip
def test_extra_elements_can_be_ignored(expected: Any, actual: Any, any_order: bool) -> None:
    assert distance(expected, actual, any_order=any_order, more=True) == 0


@pytest.mark.parametrize(("expected", "accepted", "refused"), [
    ({"a": "${json-unit.ignore}"}, [{"a": 1}, {"a": None}], [{}, {"b": 1}]),
    ({"a": "#{json-unit.ignore}"}, [{"a": 1}], [{}]),
    ({"a": "${json-unit.ignore-element}"}, [{}, {"a": [1]}], [{"b": 1}]),
    ({"a": "${json-unit.any-string}"}, [{"a": ""}], [{"a": 1}, {"a": None}, {}]),
    ({"a": "${json-unit.any-number}"}, [{"a": 1}, {"a": 1.5}], [{"a": True}, {"a": "1"}]),
    ({"a": "${json-unit.any-boolean}"}, [{"a": False}], [{"a": 0}]),
    ({"a": "${json-unit.regex}[a-z]+"}, [{"a": "abc"}], [{"a": "abc1"}, {"a": 1}]),
    ("x${json-unit.ignore}", ["x${json-unit.ignore}"], ["x1"]),
    ("${json-unit.any-string} ", [], []),
    ("#{json-unit.ignore-element}", ["#{json-unit.ignore-element}"], [1]),
], ids=str)  # fmt: skip
def test_placeholders_accept_a_kind_of_value(
    expected: Any, accepted: list[Any], refused: list[Any]
) -> None:
    if not accepted:
        with pytest.raises(Exception, match="is not supported"):
            equality(expected)
        return
    for value in accepted:
        assert distance(expected, value) == distance([expected], [value], any_order=True) == 0
    for value in refused:
        assert distance(expected, value) > 0
        assert distance([expected], [value], any_order=True) > 0


def test_placeholders_find_their_partners_in_any_order() -> None:
    assert distance(["${json-unit.any-number}", 1], [1, 2], any_order=True) == 0
    assert distance(["${json-unit.any-number}", 1], [2, "x"], any_order=True) == 0.5
    expected = ["${json-unit.regex}a.*", "${json-unit.any-string}"]
    assert distance(expected, ["ab", "x"], any_order=True) == 0
    assert distance(expected[::-1], ["ab", "x"], any_order=True) == 0


def documents(size: int) -> tuple[list[Any], list[Any]]:
    """Return two equal documents, arrays in different orders."""
    inner: list[dict[str, Any]] = [
        {"id": number, "tags": [number, str(number), [number]]} for number in range(size)
    ]
    shuffled = [{**each, "tags": each["tags"][::-1]} for each in inner]
    random.Random(size).shuffle(shuffled)
    return inner, shuffled


def work(expected: Any, actual: Any, *, more: bool = False) -> int:
    test = equality(expected, any_order=True, more=more)
    assert test.accepts(actual)
    return count_calls(lambda: test.accepts(actual))


@pytest.mark.parametrize("more", [False, True])
def test_twice_the_elements_are_twice_the_work(more: bool) -> None:
    """Calls are counted, not seconds."""
    small, large = (work(*documents(size), more=more) for size in (100, 200))
    assert large < 2.2 * small


def test_many_placeholders_find_partners() -> None:
    texts = [f"text {number}" for number in range(2000)]
    assert distance(["${json-unit.any-string}"] * 2000, texts, any_order=True) == 0


def test_a_comparison_that_would_take_too_long_is_given_up() -> None:
    texts = ["a" * length for length in range(600)]
    pattern = [f"${{json-unit.regex}}[a-z]{{{len(text)}}}" for text in reversed(texts)]
    test = equality(pattern, any_order=True)
    with pytest.raises(TookTooLong):
        test.accepts(texts)
    assert count_calls(lambda: test.distance(texts)) < 2_000_000
    assert test.distance(texts) == 1


def test_a_distance_beyond_the_budget_counts_as_a_difference() -> None:
    expected = [{"a": number, "b": 1} for number in range(900)]
    actual = [{"a": -number - 1, "b": 1} for number in range(900)]
    test = equality(expected, any_order=True)
    assert count_calls(lambda: test.distance(actual)) < 2_000_000
    assert 0.5 < test.distance(actual) <= 1
