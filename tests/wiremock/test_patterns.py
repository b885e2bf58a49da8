"""Request patterns: what a stub waits for, and what a verification counts."""

import contextlib
import gzip
import zlib
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.http import Headers, Request, RoutedRequest
from mockserver.model.redaction import Redactor
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.pattern_fields import parse_pattern
from mockserver.wiremock.request_pattern import addresses, endpoint_pattern, shown
from mockserver.wiremock.request_values import RequestValues, body_text, quoted, url_of
from tests.engine_client import basic, fresh_engine, request

ROUTER = fresh_engine().router
BODY = b'{"appSecret": "x", "n": 1}'


def routed(line: str, headers: Any = (), body: bytes = b"") -> RoutedRequest:
    return ROUTER.route(request(line, headers, body=body))[0]


def sent(target: str, scheme: str = "http", host: str = "") -> RoutedRequest:
    """Return what arrives of a target that was sent so."""
    path, _, query = target.partition("?")
    headers = Headers([("Host", host)])
    return ROUTER.route(
        Request("GET", unquote(path), query, headers, target=target, scheme=scheme)
    )[0]


def matches(pattern: Any, came: RoutedRequest) -> bool:
    """Return True if a request matches, after a check that its distance says the same."""
    parsed = parse_pattern(pattern)
    assert 0 <= parsed.distance(came) <= 1
    assert parsed.matches(came) is (parsed.distance(came) == 0)
    return parsed.matches(came)


EXCHANGE = routed(
    "POST /dapi/v2/auth/ExchangeToken?a=1&a=2+3&a=&b=%20x", {"Accept": "text/html"}, BODY
)
TWO_OF_A = [{"equalTo": "1"}, {"equalTo": "2 3"}]


@pytest.mark.parametrize("pattern", [
    {}, {"method": "POST"}, {"method": "post"}, {"method": "ANY"}, {"method": "any"},
    {"vendor": "dapi"}, {"vendor": "dapi", "endpoint": "exchange_token"},
    {"urlPath": "/dapi/v2/auth/ExchangeToken"}, {"urlPath": "/v2/auth/ExchangeToken"},
    {"urlPathPattern": "/v2/.*"}, {"urlPattern": ".*a=2.*"},
    {"url": "/v2/auth/ExchangeToken?a=1&a=2+3&a=&b=%20x"},
    {"url": "/dapi/v2/auth/ExchangeToken?a=1&a=2+3&a=&b=%20x"},
    {"headers": {"accept": {"contains": "html"}}},
    {"headers": {"ACCEPT": {"equalTo": "text/html"}}},
    {"headers": {"X-Other": {"absent": True}}}, {"headers": {"X-Other": {"doesNotMatch": ".*"}}},
    {"queryParameters": {"b": {"equalTo": " x"}}}, {"queryParameters": {"c": {"absent": True}}},
    {"queryParameters": {"a": {"equalTo": "1"}}}, {"queryParameters": {"a": {"equalTo": "2 3"}}},
    {"queryParameters": {"a": {"equalTo": ""}}}, {"queryParameters": {"a": {"doesNotMatch": "1"}}},
    {"queryParameters": {"a": {"includes": TWO_OF_A}}},
    {"queryParameters": {"a": {"hasExactly": [*TWO_OF_A, {"equalTo": ""}]}}},
    {"queryParameters": {"c": {"doesNotMatch": ".*"}}},
    {"bodyPatterns": [{"contains": "appSecret"}, {"matchesJsonPath": "$.n"}]},
    {"method": None, "headers": None},
], ids=str)  # fmt: skip
def test_a_pattern_is_met(pattern: dict[str, Any]) -> None:
    assert matches(pattern, EXCHANGE)


@pytest.mark.parametrize("pattern", [
    {"method": "GET"}, {"vendor": "dstor"}, {"endpoint": "identity"},
    {"urlPath": "/v2/auth/exchangetoken"}, {"urlPathPattern": "/v2/"},
    {"url": "/v2/auth/ExchangeToken"}, {"urlPattern": "/v2/auth/ExchangeToken"},
    {"headers": {"Accept": {"equalTo": "x"}}}, {"headers": {"X-Other": {"matches": ".*"}}},
    {"headers": {"Accept": {"absent": True}}}, {"headers": {"Accept": {"doesNotMatch": ".*"}}},
    {"queryParameters": {"a": {"equalTo": "4"}}}, {"queryParameters": {"a": {"absent": True}}},
    {"queryParameters": {"b": {"doesNotMatch": ".*"}}},
    {"queryParameters": {"a": {"includes": [{"equalTo": "1"}, {"equalTo": "4"}]}}},
    {"queryParameters": {"a": {"hasExactly": TWO_OF_A}}},
    {"queryParameters": {"a": {"hasExactly": [{"equalTo": "1"}]}}},
    {"bodyPatterns": [{"contains": "appSecret"}, {"contains": "no"}]},
    {"method": "POST", "urlPath": "/x"},
    {"basicAuthCredentials": {"username": "u", "password": "p"}},
], ids=str)  # fmt: skip
def test_a_pattern_is_not_met(pattern: dict[str, Any]) -> None:
    assert not matches(pattern, EXCHANGE)


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


def test_a_vendor_is_addressed_by_its_host_too_and_a_path_of_nobody_has_none() -> None:
    came = routed("GET /v1/dev/temp-token", {"Host": "api.dstor.cloud"})
    assert matches({"vendor": "dstor", "urlPath": "/v1/dev/temp-token"}, came)
    assert not matches({"urlPath": "/dstor/v1/dev/temp-token"}, came)
    nobodys = routed("GET /nowhere")
    assert (nobodys.vendor, nobodys.endpoint) == (None, None)
    assert not matches({"vendor": "dapi"}, nobodys)


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
    ({"url": "/a%20b?q=%20x&r"}, "/a%20b?q=%20x&r"),
    *(({field: f"{prefix}{path}"}, f"{prefix}/a%20b/%C3%A9")
      for field in ("urlPath", "urlPathPattern")
      for path in ("/a%20b/%C3%A9", "/a b/é") for prefix in ("", "/dapi")),
], ids=str)  # fmt: skip
def test_a_url_is_matched_as_it_was_sent(pattern: dict[str, Any], target: str) -> None:
    parsed = parse_pattern(pattern)
    assert matches(pattern, sent(target))
    assert parsed.address is None or parsed.address in addresses(RequestValues(sent(target)))


@pytest.mark.parametrize(("pattern", "target"), [
    ({"urlPath": "/a%2Fb"}, "/a/b"), ({"url": "/zz?"}, "/zz"), ({"url": "/a%2fb"}, "/a/b"),
    ({"url": "/a b?q= x&r"}, "/a%20b?q=%20x&r"), ({"url": "/a%20b"}, "/a%20b?q=%20x&r"),
], ids=str)  # fmt: skip
def test_what_was_sent_otherwise_does_not_match(pattern: dict[str, Any], target: str) -> None:
    assert not matches(pattern, sent(target))


def test_a_header_called_url_is_no_address() -> None:
    assert parse_pattern({"headers": {"url": {"equalTo": "/a"}}}).address is None
    assert parse_pattern({"url": "/%c3"}).address == ("url", "/%C3")


@pytest.mark.parametrize(
    ("scheme", "host", "port"),
    [("http", "a", 80), ("https", "a", 443), ("https", "a:8443", 8443), ("http", "a:443", 443)],
)
def test_the_scheme_is_a_condition_and_the_port_follows_from_it(
    scheme: str, host: str, port: int
) -> None:
    came = sent("/", scheme, host)
    assert [each for each in ("http", "https") if matches({"scheme": each}, came)] == [scheme]
    assert [each for each in (80, 443, 8443) if matches({"port": each}, came)] == [port]


@pytest.mark.parametrize("name", [
    "vendor", "endpoint", "method", "url", "urlPath", "urlPattern", "urlPathPattern", "headers",
    "queryParameters", "basicAuthCredentials", "bodyPatterns",
])  # fmt: skip
def test_null_counts_as_absent(name: str) -> None:
    assert parse_pattern({name: None}).conditions == ()
    assert matches({"method": "GET", name: None}, routed("GET /"))


@pytest.mark.parametrize(("pattern", "message"), [
    ([], "request must be an object"),
    ({"nonsense": 1}, "request.nonsense is not supported"),
    ({"method": 1}, "request.method must be a string"),
    ({"vendor": True}, "request.vendor must be a string"),
    ({"url": "/a", "urlPath": "/a"}, "request.urlPath cannot be combined with url"),
    ({"url": "/", "urlPattern": "/"}, "request.urlPattern cannot be combined with url"),
    ({"urlPath": "/", "urlPathPattern": "/"}, "request.urlPathPattern cannot be combined"),
    ({"url": 1}, "request.url must be a string"),
    ({"urlPath": "/", "pathParameters": {"a": {"equalTo": "b"}}},
     "request.pathParameters needs urlPathTemplate"),
    ({"urlPattern": "("}, "request.urlPattern is not a regular expression"),
    ({"headers": []}, "request.headers must be an object"),
    ({"headers": {"a": "b"}}, "request.headers.a must be an object"),
    ({"queryParameters": {"a": {"is": 1}}}, "request.queryParameters.a.is is not supported"),
    ({"bodyPatterns": {}}, "request.bodyPatterns must be a list"),
    ({"bodyPatterns": [{}, {}]}, "request.bodyPatterns[0] must have one of"),
    ({"basicAuthCredentials": "u:p"}, "request.basicAuthCredentials must be an object"),
    ({"basicAuthCredentials": {"user": ""}}, "request.basicAuthCredentials.user is not"),
    ({"basicAuthCredentials": {"username": 1}}, "basicAuthCredentials.username must be a"),
    ({"bodyPatterns": [{"absent": True}, {"matchesJsonPath": {"expression": "", "equalTo": 1}}]},
     "request.bodyPatterns[1].matchesJsonPath.equalTo must be"),
], ids=str)  # fmt: skip
def test_what_is_no_pattern_is_refused_and_the_field_named(pattern: object, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_pattern(pattern)
    assert message in str(caught.value)
    with pytest.raises(MappingError, match=r"^nonsense is not supported; known: url, "):
        parse_pattern({"nonsense": 1}, "")


def test_each_condition_counts_by_its_weight() -> None:
    came = routed("GET /a", {"A": "x"})
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
    assert (far["url"], far["header"]) == (10 / 13, 2 / 15)


def test_an_endpoint_is_a_method_and_a_path() -> None:
    pattern = endpoint_pattern("kitegateway", "POST", "/v1/auth/token")
    assert [each.label for each in pattern.conditions] == ["vendor", "method", "URL path"]
    lines = [f"{method} /kitegateway/v1/auth/token" for method in ("POST", "GET")]
    found = [pattern.matches(routed(line)) for line in (*lines, "POST /dapi/v1/auth/token")]
    assert found == [True, False, False]
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
    came = routed("GET /dapi/path?a=1&a=2", {"X-A": "some text"})
    (condition,) = parse_pattern(pattern).conditions
    assert shown(condition, came, Redactor(b"key", tuple)) == (expected, actual)


@pytest.mark.parametrize(("value", "holds"), [("a", 1), ("b", 1), ("B", 1), ("c", 0), ("a, b", 0)])
def test_of_a_header_that_came_twice_any_value_matches(value: str, holds: bool) -> None:
    twice = routed("GET /", [("X", "a"), ("Y", "c"), ("x", "b")])
    pattern = {"headers": {"X": {"equalTo": value, "caseInsensitive": True}}}
    assert matches(pattern, twice) is bool(holds)


@pytest.mark.parametrize(("matcher", "body", "holds"), [
    ({"absent": True}, b"", True),
    ({"absent": True}, b" ", False),
    ({"not": {"absent": True}}, b"", False),
    ({"not": {"absent": True}}, b"x", True),
    ({"equalTo": ""}, b"", False),
    ({"anything": "x"}, b"", True),
], ids=str)  # fmt: skip
def test_an_empty_body_is_absent(matcher: dict[str, Any], body: bytes, holds: bool) -> None:
    assert matches({"bodyPatterns": [matcher]}, routed("POST /", body=body)) is holds


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_basic_credentials_are_matched_whatever_the_case_of_the_scheme(scheme: str) -> None:
    pattern = {"basicAuthCredentials": {"username": "u", "password": "p:"}}
    for password, holds in (("p:", True), ("p", False)):
        encoded = basic("u", password)["Authorization"].partition(" ")[2]
        assert matches(pattern, routed("GET /", {"Authorization": f"{scheme} {encoded}"})) is holds
    assert not matches(pattern, routed("GET /", {"Authorization": "Bearer a"}))


@pytest.mark.parametrize(("asked", "url"), [
    (Request("GET", "/"), "/"),
    (Request("GET", "/a b/é"), "/a%20b/%C3%A9"),
    (Request("GET", "/a:@!$&'()*+,;=~-._"), "/a:@!$&'()*+,;=~-._"),
    (Request("GET", "/a?b"), "/a%3Fb"),
    (Request("GET", "/a", "b=c%20d"), "/a?b=c%20d"),
])  # fmt: skip
def test_a_url_is_written_as_in_a_request_line(asked: Request, url: str) -> None:
    assert url_of(asked) == url
    assert quoted("/a b/[redacted:12ab]") == "/a%20b/[redacted:12ab]"


TYPE, ENCODING = "Content-Type", "Content-Encoding"


@pytest.mark.parametrize(("headers", "body", "text"), [
    ({}, gzip.compress("ü".encode(), mtime=0), "ü"),
    ({}, gzip.compress(b"a" * (8 << 20), mtime=0), "a" * (1 << 20)),  # bounded
    ({ENCODING: "deflate"}, zlib.compress(b"a"), "a"),
    ({ENCODING: "deflate"}, zlib.compress(b"a", wbits=-15), "a"),
    ({ENCODING: "deflate"}, b"\x06", "\x06"),
    ({ENCODING: "br"}, b"x", "x"),
    ({TYPE: "text/plain; charset=iso-8859-1"}, b"\xfc", "ü"),
    ({TYPE: "text/plain; charset=utf-16"}, "a".encode("utf-16-be"), "a"),
    ({TYPE: "text/plain; charset=utf-16"}, "a".encode("utf-16"), "a"),
    ({TYPE: "text/plain; charset=unknown"}, b"a", "a"),
    ({TYPE: "text/plain; charset=idna"}, b"a", "a"),
    ({TYPE: "text/plain"}, b"\xfc", "\ufffd"),
], ids=lambda value: str(value)[:48])  # fmt: skip
def test_a_body_is_decoded(headers: dict[str, str], body: bytes, text: str) -> None:
    assert body_text(Request("POST", "/", headers=Headers(headers.items()), body=body)) == text


NAMES = ["method", "url", "urlPath", "urlPattern", "headers", "queryParameters", "bodyPatterns"]
TEXTS = st.dictionaries(st.text(), st.text())
MATCHERS = st.dictionaries(st.text(), st.dictionaries(st.just("equalTo"), st.text()))


@given(
    st.dictionaries(
        st.sampled_from([*NAMES, "basicAuthCredentials", "vendor"]),
        st.none() | st.text() | st.integers() | st.lists(TEXTS) | MATCHERS,
    )
)
def test_nothing_breaks_the_parser(pattern: dict[str, Any]) -> None:
    with contextlib.suppress(MappingError):
        matches(pattern, EXCHANGE)
