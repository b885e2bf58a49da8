"""Calls about near misses: of unmatched requests, of a request, of a pattern."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from tests.engine_client import admin, ask, value
from tests.vendor_tokens import DSTOR_KEY

STUB = {"name": "mine", "request": {"method": "GET", "urlPath": "/mine"}, "response": {}}
Misses = list[dict[str, Any]]


def of_unmatched(engine: Engine) -> Misses:
    found: Misses = value(engine, "GET /requests/unmatched/near-misses")["nearMisses"]
    return found


def of_request(engine: Engine, **request: Any) -> Misses:
    found: Misses = value(engine, "POST /near-misses/request", **request)["nearMisses"]
    return found


def of_pattern(engine: Engine, **pattern: Any) -> Misses:
    found: Misses = value(engine, "POST /near-misses/request-pattern", **pattern)["nearMisses"]
    assert all(miss["requestPattern"] == pattern for miss in found if "headers" not in pattern)
    return found


def distances(found: Misses) -> list[float]:
    return [miss["matchResult"]["distance"] for miss in found]


def urls(found: Misses) -> list[str]:
    return [miss["request"]["url"] for miss in found]


def rows(miss: dict[str, Any]) -> list[str]:
    return [" ".join(row.split()) for row in miss["request"]["sideBySide"].splitlines()]


def test_an_unmatched_request_has_three_near_misses_the_nearest_first(engine: Engine) -> None:
    ask(engine, "POST /v1/auth/tokens")
    found = of_unmatched(engine)
    assert found[0]["stubMapping"] == {
        "name": "kitegateway create_token",
        "request": {"method": "POST", "urlPath": "/v1/auth/token"},
    }
    first, second, third = distances(found)
    assert 0 < first < second <= third <= 1
    assert urls(found) == ["/v1/auth/tokens"] * 3
    assert rows(found[0])[1:] == ["method POST POST", "URL path /v1/auth/token /v1/auth/tokens <"]


def test_each_unmatched_request_has_its_own_and_a_matched_one_none(engine: Engine) -> None:
    assert of_unmatched(engine) == []
    for line in ("GET /ds-api/", "GET /ds-api/role", "GET /v1/dev/temp_token"):
        ask(engine, line)
    found = of_unmatched(engine)
    assert urls(found) == ["/ds-api/role"] * 3 + ["/v1/dev/temp_token"] * 3
    nearest = [found[place]["stubMapping"]["name"] for place in (0, 3)]
    assert nearest == ["datasentinel roles", "dstor temp_token"]


def test_a_stub_is_a_near_miss_as_it_is_listed(engine: Engine) -> None:
    stub = value(engine, "POST /mappings", **STUB, vendor=None, skip=9)
    ask(engine, "GET /mind")
    nearest = of_unmatched(engine)[0]
    assert nearest["stubMapping"] == stub
    assert "mine" in nearest["request"]["sideBySide"]


SCENE = {"scenarioName": "s", "requiredScenarioState": "later", "newScenarioState": "later"}


@pytest.mark.parametrize(("limits", "requests", "row"), [
    ({"times": 2}, 3, "times 2 2 used <"),
    ({"skip": 3}, 1, "skip 3 1 skipped <"),
    (SCENE, 1, "scenario state later Started <"),
])  # fmt: skip
def test_a_stub_that_does_not_act_now_says_why(
    engine: Engine, limits: dict[str, Any], requests: int, row: str
) -> None:
    value(engine, "POST /mappings", **STUB, **limits)
    for _ in range(requests):
        ask(engine, "GET /mine")
    nearest = of_unmatched(engine)[0]
    assert (distances([nearest]), rows(nearest)[3]) == ([0.01], row)
    assert row not in rows(of_request(engine, url="/mine")[1])
    if limits == SCENE:
        value(engine, "PUT /scenarios/s/state", state="later")
        assert distances(of_request(engine, url="/mine"))[0] == 0


def test_a_request_is_given_as_the_journal_shows_one(engine: Engine) -> None:
    headers = {"Host": "kitegateway.com", "Accept": "*/*"}
    ask(engine, "GET /v1/auth/token?a=%20b", headers, body=b'{"a": 1}')
    shown = value(engine, "GET /requests")["requests"][0]["request"]
    journalled, given = of_unmatched(engine)[0], of_request(engine, **shown)[0]
    for name in ("stubMapping", "matchResult"):
        assert given[name] == journalled[name]
    assert given["request"]["sideBySide"] == journalled["request"]["sideBySide"]
    same = ("url", "absoluteUrl", "method", "headers", "body", "bodyAsBase64", "vendor")
    assert [given["request"][name] for name in same] == [shown[name] for name in same]
    assert len(value(engine, "GET /requests")["requests"]) == 1


@pytest.mark.parametrize(("request_", "nearest"), [
    ({"url": "/v1/dev/temptoken", "method": "GET"}, "dstor temp_token"),
    ({"url": "/dapi/v2/auth/exchange?x=1", "method": "POST"}, "dapi exchange_token"),
    ({"url": "/ds-api/role"}, "datasentinel roles"),
])  # fmt: skip
def test_any_request_has_near_misses(
    engine: Engine, request_: dict[str, str], nearest: str
) -> None:
    assert of_request(engine, **request_)[0]["stubMapping"]["name"] == nearest
    found = of_request(engine, method="POST", url="/v1/auth/token")  # would have matched
    assert distances(found)[0] == 0 < distances(found)[1]
    value(engine, "POST /mappings", **STUB)
    assert distances(of_request(engine, url="/mine"))[0] == 0


@pytest.mark.parametrize("nothing", [{}, dict.fromkeys(["url", "method", "headers", "body"])])
def test_a_request_may_be_given_in_part(engine: Engine, nothing: dict[str, None]) -> None:
    (first, *_) = of_request(engine, **nothing)
    assert (first["request"]["method"], first["request"]["url"]) == ("GET", "/")


def test_a_pattern_has_the_three_requests_that_come_nearest(engine: Engine) -> None:
    assert of_pattern(engine, method="POST") == []
    for line in ("GET /a", "POST /v1/auth/tokens", "GET /b", "GET /v1/auth/token", "PUT /c"):
        ask(engine, line)
    found = of_pattern(engine, method="POST", urlPath="/v1/auth/token")
    assert urls(found)[:2] == ["/v1/auth/tokens", "/v1/auth/token"]
    assert len(found) == 3
    assert 0 < distances(found)[0] <= distances(found)[1] <= distances(found)[2]
    assert rows(found[1])[1] == "method POST GET <"
    admin(engine, "DELETE /requests")
    ask(engine, "GET /ds-api/")
    for met in ({"vendor": "datasentinel"}, {}):
        assert distances(of_pattern(engine, **met)) == [0]


def test_a_pattern_is_shown_without_secrets(engine: Engine) -> None:
    ask(engine, "GET /v1/dev/temp-token", DSTOR_KEY)
    wanted = {"api-key": {"equalTo": DSTOR_KEY["api-key"][::-1]}, "Accept": {"absent": True}}
    (miss,) = of_pattern(engine, headers=wanted)
    shown = miss["requestPattern"]["headers"]
    assert shown["api-key"]["equalTo"].startswith("[redacted:")
    assert shown["Accept"] == {"absent": True}
    row = miss["request"]["sideBySide"].splitlines()[1]
    assert row.count("[redacted:") == 2
    assert miss["request"]["headers"]["api-key"] in row
