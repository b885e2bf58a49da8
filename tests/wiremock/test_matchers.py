"""Matchers of one value, in WireMock's words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.matchers import Matcher, parse_matcher

BODY = '{"a": {"b": [1, "x", null]}, "c": true}'


def matcher(**words: object) -> Matcher:
    return parse_matcher(words, "here")


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
    ({"equalToNumber": 1}, ["1", "1.0", " 1e0"], ["2", "", "one", None]),
    ({"and": [{"contains": "a"}, {"contains": "b"}]}, ["ab"], ["a", "b", None]),
    ({"or": [{"equalTo": "a"}, {"absent": True}]}, ["a", None], ["b", ""]),
    ({"not": {"equalTo": "a"}}, ["b", "", None], ["a"]),
    ({"matchesJsonSchema": {"type": "object"}}, ["{}"], ["[]", "text", "", None]),
    ({"matchesJsonSchema": '{"type": "string"}'}, ['"a"', "text"], ["1", None]),
    ({"matchesJsonSchema": {"pattern": "^a"}}, ['"ab"', "1"], ['"ba"', None]),
    ({"matchesJsonSchema": {"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}}}, ["null"],
     ["1"]),
    ({"matchesJsonSchema": {"id": "x", "type": "array"}, "schemaVersion": "V4"}, ["[]"], ["{}"]),
    ({"equalToJson": '{"a": 1}'}, ['{"a":1.0}', ' {"a": 1}'], ['{"a": true}', "{", "", None]),
    ({"equalToJson": {"a": [1]}}, ['{"a": [1]}'], ['{"a": [1, 2]}', '{"a": [1], "b": 1}']),
    ({"equalToJson": {"a": 1}, "ignoreExtraElements": True}, ['{"a": 1, "b": 2}'],
     ['{"b": 2}', '{"a": 2}']),
    ({"equalToJson": [1, 2], "ignoreArrayOrder": True}, ["[2, 1]"], ["[2, 2]", "[1]"]),
    ({"equalToJson": "null"}, ["null"], ["0", "", None]),
    ({"equalToJson": 5}, ["5", "5.0"], ["6", '"5"']),
    ({"matchesJsonPath": "$.a.b[0]"}, [BODY], ['{"a": {}}', "[]", "no json", "", None]),
    ({"matchesJsonPath": "$.a.b[?(@ == 'x')]"}, [BODY], ['{"a": {"b": ["y"]}}']),
    ({"matchesJsonPath": {"expression": "$.a.b[1]", "equalTo": "x"}}, [BODY],
     ['{"a": {"b": [1, "y"]}}', "{}", None]),
    ({"matchesJsonPath": {"expression": "$.c", "equalTo": "true"}}, [BODY], ['{"c": false}']),
    ({"matchesJsonPath": {"expression": "$.d", "absent": True}}, [BODY, None], ['{"d": 1}']),
    ({"matchesJsonPath": {"expression": "$.a", "equalToJson": {}}}, ['{"a": {}}'], [BODY]),
    ({"equalTo": "a", "contains": None}, ["a"], ["b"]),
], ids=str)  # fmt: skip
def test_a_matcher_accepts_what_it_says(
    words: dict[str, object], accepted: list[str | None], refused: list[str | None]
) -> None:
    judge = matcher(**words)
    for value in accepted:
        assert (judge.accepts(value), judge.distance(value)) == (True, 0), value
    for value in refused:
        assert not judge.accepts(value), value
        assert 0 < judge.distance(value) <= 1, value


@pytest.mark.parametrize(("value", "word"), [
    ({}, "here must have one of equalTo, "),
    ("text", "here must be an object"),
    (None, "here must be an object"),
    ({"equals": "a"}, "here.equals is not supported"),
    ({"equalTo": "a", "contains": "b"}, "here.contains cannot go with equalTo"),
    ({"equalTo": "a", "nonsense": 1}, "here.nonsense is not supported"),
    ({"equalTo": 1}, "here.equalTo must be a text"),
    ({"equalTo": "a", "caseInsensitive": "yes"}, "here.caseInsensitive must be true or false"),
    ({"contains": ["a"]}, "here.contains must be a text"),
    ({"matches": "("}, "here.matches is no regular expression"),
    ({"matches": "(" * 5000 + ")" * 5000}, "here.matches is no regular expression"),
    ({"matches": "a{99999999999999999999}"}, "here.matches is no regular expression"),
    ({"doesNotMatch": "["}, "here.doesNotMatch is no regular expression"),
    ({"absent": 1}, "here.absent must be true or false"),
    ({"absent": False}, "here.absent: false means true in WireMock"),
    ({"anything": True}, "here.anything must be a text"),
    ({"equalToNumber": "1"}, "here.equalToNumber must be a number"),
    ({"equalToNumber": float("nan")}, "here.equalToNumber must be a number"),
    ({"and": [{"equalTo": "a"}, {"is": 1}]}, "here.and[1].is is not supported"),
    ({"or": {}}, "here.or must be a list"),
    ({"not": []}, "here.not must be an object"),
    ({"matches": "[a-z&&[^b]]"}, "intersections of character classes are not supported"),
    ({"matches": "[a[b]]"}, "unions of character classes are not supported"),
    ({"matches": r"\p{Alpha}"}, r"here.matches: \p (Unicode properties) is not supported"),
    ({"matchesJsonSchema": {"type": 5}}, "here.matchesJsonSchema is no JSON schema"),
    ({"matchesJsonSchema": {"$ref": "http://localhost/"}}, "reference to another document"),
    ({"matchesJsonSchema": {"patternProperties": {}}}, "patternProperties is not supported"),
    ({"matchesJsonSchema": {"items": {"pattern": "[a[b]]"}}}, "unions of character classes"),
    ({"matchesJsonSchema": {}, "schemaVersion": "V1"}, "schemaVersion must be one of V4, "),
    ({"equalToJson": ["${json-unit.matches:x}"]}, "here.equalToJson: ${json-unit.matches:x}"),
    ({"equalToJson": ["${json-unit.other}"]}, "${json-unit.other} is not supported"),
    ({"equalToJson": ["${json-unit.regex}("]}, "here.equalToJson is no regular expression"),
    ({"equalToJson": "{"}, "here.equalToJson is not valid JSON"),
    ({"equalToJson": "{}", "ignoreArrayOrder": 1}, "here.ignoreArrayOrder must be true or"),
    ({"matchesJsonPath": "$["}, "here.matchesJsonPath is no JSONPath"),
    ({"matchesJsonPath": 1}, "here.matchesJsonPath must be an object"),
    ({"matchesJsonPath": {"expression": "$.a"}}, "here.matchesJsonPath must have one of"),
    ({"matchesJsonPath": {"expression": 1, "equalTo": ""}}, "expression must be a text"),
    ({"matchesJsonPath": {"expression": "$[", "equalTo": ""}}, "is no JSONPath"),
], ids=lambda value: str(value)[:48])  # fmt: skip
def test_what_is_no_matcher_is_refused_and_the_field_named(value: object, word: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_matcher(value, "here")
    assert word in str(caught.value)


@pytest.mark.parametrize(("words", "operator", "expected"), [
    ({"equalTo": "a"}, "equalTo", "a"),
    ({"contains": "a"}, "contains", "a"),
    ({"matches": "a"}, "matches", "a"),
    ({"doesNotMatch": "a"}, "doesNotMatch", "a"),
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


def test_texts_that_differ_only_far_behind_are_never_at_distance_zero() -> None:
    assert matcher(equalTo="x" * 1000).distance("x" * 999) > 0


ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
OPERATORS = ["equalTo", "contains", "matches", "doesNotMatch", "absent", "equalToJson"]


@given(st.dictionaries(st.sampled_from([*OPERATORS, "matchesJsonPath"]), ANY_JSON, max_size=2))
def test_nothing_breaks_the_parser(value: dict[str, Any]) -> None:
    try:
        judge = parse_matcher(value, "here")
    except MappingError:
        return
    assert judge.accepts("text") in (True, False)
    assert 0 <= judge.distance(None) <= 1


@given(st.text())
def test_no_value_breaks_a_matcher(value: str) -> None:
    for words in (
        {"matchesJsonPath": "$..a"},
        {"equalToJson": {"a": [1, {}]}},
        {"matches": "(a|b)*c"},
    ):
        judge = matcher(**words)
        assert judge.accepts(value) is (judge.distance(value) == 0)
