"""JSONPath, as WireMock 3.13.2 judges it: each result of the two lists was taken from it."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.wiremock.json_text import parse_json
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.matchers import parse_matcher

DIALECT: dict[str, Any] = {
    **{"a": {"b": [1, "x", None]}, "c": True, "n": 1, "s": "1", "f": 1.5, "e": [], "o": {}},
    **{"z": None, "list": [{"b": 1}, {"b": "2"}, {"b": 3, "k": "xY"}], "t": "hello"},
}
BODY: dict[str, Any] = {
    **{"name": "n", "none": None, "no": False, "zero": 0, "text": "", "list": [], "object": {}},
    **{"tags": ["a", "b", 1], "people": [{"name": "x", "age": 3}, {"name": "y"}]},
}


def accepts(matcher: object, body: Any = BODY) -> bool:
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return parse_matcher({"matchesJsonPath": matcher}, "here").accepts(text)


@pytest.mark.parametrize("path", [
    "$[?(@.n == 1)]", "$[?(@.n=='1')]", "$[?(@.s == 1)]", "$.list[?(@.b == '1')]",
    "$.list[?(@.b == 2)]", "$.list[?(@.k =~ /x.*/i)]", "$.list[?(@.k =~ /x.*/)]",
    "$.list[?(@.b in [1,5])]", "$.list.length()", "$.list[?(@.b > 2)]", "$.list[?(@.b >= '2')]",
    "$.list[?(@.k)]", "$.list[?(!@.k)]", "$.list[?(@.k empty false)]", "$[?(@.list size 3)]",
    "$[?(@.e empty true)]", "$.n", "$..b", "$.list[0:2]", "$.list[-1]", "$.list[-1:]",
    "$.list[0,1]", "$['n','s']", "$.list[?(@.b == 1 || @.k == 'xY')]",
    "$[?(@.t contains 'ell')]", "n", "list[0].b", "$.a.b.sum()", "$.a.keys()", "$", "@.n",
    "$.list[?(@.b == 1)].b", "$.list[?(@['b'] == 1)]", "$.list[?(@.b == $.n)]",
    "$.list[?(@.b!=1)]", "$.list[?(@.b === 1)]", "$.list[?(@.b == 1.0)]", "$[?(@.f == 1.5)]",
    "$[?(@.c == true)]", "$[?(@.z == null)]", "$[?(@.o == {})]", "$[?(@.e == [])]",
    "$.list[?(@.b=='2')]", "$..[?(@.b)]", "$.*", "$..*", "$.list[*]",
    "$.list[?(@.length() == 1)]", "$[?(@.list.length() == 3)]", "$.a.b[?(@ == 'x')]",
    "$.list.first()", "$.list.last()", "$.list.index(0)", "$.list.index(-1)",
    "$.a.b.min()", "$.a.b.max()", "$.a.b.avg()", "$.a.b.stddev()", "$.list.size()",
    "$.list.index(1)", "$[?(@.n == '1.0')]", "$[?(@.a == {'b': [1, 'x', null]})]",
    '$[?(@.a == {"b": [1, "x", null]})]', "$[?(@.a.b == [1,'x',null])]", "$[?(@.t size 5)]",
    "$[?(@.t empty false)]", "$.list[?(@.b in ['2'])]", "$[?(@.n in [1])]",
    "$[?(@.e subsetof [1])]", "$[?(@.e noneof [1])]", "$[?(@.a.b noneof [2])]",
    "$[?(@.a.b subsetof [1,'x',null])]", "$[?(@.a.b anyof ['x'])]", "$[?(@.a.b contains 'x')]",
    "$[?('x' in @.a.b)]", "$[?(@.n =~ /1/)]", "$[?(@.f =~ /1.5/)]", "$[?(@.c =~ /true/)]",
    "$[?(@.a.b =~ /x/)]", "$[?(/hel+o/ =~ @.t)]", "$[?(@.n < 2)]", "$[?(@.t < 'i')]",
    "$[?(@.n <= 1)]", "$[?((@.n == 1))]", "$[?(!(@.n == 2))]", "$[?(@.n == 1 && @.s == '1')]",
    "$[?(@.n == 1e0)]", "$[?(@.f == 15e-1)]", "$[?(@['a'].b)]", '$[?(@.t == "hello")]',
    "$[?(@.n == 1)].n", "$[?(!@.qq)]", "$[?(@.a.length() == 1)]", "$[?(@.n==1||@.n==2)]",
    "$.a['b'][0]", "$['list'][*]['k']", "$.list[1:]", "$.list[:1]", "$.list[-2:-1]", "$..list[0]",
    "$..list[?(@.k)]", "$.*.b", "$..['b']", "$['qq','n']", "$..b[0]", "$.list.*", "$.a.*",
])  # fmt: skip
def test_a_path_leads_to_something(path: str) -> None:
    assert accepts(path, DIALECT)


@pytest.mark.parametrize("path", [
    "$.list[?(@.k =~ /x/i)]", "$.list[?(@.b nin [1,2,'2',3])]", "$.e", "$.o", "$.z", "$.missing",
    "$..qq", "$.list[*].qq", "$.list[9]", "$.list[?(@.b == 1 && @.k == 'xY')]",
    "$.list[?(@.b anyof [1])]", "$.a[?(@ anyof [1])]", "$[?(@.b subsetof [1,'x',null])]",
    "$[?(@.b contains 'x')]", "$.t[?(@ contains 'ell')]", "$.list.min()", "$.list[*].b.sum()",
    "$.n.length()", "$.t.length()", "$[?(@.c == 'true')]", "$[?(@.q == null)]",
    "$.list[?(@.q == null)]", "$[?(@.list.length() > 5)]",
    "$.list.index(9)", "$.o.keys()", "$.list.keys()", "$.n.max()", "$.n.first()", "$.e.first()",
    "$[?(@.s == 1.0)]", "$[?(@.n == 'x')]", "$[?(@.list == [1])]", "$[?(@.a.b == [1.0,'x',null])]",
    "$[?(@.e == {})]", "$[?(@.list size 2)]", "$[?(@.n size 1)]", "$[?(@.o empty true)]",
    "$[?(@.e empty 1)]", "$[?(@.n empty true)]", "$[?(@.n in {'a':1})]", "$[?(@.n in 1)]",
    "$[?(@.e anyof [1])]", "$[?(@.a.b noneof [1])]", "$[?(@.a.b subsetof [1])]",
    "$[?(@.a.b anyof ['y'])]", "$[?(@.o subsetof [1])]", "$[?(@.o noneof [1])]",
    "$[?(@.o anyof [1])]", "$[?(@.a.b contains 'y')]", "$[?(@.n contains 'x')]",
    "$[?(@.list contains 1)]", "$[?(@.z =~ /x/)]", "$[?(/x/ =~ /x/)]", "$[?(@.t =~ 'hello')]",
    "$[?(@.n != 1)]", "$[?(@.n !== 1)]", "$[?(@.missing == 1)]", "$[?(@.a.keys() == 1)]",
    "$[?(@.n > 'a')]", "$[?(@.o == {'a': 1})]", "$[?(@.t == 'he\\'llo')]", "$[?(!@.n)]",
    "$.list[?($.n)]", "$.list[5,6]", "$.n[0]", "$.n.x", "$.t[0]", "$.n.*",
])  # fmt: skip
def test_a_path_leads_to_nothing(path: str) -> None:
    assert not accepts(path, DIALECT)


@pytest.mark.parametrize(("path", "found"), [
    *((path, True) for path in ("$.no", "$.zero", "$.text", "$.tags[0]", "$.people[*].name")),
    *((path, False) for path in ("$.none", "$.list[*]", "$.missing.deeper", "$..agent")),
    ("$.people[?(@.name == 'z')]", False), ("$.people[?(@.name > 2)]", False),
    ("$.people[?(@.name =~ /[xz]/)]", True), ("$..[1]", True), ("$..[9]", False),
])  # fmt: skip
def test_a_false_zero_or_empty_text_is_something_and_null_is_not(path: str, found: bool) -> None:
    assert accepts(path) is found


@pytest.mark.parametrize(("path", "matcher", "accepted"), [
    ("$.name", {"equalTo": "n"}, True),
    ("$.name", {"equalTo": '"n"'}, False),
    ("$.zero", {"equalTo": "0"}, True),
    ("$.no", {"equalTo": "false"}, True),
    ("$.object", {"equalToJson": {}}, True),
    ("$.object", {"equalTo": "{}"}, True),
    ("$.none", {"equalTo": "null"}, False),
    ("$.tags", {"equalTo": "b"}, True),
    ("$.tags", {"equalTo": "1"}, True),
    ("$.tags", {"equalTo": "c"}, False),
    ("$.tags", {"equalToJson": ["a", "b", 1]}, True),
    ("$.tags", {"equalToJson": ["a"]}, False),
    ("$.tags", {"equalToJson": ["a"], "ignoreExtraElements": True}, True),
    ("$..name", {"equalTo": "y"}, True),
    ("$.people[*].name", {"equalToJson": ["x", "y"]}, True),
    ("$.people[0]", {"equalToJson": {"age": 3.0, "name": "x"}}, True),
    ("$.people[*]", {"matchesJsonPath": "$.age"}, True),
    *((path, {"absent": True}, True) for path in ("$.missing", "$.none", "$.list", "$..agent")),
    ("$.zero", {"absent": True}, False),
    ("$.missing", {"doesNotMatch": "a"}, False),
    ("$.name", {"doesNotMatch": "a"}, True),
    ("$.name", {"matches": "[a-z]"}, True),
    ("$.missing", {"matches": ".*"}, False),
], ids=str)  # fmt: skip
def test_what_is_found_is_given_to_a_matcher(
    path: str, matcher: dict[str, Any], accepted: bool
) -> None:
    assert accepts({"expression": path, **matcher}) is accepted


def test_a_large_or_tiny_number_equals_its_spellings() -> None:
    for number, text in ((1e10, "10000000000"), (1.5e10, "15e9"), (1e-4, "0.0001")):
        assert accepts(f"$[?(@.n == {text})]", {"n": number})


LARGE = 500_001
SQUARED = 1_000  # too large: the steps of paths and operators in a filter count, too


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("$.a[*]", LARGE),
        ("$..b", LARGE),
        ("$.a[?($..b == $..b)]", SQUARED),
        ("$.a[?($.a.sum() == 0)]", SQUARED),
        ("$.a[?(@ nin $.c)]", SQUARED),
        ("$[?(@.a noneof $.c)]", SQUARED),
        ("$.a[?($.a == $.a)]", SQUARED),
        ("$.a[?($.a =~ /0/)]", SQUARED),
    ],
)
def test_a_path_that_takes_too_long_leads_to_nothing(path: str, size: int) -> None:
    documents = [{"a": [0] * each, "b": 1, "c": [1] * each} for each in (100, size)]
    found = [accepts(path, each) for each in documents]
    assert found == [True, False]


def test_what_is_no_text_is_judged_as_compact_json() -> None:
    body = {"a": {"b": "ü", "c": [1, 2]}}
    whole = {"equalTo": '{"b":"ü","c":[1,2]}'}
    for matcher in ({"contains": "ü"}, {"contains": '"b":"ü"'}, whole):
        assert accepts({"expression": "$.a", **matcher}, body)


@pytest.mark.parametrize("body", [None, "", "no json", "{", "[" * 100_000])
def test_in_what_is_no_json_nothing_is_found(body: str | None) -> None:
    assert not accepts("$", body)
    assert not accepts({"expression": "$", "matches": ".*"}, body)
    assert accepts({"expression": "$.a", "absent": True}, body)


@pytest.mark.parametrize("path", [
    "$[", "$.a b", "$[?(@.a == ]", "$[?(@.a =~ /(/)]", "$[99999999999999999999]", "$.a[",
    "$[?length(@)]", "$['a' 'b']", "$" + "[?(" * 300, "$[?" + "(" * 3000 + ")" * 3000 + "]",
    "$.a.nope()", "$..a.length()", "$.name | $.missing", "$.a[?@ == 1]",
    "$[?(@.a == 1]", "$[?(@.a == 1) x]", "$[?(!@.a == 1)]", "$[?(!1)]", "$[?(1)]", "$..",
    "$[?(@.a type 'x')]", "$.nope(1)", "$[?(!'a')]", "$[?(@.a == x)]", "$[?(@.a =~ /x)]",
    "$[?(@.a =~ /x/q)]", "$[?(@.a == [1)]", "$[?(@.a == {x})]", "$.a.length().b",
    "$..*.b", "$..[0].b", "$.a(b)", "$...a", "$[?(@.a == !1)]", "$[?(@.a =~ /x/U)]", "$[?(@.a",
], ids=lambda path: path[:20])  # fmt: skip
def test_a_bad_path_names_its_field_in_one_line(path: str) -> None:
    for given_path in (path, {"expression": path, "absent": True}):
        with pytest.raises(MappingError) as caught:
            parse_matcher({"matchesJsonPath": given_path}, "here")
        assert str(caught.value).startswith("here.matchesJsonPath is not a JSONPath: ")
        assert "\n" not in str(caught.value)


@given(
    st.text("$.[]()?@'\"*:,=<>!&|~/abc01 -", max_size=20), st.sampled_from([BODY, [BODY], 1, "a"])
)
def test_no_path_and_no_body_break_anything(path: str, body: object) -> None:
    with contextlib.suppress(MappingError):
        assert accepts(f"${path}", json.dumps(body)) in (True, False)


@pytest.mark.parametrize(("text", "value"), [
    ("{'a': 'it\\'s \"b\"'}", {"a": 'it\'s "b"'}),
    ('/* a */ {"b": 1} // c', {"b": 1}),
    ('{"a": "// b"} rest', {"a": "// b"}),
])  # fmt: skip
def test_json_is_read_with_comments_single_quotes_and_a_rest(text: str, value: object) -> None:
    assert parse_json(text) == value
    for nothing in ("", "/*", '"a', "a"):
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            parse_json(nothing)
