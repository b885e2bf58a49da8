"""What holds for every matcher, whatever it is given."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.matchers import Matcher, parse_matcher

TEXTS = st.text(max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3)
)
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=10,
)
MATCHERS = st.one_of(
    TEXTS.map(lambda text: {"equalTo": text}),
    TEXTS.map(lambda text: {"equalTo": text, "caseInsensitive": True}),
    TEXTS.map(lambda text: {"contains": text}),
    st.sampled_from(["a.*", "[a-c]*", "", ".", "(a|b)+", "\\d+"]).map(lambda r: {"matches": r}),
    st.sampled_from(["a.*", "[a-c]*", "", "."]).map(lambda r: {"doesNotMatch": r}),
    st.just({"absent": True}),
    TEXTS.map(lambda text: {"not": {"doesNotContain": text}}),
    st.builds(
        lambda value, any_order, more: {
            "equalToJson": json.dumps(value),
            "ignoreArrayOrder": any_order,
            "ignoreExtraElements": more,
        },
        JSON,
        st.booleans(),
        st.booleans(),
    ),
    st.sampled_from(["$.a", "$..b", "$[0]", "$.a[?(@.b)]"]).map(lambda p: {"matchesJsonPath": p}),
    st.builds(
        lambda path, text: {"matchesJsonPath": {"expression": path, "contains": text}},
        st.sampled_from(["$.a", "$..b", "$[*]"]),
        st.text("ab1", max_size=2),
    ),
)
VALUES = st.none() | TEXTS | JSON.map(json.dumps)


def matcher(**words: object) -> Matcher:
    return parse_matcher(words, "here")


def agrees(judge: Matcher, value: str | None) -> bool:
    """Whether a value is accepted; its distance must say the same."""
    distance = judge.distance(value)
    assert 0 <= distance <= 1
    assert (distance == 0) is judge.accepts(value)
    return distance == 0


@given(MATCHERS, VALUES)
def test_a_distance_is_from_0_to_1_and_0_exactly_for_what_is_accepted(
    words: dict[str, Any], value: str | None
) -> None:
    agrees(parse_matcher(words, "here"), value)


@given(TEXTS)
def test_every_text_equals_contains_and_is_itself(text: str) -> None:
    assert agrees(matcher(equalTo=text), text)
    upper = "".join(each.upper() if len(each.upper()) == 1 else each for each in text)
    assert agrees(matcher(equalTo=text, caseInsensitive=True), upper)
    assert agrees(matcher(contains=text), f"x{text}y")


@given(TEXTS, TEXTS)
def test_two_texts_are_equal_only_if_they_are(one: str, other: str) -> None:
    assert agrees(matcher(equalTo=one), other) is (one == other)
    assert agrees(matcher(contains=one), other) is (one in other)


@given(st.sampled_from(["a.*", "[a-c]*", "", "(a|b)+"]), st.none() | st.text("abc"))
def test_what_does_not_match_is_what_matches_turned_round(regex: str, value: str | None) -> None:
    assert agrees(matcher(doesNotMatch=regex), value) is not agrees(matcher(matches=regex), value)


def test_what_differs_in_case_alone_is_nearer_where_case_is_ignored() -> None:
    strict, folded = matcher(equalTo="ABCD"), matcher(equalTo="ABCD", caseInsensitive=True)
    assert folded.distance("abce") < strict.distance("abce")
    assert folded.distance("ABCE") == folded.distance("abce")


@given(JSON)
def test_json_equals_itself_as_a_text_and_as_a_value(value: Any) -> None:
    text = json.dumps(value)
    assert agrees(matcher(equalToJson=text), json.dumps(value, indent=3))
    if not isinstance(value, str | None):  # a text is JSON text, null counts as absent
        assert agrees(matcher(equalToJson=value), text)


@given(st.lists(JSON, max_size=5), st.randoms())
def test_arrays_in_any_order_are_equal_where_the_order_is_ignored(
    values: list[Any], dice: Any
) -> None:
    shuffled = dice.sample(values, len(values))
    assert agrees(matcher(equalToJson=values, ignoreArrayOrder=True), json.dumps(shuffled))
    assert agrees(matcher(equalToJson=values), json.dumps(shuffled)) is same(values, shuffled)


@given(st.lists(JSON, max_size=4), st.lists(JSON, max_size=3), st.randoms())
def test_arrays_may_hold_more_in_any_order_where_both_are_ignored(
    values: list[Any], more: list[Any], dice: Any
) -> None:
    grown = [grow(value) for value in values]
    shuffled = dice.sample([*grown, *more], len(grown) + len(more))
    judge = matcher(equalToJson=values, ignoreArrayOrder=True, ignoreExtraElements=True)
    assert agrees(judge, json.dumps(shuffled))


@given(JSON)
def test_objects_and_arrays_may_hold_more_where_that_is_ignored(value: Any) -> None:
    judge = matcher(equalToJson=json.dumps(value), ignoreExtraElements=True)
    assert agrees(judge, json.dumps(grow(value)))


def test_many_equal_elements_are_paired_without_end() -> None:
    values = [1] * 300
    judge = matcher(equalToJson=values, ignoreArrayOrder=True)
    assert agrees(judge, json.dumps(values))
    assert 0 < judge.distance(json.dumps([*values[1:], 2])) < 0.01


@pytest.mark.parametrize(("expected", "actual", "distance"), [
    ([{"a": 1, "b": 2}], [{"a": 1, "b": 3}], 0.5),
    ([[1, 2], [3, 4]], [[3, 5], [1, 2]], 0.25),
    ([{"a": 1, "b": 2}, {"c": 1, "d": 2}], [{"c": 1, "d": 3}, {"a": 1, "b": 3}], 0.5),
    ([1, 2], [2], 0.5),
    ([1], [], 1),
    ([], [1], 1),
])  # fmt: skip
def test_what_is_not_equal_is_measured_against_what_comes_nearest(
    expected: Any, actual: Any, distance: float
) -> None:
    judge = matcher(equalToJson=expected, ignoreArrayOrder=True)
    assert judge.distance(json.dumps(actual)) == distance


@pytest.mark.parametrize(
    "regex", ["(" * 3000 + ")" * 3000, "a{99999999999999999999}", "(", "a++\\", "(?P<a"]
)
@pytest.mark.parametrize("operator", ["matches", "doesNotMatch"])
def test_a_bad_regular_expression_names_its_field(operator: str, regex: str) -> None:
    with pytest.raises(MappingError, match=rf"^here\.{operator} is no regular expression: "):
        matcher(**{operator: regex})


@pytest.mark.parametrize("text", ["{", "", "NaN", "[1, -Infinity]", "{'a': 1}", "[" * 100_000, "a"])
def test_a_bad_json_text_names_its_field(text: str) -> None:
    with pytest.raises(MappingError, match=r"^here\.equalToJson is not valid JSON$"):
        matcher(equalToJson=text)


@pytest.mark.parametrize("value", ["NaN", "1e999", "[" * 100_000, "\ud800", "", "nan"])
def test_what_is_hardly_json_equals_no_json(value: str) -> None:
    assert not agrees(matcher(equalToJson=[1]), value)
    assert not agrees(matcher(matchesJsonPath="$.a"), value)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def grow(value: Any) -> Any:
    """A value with more in each object and array of it."""
    if isinstance(value, dict):
        return {"more": 1, **{name: grow(item) for name, item in value.items()}}
    return [*map(grow, value), "more"] if isinstance(value, list) else value
