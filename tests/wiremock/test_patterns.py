"""Request patterns: what a stub waits for, and what a verification counts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.http import Request, RoutedRequest
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.pattern_fields import parse_pattern
from mockserver.wiremock.request_values import url_of
from tests.engine_client import basic, fresh_engine, request

ROUTER = fresh_engine().router
BODY = b'{"appSecret": "x", "n": 1}'


def routed(line: str, **headers: str) -> RoutedRequest:
    return ROUTER.route(request(line, headers, body=BODY))[0]


EXCHANGE = routed("POST /dapi/v2/auth/ExchangeToken?a=1&a=2&b=%20x", Accept="text/html")


@pytest.mark.parametrize(("pattern", "matches"), [
    ({}, True),
    ({"method": "POST"}, True),
    ({"method": "post"}, True),
    ({"method": "ANY"}, True),
    ({"method": "any"}, True),
    ({"method": "GET"}, False),
    ({"vendor": "dapi"}, True),
    ({"vendor": "dstor"}, False),
    ({"vendor": "dapi", "endpoint": "exchange_token"}, True),
    ({"endpoint": "identity"}, False),
    ({"urlPath": "/dapi/v2/auth/ExchangeToken"}, True),
    ({"urlPath": "/v2/auth/ExchangeToken"}, True),
    ({"urlPath": "/v2/auth/exchangetoken"}, False),
    ({"urlPathPattern": "/v2/.*"}, True),
    ({"urlPathPattern": "/v2/"}, False),
    ({"url": "/v2/auth/ExchangeToken?a=1&a=2&b=%20x"}, True),
    ({"url": "/dapi/v2/auth/ExchangeToken?a=1&a=2&b=%20x"}, True),
    ({"url": "/v2/auth/ExchangeToken"}, False),
    ({"urlPattern": ".*a=2.*"}, True),
    ({"urlPattern": "/v2/auth/ExchangeToken"}, False),
    ({"headers": {"accept": {"contains": "html"}}}, True),
    ({"headers": {"ACCEPT": {"equalTo": "text/html"}}}, True),
    ({"headers": {"Accept": {"equalTo": "x"}}}, False),
    ({"headers": {"X-Other": {"absent": True}}}, True),
    ({"headers": {"X-Other": {"matches": ".*"}}}, False),
    ({"queryParameters": {"a": {"equalTo": "2"}}}, True),
    ({"queryParameters": {"a": {"equalTo": "3"}}}, False),
    ({"queryParameters": {"b": {"equalTo": " x"}}}, True),
    ({"queryParameters": {"c": {"absent": True}}}, True),
    ({"bodyPatterns": [{"contains": "appSecret"}]}, True),
    ({"bodyPatterns": [{"contains": "appSecret"}, {"matchesJsonPath": "$.n"}]}, True),
    ({"bodyPatterns": [{"contains": "appSecret"}, {"contains": "no"}]}, False),
    ({"method": "POST", "urlPath": "/x"}, False),
    ({"basicAuthCredentials": {"username": "u", "password": "p"}}, False),
    ({"method": None, "headers": None}, True),
], ids=str)  # fmt: skip
def test_a_pattern_matches_what_it_says(pattern: dict[str, Any], matches: bool) -> None:
    parsed = parse_pattern(pattern)
    assert parsed.matches(EXCHANGE) is matches
    assert (parsed.distance(EXCHANGE) == 0) is matches
    assert 0 <= parsed.distance(EXCHANGE) <= 1


def test_basic_credentials_are_matched() -> None:
    pattern = parse_pattern({"basicAuthCredentials": {"username": "u", "password": "p:"}})
    assert pattern.matches(routed("POST /x", **basic("u", "p:")))
    assert not pattern.matches(routed("POST /x", **basic("u", "p")))


def test_a_request_that_is_nobodys_has_no_vendor() -> None:
    nobodys = routed("GET /nowhere")
    assert (nobodys.vendor, nobodys.endpoint) == (None, None)
    assert not parse_pattern({"vendor": "dapi"}).matches(nobodys)


@pytest.mark.parametrize(("pattern", "message"), [
    ([], "request must be an object"),
    ({"nonsense": 1}, "request.nonsense is not supported"),
    ({"method": 1}, "request.method must be a text"),
    ({"vendor": True}, "request.vendor must be a text"),
    ({"url": "/a", "urlPath": "/a"}, "request.urlPath cannot go with url"),
    ({"url": 1}, "request.url must be a text"),
    ({"urlPattern": "("}, "request.urlPattern is no regular expression"),
    ({"headers": []}, "request.headers must be an object"),
    ({"headers": {"a": "b"}}, "request.headers.a must be an object"),
    ({"queryParameters": {"a": {"is": 1}}}, "request.queryParameters.a.is is not supported"),
    ({"bodyPatterns": {}}, "request.bodyPatterns must be a list"),
    ({"bodyPatterns": [{}, {}]}, "request.bodyPatterns[0] must have one of"),
    ({"basicAuthCredentials": "u:p"}, "request.basicAuthCredentials must be an object"),
    ({"basicAuthCredentials": {"user": ""}}, "request.basicAuthCredentials.user is not"),
    ({"basicAuthCredentials": {"username": 1}}, "basicAuthCredentials.username must be a"),
], ids=str)  # fmt: skip
def test_what_is_no_pattern_is_refused_and_the_field_named(pattern: object, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_pattern(pattern)
    assert message in str(caught.value)


def test_the_url_is_what_was_decided_upon_first_in_a_distance() -> None:
    pattern = parse_pattern({"method": "POST", "urlPath": "/v2/auth/ExchangeToken"})
    right_path, right_method = routed("GET /v2/auth/ExchangeToken"), routed("POST /nowhere")
    assert pattern.distance(right_path) < pattern.distance(right_method)


@pytest.mark.parametrize(("asked", "url"), [
    (Request("GET", "/"), "/"),
    (Request("GET", "/a b/é"), "/a%20b/%C3%A9"),
    (Request("GET", "/a:@!$&'()*+,;=~-._"), "/a:@!$&'()*+,;=~-._"),
    (Request("GET", "/a?b"), "/a%3Fb"),
    (Request("GET", "/a", "b=c%20d"), "/a?b=c%20d"),
])  # fmt: skip
def test_a_url_is_written_as_in_a_request_line(asked: Request, url: str) -> None:
    assert url_of(asked) == url


NAMES = ["method", "url", "urlPath", "urlPattern", "headers", "queryParameters", "bodyPatterns"]


@given(
    st.dictionaries(
        st.sampled_from([*NAMES, "basicAuthCredentials", "vendor"]),
        st.none()
        | st.text()
        | st.integers()
        | st.lists(st.dictionaries(st.text(), st.text()))
        | st.dictionaries(st.text(), st.dictionaries(st.just("equalTo"), st.text())),
    )
)
def test_nothing_breaks_the_parser(pattern: dict[str, Any]) -> None:
    try:
        parsed = parse_pattern(pattern)
    except MappingError:
        return
    assert parsed.matches(EXCHANGE) is (parsed.distance(EXCHANGE) == 0)
