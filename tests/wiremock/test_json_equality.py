"""Equality and distance of JSON values."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.wiremock.json_equality import JsonEquality
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.regular_expressions import TookTooLong
from tests.call_counter import count_calls

ANY_ORDER, MORE = {"any_order": True}, {"more": True}
BOTH = {**ANY_ORDER, **MORE}
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


def equality(expected: Any, *, any_order: bool = False, more: bool = False) -> JsonEquality:
    return JsonEquality(expected, "here", any_order=any_order, more=more)


def distance(expected: Any, actual: Any, **options: bool) -> float:
    """Return the distance, after a check that it agrees with the equality."""
    test = equality(expected, **options)
    assert 0 <= test.distance(actual) <= 1
    assert (test.distance(actual) == 0) is test.accepts(actual)
    return test.distance(actual)


def same(one: Any, other: Any) -> bool:
    """Return True for the same JSON values: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def grow(value: Any) -> Any:
    """Return a value with more in each of its objects and arrays."""
    if isinstance(value, dict):
        return {"more": 1, **{name: grow(item) for name, item in value.items()}}
    return [*map(grow, value), "more"] if isinstance(value, list) else value


@given(JSON, st.sampled_from([{}, ANY_ORDER, MORE, BOTH]))
def test_a_value_equals_itself(value: Any, options: dict[str, bool]) -> None:
    assert distance(value, value, **options) == 0
    if options.get("more"):
        assert distance(value, grow(value), **options) == 0


@given(JSON, JSON, st.sampled_from([{}, ANY_ORDER, MORE, BOTH]))
def test_two_values_are_equal_only_if_they_are(
    expected: Any, actual: Any, options: dict[str, bool]
) -> None:
    is_equal = distance(expected, actual, **options) == 0
    assert is_equal is same(expected, actual) or options
    assert not is_equal or distance(expected, actual, **BOTH) == 0


@given(st.lists(JSON, max_size=4), st.lists(JSON, max_size=3), st.randoms())
def test_the_order_of_an_array_can_be_ignored(
    values: list[Any], more: list[Any], dice: Any
) -> None:
    shuffled = dice.sample(values, len(values))
    assert distance(values, shuffled, any_order=True) == 0
    assert (distance(values, shuffled) == 0) is same(values, shuffled)
    grown = [*map(grow, values), *more]
    assert distance(values, dice.sample(grown, len(grown)), any_order=True, more=True) == 0


@pytest.mark.parametrize(("expected", "actual", "options", "off"), [
    (1, 1.0, {}, 0),
    (1, True, {}, 1),
    (0, False, {}, 1),
    (0, None, {}, 1),
    ("1", 1, {}, 1),
    ([], {}, {}, 1),
    ({}, [], {}, 1),
    ({}, {"a": 1}, {}, 1),
    ({"a": 1}, {}, {}, 1),
    ({"a": 1, "b": 2}, {"a": 1}, {}, 0.5),
    ({"a": 1}, {"a": 1, "b": 2}, {}, 0.5),
    ([1, 2], [1], {}, 0.5),
    ([1], [1, 2], {}, 0.5),
    ([1, 2], [2, 1], {}, 1),
    ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, {}, 0.5),
    ([{"a": 1, "b": 2}], [{"a": 1, "b": 3}], ANY_ORDER, 0.5),
    ([[1, 2], [3, 4]], [[3, 5], [1, 2]], ANY_ORDER, 0.25),
    ([{"a": 1, "b": 2}, {"c": 1, "d": 2}], [{"c": 1, "d": 3}, {"a": 1, "b": 3}], ANY_ORDER, 0.5),
    ([1, 2], [2], ANY_ORDER, 0.5),
    ([1], [], ANY_ORDER, 1),
    ([], [1], ANY_ORDER, 1),
    ({"a": {}}, {"a": {"b": 1}, "c": 2}, MORE, 0),
    ([1, 2], [1, 2, 3], MORE, 0),
    ([3, 1], [1, 2, 3], BOTH, 0),
    ([{"a": 1}, {"a": 1, "b": 2}], [{"a": 1, "b": 2}, {"a": 1}], BOTH, 0),
    ([{}, {"a": 1}], [{"a": 1, "c": 1}, {"b": 1}], BOTH, 0),
    (["${json-unit.any-number}", 1], [1, 2], ANY_ORDER, 0),
    (["${json-unit.any-number}", 1], [2, "x"], ANY_ORDER, 0.5),
    (["${json-unit.regex}a.*", "${json-unit.any-string}"], ["ab", "x"], ANY_ORDER, 0),
    (["${json-unit.any-string}", "${json-unit.regex}a.*"], ["ab", "x"], ANY_ORDER, 0),
    (["${json-unit.any-string}"] * 2000, [f"text {n}" for n in range(2000)], ANY_ORDER, 0),
    ([1] * 300, [1] * 300, ANY_ORDER, 0),
    ([1] * 300, [2, *[1] * 299], ANY_ORDER, pytest.approx(1 / 300)),
], ids=lambda value: str(value)[:40])  # fmt: skip
def test_each_part_that_differs_counts(
    expected: Any, actual: Any, options: dict[str, bool], off: float
) -> None:
    assert distance(expected, actual, **options) == off


@pytest.mark.parametrize(("expected", "accepted", "refused"), [
    ({"a": "${json-unit.ignore}"}, [{"a": 1}, {"a": None}], [{}, {"b": 1}]),
    ({"a": "#{json-unit.ignore}"}, [{"a": 1}], [{}]),
    ({"a": "${json-unit.ignore-element}"}, [{}, {"a": [1]}], [{"b": 1}]),
    ({"a": "${json-unit.any-string}"}, [{"a": ""}], [{"a": 1}, {"a": None}, {}]),
    ({"a": "${json-unit.any-number}"}, [{"a": 1}, {"a": 1.5}], [{"a": True}, {"a": "1"}]),
    ({"a": "${json-unit.any-boolean}"}, [{"a": False}], [{"a": 0}]),
    ({"a": "${json-unit.regex}[a-z]+"}, [{"a": "abc"}], [{"a": "abc1"}, {"a": 1}]),
    ("x${json-unit.ignore}", ["x${json-unit.ignore}"], ["x1"]),
    ("#{json-unit.ignore-element}", ["#{json-unit.ignore-element}"], [1]),
], ids=str)  # fmt: skip
def test_placeholders_accept_a_kind_of_value(
    expected: Any, accepted: list[Any], refused: list[Any]
) -> None:
    for value in accepted:
        assert distance(expected, value) == distance([expected], [value], any_order=True) == 0
    for value in refused:
        assert distance(expected, value) > 0
        assert distance([expected], [value], any_order=True) > 0
    with pytest.raises(MappingError, match="is not supported"):
        equality("${json-unit.any-string} ")


def documents(size: int) -> tuple[list[Any], list[Any]]:
    """Return two equal documents, arrays in different orders."""
    inner = [{"id": number, "tags": [number, str(number), [number]]} for number in range(size)]
    shuffled: list[Any] = [{**each, "tags": each["tags"][::-1]} for each in inner]  # type: ignore[index]
    random.Random(size).shuffle(shuffled)
    return inner, shuffled


@pytest.mark.parametrize("more", [False, True])
def test_twice_the_elements_are_twice_the_work(more: bool) -> None:
    """Calls are counted, not seconds."""
    costs = []
    for expected, actual in map(documents, (100, 200)):
        test = equality(expected, any_order=True, more=more)
        assert test.accepts(actual)
        costs.append(count_calls(lambda test=test, actual=actual: test.accepts(actual)))  # type: ignore[misc]
    assert costs[1] < 2.2 * costs[0]


def test_a_comparison_beyond_the_budget_is_given_up_and_its_rest_counts_as_different() -> None:
    texts = ["a" * length for length in range(600)]
    pattern = [f"${{json-unit.regex}}[a-z]{{{len(text)}}}" for text in reversed(texts)]
    test = equality(pattern, any_order=True)
    with pytest.raises(TookTooLong):
        test.accepts(texts)
    assert count_calls(lambda: test.distance(texts)) < 2_000_000
    assert test.distance(texts) == 1
    far = equality([{"a": number, "b": 1} for number in range(900)], any_order=True)
    actual = [{"a": -number - 1, "b": 1} for number in range(900)]
    assert count_calls(lambda: far.distance(actual)) < 2_000_000
    assert 0.5 < far.distance(actual) <= 1
