"""JSONPath: what it finds is judged as WireMock judges it."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.matchers import parse_matcher

BODY: dict[str, Any] = {
    "name": "n",
    "none": None,
    "no": False,
    "zero": 0,
    "text": "",
    "list": [],
    "object": {},
    "tags": ["a", "b", 1],
    "people": [{"name": "x", "age": 3}, {"name": "y"}],
}


def accepts(matcher: object, body: Any = BODY) -> bool:
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return parse_matcher({"matchesJsonPath": matcher}, "here").accepts(text)


@pytest.mark.parametrize("matcher", [
    {"expression": "$.a", "contains": "ü"}, {"expression": "$.a", "contains": '"b":"ü"'},
    {"expression": "$.a", "equalTo": '{"b":"ü","c":[1,2]}'},
])  # fmt: skip
def test_what_is_no_text_is_judged_as_compact_json(matcher: dict[str, Any]) -> None:
    assert accepts(matcher, {"a": {"b": "ü", "c": [1, 2]}})


@pytest.mark.parametrize(("path", "found"), [
    ("$.name", True),
    ("$.no", True),
    ("$.zero", True),
    ("$.text", True),
    ("$.none", False),
    ("$.list", False),
    ("$.object", False),
    ("$.missing", False),
    ("$.missing.deeper", False),
    ("$", True),
    ("$.tags[0]", True),
    ("$.tags[7]", False),
    ("$..age", True),
    ("$..agent", False),
    ("$.people[*].name", True),
    ("$.people[?(@.name == 'y')]", True),
    ("$.people[?(@.name == 'z')]", False),
    ("$.people[?(@.age > 2)]", True),
    ("$.people[?(@.name > 2)]", False),
    ("$.people[?(@.name =~ /[xz]/)]", True),
    ("name", True),
    ("$.tags.length()", True),
    ("$.list[*]", False),
])  # fmt: skip
def test_a_path_must_lead_to_something(path: str, found: bool) -> None:
    assert accepts(path) is found


@pytest.mark.parametrize(("matcher", "accepted"), [
    ({"expression": "$.name", "equalTo": "n"}, True),
    ({"expression": "$.name", "equalTo": '"n"'}, False),
    ({"expression": "$.zero", "equalTo": "0"}, True),
    ({"expression": "$.no", "equalTo": "false"}, True),
    ({"expression": "$.object", "equalToJson": {}}, True),
    ({"expression": "$.object", "equalTo": "{}"}, True),
    ({"expression": "$.none", "equalTo": "null"}, False),
    ({"expression": "$.tags", "equalTo": "b"}, True),
    ({"expression": "$.tags", "equalTo": "1"}, True),
    ({"expression": "$.tags", "equalTo": "c"}, False),
    ({"expression": "$.tags", "equalToJson": ["a", "b", 1]}, True),
    ({"expression": "$.tags", "equalToJson": ["a"]}, False),
    ({"expression": "$.tags", "equalToJson": ["a"], "ignoreExtraElements": True}, True),
    ({"expression": "$..name", "equalTo": "y"}, True),
    ({"expression": "$.people[*].name", "equalToJson": ["x", "y"]}, True),
    ({"expression": "$.people[0]", "equalToJson": {"age": 3.0, "name": "x"}}, True),
    ({"expression": "$.people[*]", "matchesJsonPath": "$.age"}, True),
    ({"expression": "$.missing", "absent": True}, True),
    ({"expression": "$.none", "absent": True}, True),
    ({"expression": "$.list", "absent": True}, True),
    ({"expression": "$..agent", "absent": True}, True),
    ({"expression": "$.zero", "absent": True}, False),
    ({"expression": "$.missing", "doesNotMatch": "a"}, False),
    ({"expression": "$.name", "doesNotMatch": "a"}, True),
    ({"expression": "$.name", "matches": "[a-z]"}, True),
    ({"expression": "$.missing", "matches": ".*"}, False),
], ids=str)  # fmt: skip
def test_what_is_found_is_given_to_a_matcher(matcher: dict[str, Any], accepted: bool) -> None:
    assert accepts(matcher) is accepted


@pytest.mark.parametrize("body", [None, "", "no json", "{", "[" * 100_000])
def test_in_what_is_no_json_nothing_is_found(body: str | None) -> None:
    assert not accepts("$", body)
    assert not accepts({"expression": "$", "matches": ".*"}, body)
    assert accepts({"expression": "$.a", "absent": True}, body)


@pytest.mark.parametrize("path", [
    "$[", "$.a b", "$[?(@.a == ]", "$[?(@.a =~ /(/)]", "$[99999999999999999999]", "$.a[",
    "$[?length(@)]", "$['a' 'b']", "$" + "[?(" * 300, "$[?" + "(" * 3000 + ")" * 3000 + "]",
    "$.a.nope()", "$..a.length()", "$.name | $.missing", "$.a[?@ == 1]",
], ids=lambda path: path[:20])  # fmt: skip
def test_a_bad_path_names_its_field_in_one_line(path: str) -> None:
    for given_path in (path, {"expression": path, "absent": True}):
        with pytest.raises(MappingError) as caught:
            parse_matcher({"matchesJsonPath": given_path}, "here")
        assert str(caught.value).startswith("here.matchesJsonPath is no JSONPath: ")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("matcher", "message"), [
    ({"equalTo": "a"}, "here.matchesJsonPath.expression is required"),
    ({"expression": None, "equalTo": "a"}, "here.matchesJsonPath.expression is required"),
    ({"expression": 1, "equalTo": "a"}, "here.matchesJsonPath.expression must be a text"),
    ({"expression": "$.a"}, "here.matchesJsonPath must have one of"),
    ({"expression": "$.a", "equals": "a"}, "here.matchesJsonPath.equals is not supported"),
    ({"expression": "$", "matchesJsonPath": "["}, "here.matchesJsonPath.matchesJsonPath is no"),
    ([], "here.matchesJsonPath must be an object"),
], ids=str)  # fmt: skip
def test_a_matcher_of_what_is_found_is_read_strictly(matcher: object, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_matcher({"matchesJsonPath": matcher}, "here")
    assert message in str(caught.value)


@given(
    st.text("$.[]()?@'\"*:,=<>!&|~/abc01 -", max_size=20), st.sampled_from([BODY, [BODY], 1, "a"])
)
def test_no_path_and_no_body_break_anything(path: str, body: object) -> None:
    with contextlib.suppress(MappingError):
        judge = parse_matcher({"matchesJsonPath": f"${path}"}, "here")
        assert judge.accepts(json.dumps(body)) in (True, False)
