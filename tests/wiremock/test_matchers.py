"""Matchers of one value, in WireMock's words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.matchers import Matcher, parse_matcher
from tests.call_counter import count_calls

BODY = '{"a": {"b": [1, "x", null]}, "c": true}'
NO_REGEX = [
    *("(", "(" * 3000 + ")" * 3000, "(" * 5000 + ")" * 5000, "a{99999999999999999999}", "["),
    *("a++\\", "(?P<a"),
]
NO_JSON = ["{", "NaN", "[1, -Infinity]", "{'a': 1}", "[" * 100_000, "a", ""]


def matcher(**words: object) -> Matcher:
    return parse_matcher(words, "here")


def agrees(judge: Matcher, value: str | None) -> bool:
    """Return True for an accepted value, after a check that its distance says the same."""
    distance = judge.distance(value)
    assert 0 <= distance <= 1
    assert (distance == 0) is judge.accepts(value), value
    return distance == 0


@pytest.mark.parametrize(("words", "accepted", "refused"), [
    ({"equalTo": "Ab"}, ["Ab"], ["ab", "", "Ab ", None]),
    ({"equalTo": ""}, [""], ["x", None]),
    ({"equalTo": "Straße", "caseInsensitive": True}, ["STRAẞE", "straße"], ["STRASSE", None]),
    ({"equalTo": "a", "caseInsensitive": False}, ["a"], ["A"]),
    ({"contains": "b"}, ["abc", "b"], ["ac", "B", "", None]),
    ({"matches": "a.*c"}, ["ac", "abc", "a\nc"], ["abcd", "xabc", "", None]),
    ({"matches": ""}, [""], ["a", None]),
    ({"doesNotMatch": "a.*c"}, ["abcd", "", None], ["abc"]),
    ({"absent": True}, [None], ["", "a"]),
    ({"anything": "x"}, ["", "a", None], []),
    ({"doesNotContain": "b"}, ["a", "", None], ["abc"]),
    ({"equalToNumber": 1}, ["1", "1.0", " 1e0"], ["2", "", "one", "0_1", "\u0661", None]),
    ({"and": [{"contains": "a"}, {"contains": "b"}]}, ["ab"], ["a", "b", None]),
    ({"or": [{"equalTo": "a"}, {"absent": True}]}, ["a", None], ["b", ""]),
    ({"not": {"equalTo": "a"}}, ["b", "", None], ["a"]),
    ({"matchesJsonSchema": {"type": "object"}}, ["{}"], ["[]", "text", "", None]),
    ({"matchesJsonSchema": '{"type": "string"}'}, ['"a"', "text"], ["1", None]),
    ({"matchesJsonSchema": {"pattern": "^a"}}, ['"ab"', "1"], ['"ba"', None]),
    ({"matchesJsonSchema": {"uniqueItems": True}}, ["[1, true, [1, 2], [2, 1], {}]", "{}"],
     ['[{"a": [1]}, {"a": [1.0]}]', "[null, null]"]),
    ({"matchesJsonSchema": {"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}}}, ["null"],
     ["1"]),
    ({"matchesJsonSchema": {"id": "x", "type": "array"}, "schemaVersion": "V4"}, ["[]"], ["{}"]),
    *(({"matchesJsonSchema": {"$ref": ref}}, [], ["1", None]) for ref in ("#", "#/missing")),
    ({"equalToJson": '{"a": 1}'}, ['{"a":1.0}', ' {"a": 1}'], ['{"a": true}', "{", "", None]),
    ({"equalToJson": {"a": [1]}}, ['{"a": [1]}'], ['{"a": [1, 2]}', '{"a": [1], "b": 1}']),
    ({"equalToJson": {"a": 1}, "ignoreExtraElements": True}, ['{"a": 1, "b": 2}'],
     ['{"b": 2}', '{"a": 2}']),
    ({"equalToJson": [1, 2], "ignoreArrayOrder": True}, ["[2, 1]"], ["[2, 2]", "[1]"]),
    ({"equalToJson": "null"}, ["null"], ["0", "", None]),
    ({"equalToJson": 5}, ["5", "5.0"], ["6", '"5"']),
    ({"equalToJson": [1]}, ["[1]"], ["NaN", "1e999", "[" * 100_000, "\ud800", "", "nan"]),
    ({"matchesJsonPath": "$.a"}, [BODY], ["NaN", "1e999", "[" * 100_000, "\ud800", "", "nan"]),
    ({"matchesJsonPath": "$.a.b[0]"}, [BODY], ['{"a": {}}', "[]", "no json", "", None]),
    ({"matchesJsonPath": {"expression": "$.a.b[1]", "equalTo": "x"}}, [BODY],
     ['{"a": {"b": [1, "y"]}}', "{}", None]),
    ({"matchesJsonPath": {"expression": "$.d", "absent": True}}, [BODY, None], ['{"d": 1}']),
    ({"equalTo": "a", "contains": None}, ["a"], ["b"]),
], ids=str)  # fmt: skip
def test_a_matcher_accepts_what_it_says(
    words: dict[str, object], accepted: list[str | None], refused: list[str | None]
) -> None:
    assert [agrees(matcher(**words), value) for value in accepted] == [True] * len(accepted)
    assert [agrees(matcher(**words), value) for value in refused] == [False] * len(refused)


@pytest.mark.parametrize(("value", "word"), [
    ({}, "here must have one of equalTo, "),
    ("text", "here must be an object"),
    (None, "here must be an object"),
    ({"equals": "a"}, "here.equals is not supported"),
    ({"equalTo": "a", "contains": "b"}, "here.contains cannot be combined with equalTo"),
    ({"equalTo": "a", "nonsense": 1}, "here.nonsense is not supported"),
    ({"equalTo": 1}, "here.equalTo must be a string"),
    ({"equalTo": "a", "caseInsensitive": "yes"}, "here.caseInsensitive must be true or false"),
    ({"contains": ["a"]}, "here.contains must be a string"),
    *(({"matches": regex}, "here.matches is not a regular expression: ") for regex in NO_REGEX),
    *(({"doesNotMatch": regex}, "here.doesNotMatch is not a regular expr") for regex in NO_REGEX),
    ({"absent": 1}, "here.absent must be true or false"),
    ({"absent": False}, "here.absent: false means true in WireMock"),
    ({"anything": True}, "here.anything must be a string"),
    ({"equalToNumber": "1"}, "here.equalToNumber must be a number"),
    ({"equalToNumber": float("nan")}, "here.equalToNumber must be a number"),
    ({"and": [{"equalTo": "a"}, {"is": 1}]}, "here.and[1].is is not supported"),
    ({"or": {}}, "here.or must be a list"),
    ({"not": []}, "here.not must be an object"),
    ({"matches": r"\p{Alpha}"}, r"here.matches: \p (Unicode properties) is not supported"),
    ({"matchesJsonSchema": {"type": 5}}, "here.matchesJsonSchema is not a JSON schema"),
    ({"matchesJsonSchema": {"$ref": "http://localhost/"}}, "reference to another document"),
    ({"matchesJsonSchema": {"patternProperties": {}}}, "patternProperties is not supported"),
    ({"matchesJsonSchema": {"items": {"pattern": "[a[b]]"}}}, "unions of character classes"),
    ({"matchesJsonSchema": {}, "schemaVersion": "V1"}, "schemaVersion must be one of V4, "),
    ({"equalToJson": ["${json-unit.matches:x}"]}, "here.equalToJson: ${json-unit.matches:x}"),
    ({"equalToJson": ["${json-unit.other}"]}, "${json-unit.other} is not supported"),
    ({"equalToJson": ["${json-unit.regex}("]}, "here.equalToJson is not a regular expression"),
    *(({"equalToJson": text}, "here.equalToJson is not valid JSON") for text in NO_JSON),
    ({"equalToJson": "{}", "ignoreArrayOrder": 1}, "here.ignoreArrayOrder must be true or"),
    ({"matchesJsonPath": "$["}, "here.matchesJsonPath is not a JSONPath"),
    ({"matchesJsonPath": 1}, "here.matchesJsonPath must be an object"),
    ({"matchesJsonPath": []}, "here.matchesJsonPath must be an object"),
    ({"matchesJsonPath": {"expression": "$.a"}}, "here.matchesJsonPath must have one of"),
    ({"matchesJsonPath": {"expression": 1, "equalTo": ""}}, "expression must be a string"),
    ({"matchesJsonPath": {"expression": "$[", "equalTo": ""}}, "is not a JSONPath"),
    ({"matchesJsonPath": {"equalTo": ""}}, "here.matchesJsonPath.expression is required"),
    ({"matchesJsonPath": {"expression": None, "equalTo": ""}}, "expression is required"),
    ({"matchesJsonPath": {"expression": "$", "is": ""}}, "here.matchesJsonPath.is is not supp"),
    ({"matchesJsonPath": {"expression": "$", "matchesJsonPath": "["}},
     "here.matchesJsonPath.matchesJsonPath is not a JSONPath"),
], ids=lambda value: str(value)[:48])  # fmt: skip
def test_what_is_no_matcher_is_refused_and_the_field_named(value: object, word: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_matcher(value, "here")
    assert word in str(caught.value)


@pytest.mark.parametrize(("words", "operator", "expected"), [
    *(({word: "a"}, word, "a") for word in ("equalTo", "contains", "matches", "doesNotMatch")),
    ({"absent": True}, "absent", "true"),
    ({"equalToJson": '{"a":1}'}, "equalToJson", '{"a": 1}'),
    ({"matchesJsonPath": "$.a"}, "matchesJsonPath", "$.a"),
    ({"matchesJsonPath": {"expression": "$.a", "contains": "b"}}, "matchesJsonPath",
     "$.a contains b"),
])  # fmt: skip
def test_a_matcher_says_what_it_asks_for(
    words: dict[str, object], operator: str, expected: str
) -> None:
    assert (matcher(**words).operator, matcher(**words).expected) == (operator, expected)


def test_the_more_alike_the_less_distant() -> None:
    judge = matcher(equalTo="/v1/dev/temp-token")
    values = ["/v1/dev/temp-token", "/v1/dev/temptoken", "/v1/dev", "xyz", None]
    distances = [judge.distance(value) for value in values]
    assert distances == sorted(distances)
    assert (distances[0], distances[-1]) == (0, 1)
    assert matcher(equalTo="x" * 1000).distance("x" * 999) > 0
    strict, folded = matcher(equalTo="ABCD"), matcher(equalTo="ABCD", caseInsensitive=True)
    assert folded.distance("abce") == folded.distance("ABCE") < strict.distance("abce")


TEXTS = st.text(max_size=20)
ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
OPERATORS = ["equalTo", "contains", "matches", "doesNotMatch", "absent", "equalToJson"]
REGEX = st.sampled_from(["a.*", "[a-c]*", "", ".", "(a|b)+", "\\d+", "(a|b)*c"])
MATCHERS = st.one_of(
    TEXTS.map(lambda text: {"equalTo": text}),
    TEXTS.map(lambda text: {"equalTo": text, "caseInsensitive": True}),
    TEXTS.map(lambda text: {"contains": text}),
    REGEX.map(lambda regex: {"matches": regex}),
    REGEX.map(lambda regex: {"doesNotMatch": regex}),
    st.just({"absent": True}),
    TEXTS.map(lambda text: {"not": {"doesNotContain": text}}),
    ANY_JSON.filter(lambda value: value is not None).map(lambda value: {"equalToJson": value}),
    st.sampled_from(["$.a", "$..b", "$[0]", "$.a[?(@.b)]"]).map(lambda p: {"matchesJsonPath": p}),
    st.dictionaries(st.sampled_from([*OPERATORS, "matchesJsonPath"]), ANY_JSON, max_size=2),
)


@given(MATCHERS, st.none() | st.text() | ANY_JSON.map(json.dumps))
def test_a_distance_is_from_0_to_1_and_0_exactly_for_what_is_accepted(
    words: dict[str, Any], value: str | None
) -> None:
    try:
        judge = parse_matcher(words, "here")
    except MappingError:
        return
    agrees(judge, value)


@given(TEXTS, TEXTS)
def test_two_texts_are_equal_only_if_they_are(one: str, other: str) -> None:
    assert agrees(matcher(equalTo=one), one)
    upper = "".join(each.upper() if len(each.upper()) == 1 else each for each in one)
    assert agrees(matcher(equalTo=one, caseInsensitive=True), upper)
    assert agrees(matcher(contains=one), f"x{one}y")
    assert agrees(matcher(equalTo=one), other) is (one == other)
    assert agrees(matcher(contains=one), other) is (one in other)


@given(REGEX, st.none() | st.text("abc1"))
def test_what_does_not_match_is_what_matches_turned_round(regex: str, value: str | None) -> None:
    assert agrees(matcher(doesNotMatch=regex), value) is not agrees(matcher(matches=regex), value)


def test_unique_items_are_found_in_linear_time() -> None:
    unique = matcher(matchesJsonSchema={"uniqueItems": True})
    texts = [json.dumps([{"a": number} for number in range(count)]) for count in (1, 100, 200)]
    costs = [count_calls(lambda text=text: unique.accepts(text)) for text in texts]  # type: ignore[misc]
    assert costs[2] < 2.2 * costs[1]
