"""What a request that matched nothing nearly was: graded, and shown side by side."""

from pathlib import Path
from typing import Any

import pytest

from mockserver.model.http import RoutedRequest
from mockserver.model.redaction import Redactor
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.near_misses import (
    NEAREST,
    Candidate,
    endpoint_candidates,
    near_misses,
    nearest_requests,
    side_by_side,
    stub_candidate,
)
from mockserver.wiremock.pattern_fields import parse_pattern
from mockserver.wiremock.request_values import RequestValues
from mockserver.wiremock.stub_mapping import parse_stub
from mockserver.wiremock.stub_registry import Obstacle
from tests.engine_client import basic, fresh_engine, request

ENGINE = fresh_engine()
ENDPOINTS = endpoint_candidates(ENGINE.vendors)
GOLDEN = Path(__file__).with_name("golden")


def routed(line: str, headers: dict[str, str] | None = None, body: bytes = b"") -> RoutedRequest:
    routed_request, _ = ENGINE.router.route(request(line, headers or {}, body=body))
    return routed_request


def stub(**mapping: Any) -> Candidate:
    return stub_candidate(parse_stub(mapping), mapping, [])


def sides(
    pattern: dict[str, Any], came: RoutedRequest, name: str = "name", *obstacles: Obstacle
) -> str:
    candidate = Candidate(name, parse_pattern(pattern), {}, obstacles)
    return side_by_side(candidate, came, Redactor(b"key", tuple))


def names(line: str, *more: Candidate) -> list[str]:
    return [miss.candidate.name for miss in near_misses(routed(line), [*more, *ENDPOINTS])]


def test_each_path_of_each_endpoint_is_a_candidate_and_shows_as_a_stub() -> None:
    expected = [
        {"name": f"{vendor.name} {each.name}", "request": {"method": each.method, "urlPath": path}}
        for vendor in ENGINE.vendors
        for each in vendor.endpoints
        for path in each.paths
    ]
    assert len(expected) > 10
    assert [candidate.mapping for candidate in ENDPOINTS] == expected


@pytest.mark.parametrize(("line", "nearest"), [
    ("POST /v1/auth/tokens", "kitegateway create_token"),
    ("POST /kitegateway/v1/auth/tokens", "kitegateway create_token"),
    ("GET /v1/auth/token", "kitegateway create_token"),
    ("POST /v2/auth/exchangeToken", "dapi exchange_token"),
    ("GET /v1/dev/temp_token", "dstor temp_token"),
    ("POST /v1/dev/temp_token", "dstor login"),
    ("DELETE /ds-api/roles", "datasentinel roles"),
])  # fmt: skip
def test_the_nearest_endpoint_comes_first(line: str, nearest: str) -> None:
    assert names(line)[0] == nearest


def test_the_nearest_three_are_told_in_their_order() -> None:
    came = routed("POST /v1/auth/tokens")
    distances = [miss.distance for miss in near_misses(came, ENDPOINTS)]
    assert distances == sorted(each.pattern.distance(came) for each in ENDPOINTS)[:3]
    assert 0 < distances[0] < 0.1 < distances[1] < 1
    assert [len(near_misses(came, ENDPOINTS[:count])) for count in (0, 2)] == [0, 2]
    assert NEAREST == 3


def test_a_stub_is_a_candidate_by_its_name_or_else_by_its_id() -> None:
    id_ = "01234567-89ab-4cde-8f01-23456789abcd"
    path = {"request": {"urlPath": "/mine"}}
    assert names("GET /mind", stub(name="my stub", **path))[0] == "my stub"
    assert names("GET /mind", stub(id=id_, **path))[0] == f"stub {id_}"


def test_the_more_of_a_stub_is_right_the_nearer_it_is() -> None:
    def asked(**headers: str) -> Candidate:
        wanted = {name: {"equalTo": value} for name, value in headers.items()}
        pattern = {"method": "GET", "urlPath": "/mine", "headers": wanted}
        return stub(name=str(headers), request=pattern)

    candidates = [asked(A="1", B="2"), asked(A="1"), asked(A="2", B="1")]
    misses = near_misses(routed("GET /mine", {"A": "1", "B": "1"}), candidates)
    assert misses[0].candidate == candidates[1]
    assert misses[0].distance == 0 < misses[1].distance == misses[2].distance < 0.5


def test_the_requests_that_come_nearest_to_a_pattern_are_told_in_their_order() -> None:
    paths = ("POST /v1/auth/tokens", "POST /v1/auth/token", "GET /v1/auth/token")
    requests = [routed(line) for line in ("GET /a", *paths, "GET /b")]
    pattern = parse_pattern({"method": "POST", "urlPath": "/v1/auth/token"})
    nearest = nearest_requests(pattern, requests)
    assert nearest == [requests[2], requests[1], requests[3]]
    assert nearest_requests(pattern, requests[:1]) == requests[:1]
    assert nearest_requests(parse_pattern({}), []) == []


SECRET = b'{"appSecret": "s3cret-of-the-app", "accountID": "a-1"}'
SIDES: dict[str, tuple[dict[str, Any], RoutedRequest]] = {
    "wrong_path": ({"method": "POST", "urlPath": "/v1/auth/token"},
                   routed("POST /kitegateway/v1/auth/tokens")),
    "wrong_method_and_header": (
        {"method": "GET", "urlPath": "/ds-api/roles",
         "headers": {"User-Token": {"equalTo": "abc"}, "Accept": {"contains": "json"}}},
        routed("PUT /ds-api/roles", {"user-token": "abd", "Accept": "text/html"})),
    "absent": (
        {"headers": {"X-Wanted": {"equalTo": "x"}, "X-Unwanted": {"absent": True}},
         "queryParameters": {"page": {"matches": "[0-9]+"}, "q": {"doesNotMatch": "a.*"}}},
        routed("GET /v1?q=abc", {"X-Unwanted": "here"})),
    "credentials": (
        {"vendor": "datasentinel", "endpoint": "create_token",
         "basicAuthCredentials": {"username": "myUser", "password": "myPassword"}},
        routed("POST /ds-api/user-token", basic("myUser", "other"))),
    "body": (
        {"bodyPatterns": [
            {"equalToJson": {"appSecret": "s3cret", "accountID": "a-1"}},
            {"matchesJsonPath": "$.missing"},
            {"matchesJsonPath": {"expression": "$.appSecret", "equalTo": "s3cret-2"}},
            {"matchesJsonPath": {"expression": "$.accountID", "equalTo": "a-1"}},
            {"contains": "appSecret=s3cret"}]},
        routed("POST /v2/data/balance/get", {}, SECRET)),
    "long": (
        {"url": "/v1/a-path-that-is-much-longer-than-the-column-it-stands-in?and=a&query=too",
         "headers": {"X-A-Header-With-A-Very-Long-Name": {"equalTo": "one\nor two\n lines"}},
         "bodyPatterns": [{"equalTo": "x" * 100}]},
        routed("GET /v1/a-path-that-is-longer-too-than-the-column-it-stands-in", {}, b"y" * 100)),
    "url_pattern": ({"method": "ANY", "urlPattern": "/v1/data\\?page=[0-9]+"},
                    routed("GET /v1/data?page=one")),
    "url_path_pattern": (
        {"urlPathPattern": "/v[0-9]/data/.*",
         "headers": {"Accept": {"equalTo": "Application/JSON", "caseInsensitive": True},
                     "X-Case": {"equalTo": "A", "caseInsensitive": True},
                     "X-Wanted": {"matches": ".*"}}},
        routed("GET /kitegateway/vX/data/wallets", {"Accept": "application/json", "X-Case": "b"})),
    "json_in_any_order": (
        {"bodyPatterns": [{"equalToJson": [1, {"a": 2}], "ignoreArrayOrder": True},
                          {"equalToJson": '[{"a": 2}, 1]', "ignoreExtraElements": True},
                          {"equalToJson": [{"a": 2}, 1]}]},
        routed("POST /", {}, b'[{"a": 2, "b": 3}, 1]')),
    "combined": (
        {"headers": {"A": {"and": [{"contains": "a"}, {"doesNotContain": "b"}]},
                     "B": {"or": [{"equalToNumber": 1}, {"absent": True}]},
                     "C": {"not": {"anything": "x"}},
                     "D": {"includes": [{"equalTo": "1"}, {"equalTo": "2"}]},
                     "E": {"hasExactly": [{"equalTo": "1"}, {"equalTo": "2"}]}},
         "bodyPatterns": [{"matchesJsonSchema": {"type": "object"}}],
         "cookies": {"flavor": {"equalTo": "one"}}, "formParameters": {"page": {"equalTo": "1"}},
         "host": {"equalTo": "localhost"}, "port": 8080},
        routed("POST /",
               {"A": "ab", "B": "2", "C": "x", "D": "1", "E": "1", "Cookie": "flavor=2"})),
    "template": (
        {"urlPathTemplate": "/users/{id}", "pathParameters": {"id": {"matches": "[0-9]+"}}},
        routed("GET /users/me")),
    "anything": ({}, routed("GET /")),
}  # fmt: skip
OPTIONS = ["caseInsensitive", "ignoreArrayOrder", "ignoreExtraElements"]
WHERE = ["method", "url", "urlPath", "urlPattern", "urlPathPattern", "headers", "queryParameters"]


def words(value: object) -> set[str]:
    """Every name at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(words, value.values()))
    return set[str]().union(*map(words, value)) if isinstance(value, list) else set()


def test_each_kind_of_condition_has_a_golden_file() -> None:
    with pytest.raises(MappingError) as told:
        parse_pattern({"headers": {"A": {}}})
    matchers = str(told.value).partition("must have one of ")[2].split(", ")
    assert "equalTo" in matchers
    places = [*WHERE, "bodyPatterns", "basicAuthCredentials", "vendor", "endpoint"]
    assert words([pattern for pattern, _ in SIDES.values()]) >= {*matchers, *OPTIONS, *places}
    assert {path.stem for path in GOLDEN.iterdir()} == set(SIDES)


@pytest.mark.parametrize("name", SIDES)
def test_what_was_expected_stands_beside_what_came_and_what_differs_is_marked(name: str) -> None:
    pattern, came = SIDES[name]
    parsed = parse_pattern(pattern)
    shown = sides(pattern, came, "what was expected")
    assert f"{shown}\n" == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    lines = shown.splitlines()[1:]
    marked = [line.endswith("  <") for line in lines]
    assert marked == [not condition.holds(RequestValues(came)) for condition in parsed.conditions]
    assert all("s3cret" not in line and "myPassword" not in line for line in lines)


@pytest.mark.parametrize(("length", "shown"), [(47, "x" * 47), (48, "x" * 44 + "...")])
def test_what_is_wider_than_its_column_is_cut(length: int, shown: str) -> None:
    text = "x" * length
    row = sides({"headers": {"A": {"equalTo": text}}}, routed("GET /", {"A": text}))
    assert row.splitlines()[1] == f"  {'header A':<24}{shown:<48}{shown}"


def test_a_name_shows_no_secret() -> None:
    redact = Redactor(b"key", lambda: ["s3cret-of-mine"]).remember_known()
    obstacles = [Obstacle("scenario state", "s3cret-of-mine", "not s3cret-of-mine")]
    candidate = Candidate("for s3cret-of-mine", parse_pattern({}), {}, obstacles)
    assert "s3cret" not in side_by_side(candidate, routed("GET /"), redact)


def test_what_hinders_a_stub_stands_below_and_it_is_never_at_distance_zero() -> None:
    pattern, came = {"method": "GET"}, routed("GET /")
    rows = sides(pattern, came, "name", Obstacle("times", "2", "2 used")).splitlines()
    assert rows[2] == f"  {'times':<24}{'2':<48}2 used  <"
    free, held = (
        Candidate("name", parse_pattern(pattern), {}, obstacles)
        for obstacles in ([], [Obstacle("skip", "1", "0 skipped")])
    )
    assert free.distance(came) == 0 < held.distance(came) < 0.1
    far = routed("PUT /")
    assert free.distance(far) == held.distance(far)


def test_an_endpoint_of_another_vendor_says_so() -> None:
    came = routed("GET /ds-api/", {"Host": "api.dapi.com"})
    candidate = next(each for each in ENDPOINTS if each.name == "datasentinel health")
    rows = side_by_side(candidate, came, Redactor(b"key", tuple)).splitlines()
    assert rows[1] == f"  {'vendor':<24}{'datasentinel':<48}dapi  <"
    assert candidate.distance(came) > 0
    nobodys = side_by_side(candidate, routed("GET /nowhere"), Redactor(b"key", tuple))
    assert "vendor" not in nobodys


def test_of_a_body_that_was_cut_the_end_is_not_shown() -> None:
    came = routed("POST /", {}, b"x" * 10)._replace(cut_from=20_000)
    assert sides({"bodyPatterns": [{"contains": "y"}]}, came).splitlines()[1].split()[-1] == "<"
    assert "xx" not in sides({"bodyPatterns": [{"contains": "y"}]}, came)
