"""Request patterns: spellings of a path, repeated values, and what is shown of a condition."""

from typing import Any
from urllib.parse import unquote

import pytest

from mockserver.model.http import Headers, Request, RoutedRequest
from mockserver.model.redaction import Redactor
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.pattern_fields import parse_pattern
from mockserver.wiremock.request_pattern import addresses, endpoint_pattern, shown
from mockserver.wiremock.request_values import RequestValues, quoted
from tests.engine_client import fresh_engine, request

ROUTER = fresh_engine().router


def routed(line: str, **headers: str) -> RoutedRequest:
    return ROUTER.route(request(line, headers))[0]


def matches(pattern: dict[str, Any], came: RoutedRequest) -> bool:
    """Whether a request matches; the distance must say the same."""
    parsed = parse_pattern(pattern)
    assert parsed.matches(came) is (parsed.distance(came) == 0)
    return parsed.matches(came)


@pytest.mark.parametrize("field", ["urlPath", "url", "urlPathPattern", "urlPattern"])
@pytest.mark.parametrize(("line", "path", "expected"), [
    ("GET /dstor/v1/dev/temp-token", "/v1/dev/temp-token", True),
    ("GET /dstor/v1/dev/temp-token", "/dstor/v1/dev/temp-token", True),
    ("GET /v1/dev/temp-token", "/v1/dev/temp-token", True),
    ("GET /v1/dev/temp-token", "/dstor/v1/dev/temp-token", False),
    ("GET /dstor", "/dstor", True),
    ("GET /dstor", "/", True),
    ("GET /nobodys/path", "/nobodys/path", True),
    ("GET /nobodys/path", "/path", False),
    ("GET /dapi/v1/dev/temp-token", "/dstor/v1/dev/temp-token", False),
])  # fmt: skip
def test_a_path_is_meant_with_and_without_the_vendors_prefix(
    field: str, line: str, path: str, expected: bool
) -> None:
    assert matches({field: path}, routed(line)) is expected


def test_a_vendors_host_needs_no_prefix() -> None:
    came = routed("GET /v1/dev/temp-token", Host="api.dstor.cloud")
    assert matches({"vendor": "dstor", "urlPath": "/v1/dev/temp-token"}, came)
    assert not matches({"urlPath": "/dstor/v1/dev/temp-token"}, came)


@pytest.mark.parametrize("path", ["/a%20b/%C3%A9", "/a b/é"])
@pytest.mark.parametrize("field", ["urlPath", "urlPathPattern"])
def test_a_path_may_be_spelled_as_it_was_sent_or_as_it_is_read(field: str, path: str) -> None:
    assert matches({field: path}, routed("GET /a%20b/%C3%A9"))
    assert matches({field: f"/dapi{path}"}, routed("GET /dapi/a%20b/%C3%A9"))


def test_a_url_is_spelled_as_it_was_sent() -> None:
    came = routed("GET /a%20b?q=%20x&r")
    assert matches({"url": "/a%20b?q=%20x&r"}, came)
    assert not matches({"url": "/a b?q= x&r"}, came)
    assert not matches({"url": "/a%20b"}, came)


@pytest.mark.parametrize(("matcher", "expected"), [
    ({"equalTo": "1"}, True),
    ({"equalTo": "2 3"}, True),
    ({"equalTo": ""}, True),
    ({"equalTo": "4"}, False),
    ({"doesNotMatch": "1"}, True),
    ({"includes": [{"equalTo": "1"}, {"equalTo": "2 3"}]}, True),
    ({"includes": [{"equalTo": "1"}, {"equalTo": "4"}]}, False),
    ({"hasExactly": [{"equalTo": "1"}, {"equalTo": "2 3"}, {"equalTo": ""}]}, True),
    ({"hasExactly": [{"equalTo": "1"}, {"equalTo": "2 3"}]}, False),
    ({"hasExactly": [{"equalTo": "1"}]}, False),
    ({"absent": True}, False),
], ids=str)  # fmt: skip
def test_of_a_repeated_parameter_any_value_may_be_the_one(
    matcher: dict[str, Any], expected: bool
) -> None:
    came = routed("GET /?a=1&a=2+3&a=&b=4")
    assert matches({"queryParameters": {"a": matcher}}, came) is expected


@pytest.mark.parametrize("name", ["headers", "queryParameters"])
@pytest.mark.parametrize("matcher", [{"absent": True}, {"doesNotMatch": ".*"}], ids=str)
def test_what_is_not_there_is_absent_and_matches_nothing(
    name: str, matcher: dict[str, Any]
) -> None:
    assert matches({name: {"A": matcher}}, routed("GET /"))
    assert not matches({name: {"A": matcher}}, routed("GET /?A=x", A="x"))


@pytest.mark.parametrize("name", [
    "vendor", "endpoint", "method", "url", "urlPath", "urlPattern", "urlPathPattern", "headers",
    "queryParameters", "basicAuthCredentials", "bodyPatterns",
])  # fmt: skip
def test_null_counts_as_absent(name: str) -> None:
    assert parse_pattern({name: None}).conditions == ()
    assert matches({name: None, "method": "GET"}, routed("GET /"))


@pytest.mark.parametrize("names", [("url", "urlPattern"), ("urlPath", "urlPathPattern")])
def test_two_words_for_the_url_cannot_go_together(names: tuple[str, str]) -> None:
    with pytest.raises(MappingError, match=rf"request\.{names[1]} cannot go with {names[0]}"):
        parse_pattern(dict.fromkeys(names, "/"))
    parse_pattern({names[0]: "/", names[1]: None})


def test_a_field_is_named_with_all_that_it_stands_in() -> None:
    deep = {"expression": "$.a", "equalTo": 1}
    body = {"bodyPatterns": [{"absent": True}, {"matchesJsonPath": deep}]}
    with pytest.raises(MappingError) as caught:
        parse_pattern({"pattern": body}["pattern"], "pattern")
    assert str(caught.value).startswith("pattern.bodyPatterns[1].matchesJsonPath.equalTo must be")
    with pytest.raises(MappingError, match=r"^nonsense is not supported$"):
        parse_pattern({"nonsense": 1}, "")


def test_no_condition_is_met_by_every_request() -> None:
    assert parse_pattern({}).distance(routed("GET /")) == 0


def test_each_condition_counts_by_its_weight() -> None:
    came = routed("GET /a", A="x")
    wrong: dict[str, dict[str, Any]] = {
        "url": {"urlPath": "\x00"},
        "body": {"bodyPatterns": [{"contains": "x"}]},
        "method": {"method": "\x00"},
        "header": {"headers": {"B": {"contains": ""}}},
    }
    far = {
        name: parse_pattern({"method": "GET", "urlPath": "/a", **changed}).distance(came)
        for name, changed in wrong.items()
    }
    assert list(far) == sorted(far, key=far.__getitem__, reverse=True)
    assert far["url"] == 10 / 13
    assert far["header"] == 2 / 15


def test_an_endpoint_is_a_method_and_a_path() -> None:
    pattern = endpoint_pattern("kitegateway", "POST", "/v1/auth/token")
    labels = [condition.label for condition in pattern.conditions]
    assert labels == ["vendor", "method", "URL path"]
    assert pattern.matches(routed("POST /kitegateway/v1/auth/token"))
    assert not pattern.matches(routed("GET /kitegateway/v1/auth/token"))
    assert not pattern.matches(routed("POST /dapi/v1/auth/token"))
    assert pattern.distance(RoutedRequest(request("POST /x"), None, None, "/v1/auth/token")) == 0


@pytest.mark.parametrize(("pattern", "expected", "actual"), [
    ({"method": "put"}, "PUT", "GET"),
    ({"vendor": "dstor"}, "dstor", "dapi"),
    ({"endpoint": "identity"}, "identity", "(absent)"),
    ({"urlPath": "/pat"}, "/pat", "/path"),
    ({"url": "/dapi/path?b=1"}, "/dapi/path?b=1", "/dapi/path?a=1&a=2"),
    ({"urlPattern": "/x"}, "matches /x", "/path?a=1&a=2"),
    ({"queryParameters": {"a": {"equalTo": "22"}}}, "22", "2"),
    ({"queryParameters": {"c": {"contains": "1"}}}, "contains 1", "(absent)"),
    ({"headers": {"X-A": {"matches": "a+"}}}, "matches a+", "some text"),
    ({"bodyPatterns": [{"equalToJson": [1, {}]}]}, "equalToJson [1, {}]", "(absent)"),
], ids=str)  # fmt: skip
def test_a_condition_shows_what_it_asks_and_what_came_nearest(
    pattern: dict[str, Any], expected: str, actual: str
) -> None:
    came = routed("GET /dapi/path?a=1&a=2", **{"X-A": "some text"})
    (condition,) = parse_pattern(pattern).conditions
    assert shown(condition, came, Redactor(b"key", tuple)) == (expected, actual)


def came(target: str) -> RoutedRequest:
    """What comes of a target that was sent so."""
    path, _, query = target.partition("?")
    return ROUTER.route(Request("GET", unquote(path), query, target=target))[0]


@pytest.mark.parametrize(("pattern", "target"), [
    ({"urlPath": "/a%2Fb"}, "/a%2Fb"),
    ({"urlPath": "/a%2fb"}, "/a%2Fb"),
    ({"urlPath": "/a/b"}, "/a%2Fb"),
    ({"urlPath": "/z%7Ez"}, "/z%7Ez"),
    ({"urlPath": "/z~z"}, "/z%7Ez"),
    ({"url": "/zz?"}, "/zz?"),
    ({"url": "/zz"}, "/zz?"),
    ({"urlPath": "/zz"}, "/zz?"),
    ({"url": "/%c3%bc?a=%c3"}, "/%C3%BC?a=%C3"),
    ({"url": "/%C3%BC"}, "/%c3%bc"),
    ({"urlPath": "/ü"}, "/%c3%bc"),
    ({"urlPathPattern": "/a%2F[b]"}, "/a%2Fb"),
    ({"urlPattern": "/%c3%bc"}, "/%c3%bc"),
    ({"url": "/v1/a%2Fb?x"}, "/dstor/v1/a%2Fb?x"),
    ({"urlPath": "/v1/a%2Fb"}, "/dstor/v1/a%2Fb?x"),
    ({"url": "/dstor/v1/a%2Fb?x"}, "/dstor/v1/a%2Fb?x"),
    ({"url": "/"}, "/dstor"),
    ({"url": "/?x="}, "/dstor?x="),
], ids=str)  # fmt: skip
def test_a_url_is_matched_as_it_was_sent(pattern: dict[str, Any], target: str) -> None:
    parsed = parse_pattern(pattern)
    assert parsed.matches(came(target))
    assert parsed.address is None or parsed.address in addresses(RequestValues(came(target)))


def test_a_header_called_url_is_no_address() -> None:
    assert parse_pattern({"headers": {"url": {"equalTo": "/a"}}}).address is None
    assert parse_pattern({"url": "/%c3"}).address == ("url", "/%C3")


@pytest.mark.parametrize(
    ("pattern", "target"),
    [({"urlPath": "/a%2Fb"}, "/a/b"), ({"url": "/zz?"}, "/zz"), ({"url": "/a%2fb"}, "/a/b")],
    ids=str,
)
def test_what_was_sent_otherwise_does_not_match(pattern: dict[str, Any], target: str) -> None:
    assert not parse_pattern(pattern).matches(came(target))


@pytest.mark.parametrize("value", ["a", "b", "B"])
def test_of_a_header_that_came_twice_any_value_matches(value: str) -> None:
    twice = Request("GET", "/", headers=Headers([("X", "a"), ("Y", "c"), ("x", "b")]))
    pattern = parse_pattern({"headers": {"X": {"equalTo": value, "caseInsensitive": True}}})
    assert pattern.matches(RoutedRequest(twice))
    assert not pattern.matches(RoutedRequest(Request("GET", "/", headers=Headers([("X", "c")]))))
    joined = parse_pattern({"headers": {"X": {"equalTo": "a, b"}}})
    assert not joined.matches(RoutedRequest(twice))


@pytest.mark.parametrize(("matcher", "body", "holds"), [
    ({"absent": True}, b"", True),
    ({"absent": True}, b" ", False),
    ({"not": {"absent": True}}, b"", False),
    ({"not": {"absent": True}}, b"x", True),
    ({"equalTo": ""}, b"", False),
    ({"anything": "x"}, b"", True),
], ids=str)  # fmt: skip
def test_an_empty_body_is_absent(matcher: dict[str, Any], body: bytes, holds: bool) -> None:
    pattern = parse_pattern({"bodyPatterns": [matcher]})
    assert pattern.matches(RoutedRequest(Request("POST", "/", body=body))) is holds


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_case_of_a_scheme_says_nothing(scheme: str) -> None:
    pattern = parse_pattern({"basicAuthCredentials": {"username": "u", "password": "p"}})
    for value, holds in ((f"{scheme} dTpw", True), (f"{scheme} dTpx", False), ("Bearer a", False)):
        sent = Headers([("Authorization", value)])
        assert pattern.matches(RoutedRequest(Request("GET", "/", headers=sent))) is holds
    assert not pattern.matches(RoutedRequest(Request("GET", "/")))


def test_the_brackets_of_a_tag_stay_in_a_path() -> None:
    assert quoted("/a b/[redacted:12ab]") == "/a%20b/[redacted:12ab]"
