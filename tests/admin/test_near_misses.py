"""Calls about near misses: of unmatched requests, of a request, of a pattern."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from tests.engine_client import admin, ask, content, header
from tests.vendor_tokens import DSTOR_KEY

STUB = {"name": "mine", "request": {"method": "GET", "urlPath": "/mine"}, "response": {}}


def misses(engine: Engine, line: str, **body: Any) -> list[dict[str, Any]]:
    response = admin(engine, line, json=body)
    assert response.status == 200, content(response)
    found: list[dict[str, Any]] = content(response)["nearMisses"]
    return found


def of_unmatched(engine: Engine) -> list[dict[str, Any]]:
    return misses(engine, "GET /requests/unmatched/near-misses")


def of_request(engine: Engine, **request: Any) -> list[dict[str, Any]]:
    return misses(engine, "POST /near-misses/request", **request)


def of_pattern(engine: Engine, **pattern: Any) -> list[dict[str, Any]]:
    return misses(engine, "POST /near-misses/request-pattern", **pattern)


def distances(found: list[dict[str, Any]]) -> list[float]:
    return [miss["matchResult"]["distance"] for miss in found]


def test_an_unmatched_request_has_three_near_misses_the_nearest_first(engine: Engine) -> None:
    ask(engine, "POST /v1/auth/tokens")
    found = of_unmatched(engine)
    assert found[0]["stubMapping"] == {
        "name": "kitegateway create_token",
        "request": {"method": "POST", "urlPath": "/v1/auth/token"},
    }
    assert len(found) == 3
    assert 0 < distances(found)[0] < distances(found)[1] <= distances(found)[2] <= 1
    assert {miss["request"]["url"] for miss in found} == {"/v1/auth/tokens"}
    lines = found[0]["request"]["sideBySide"].splitlines()
    assert [line.split()[-1] for line in lines] == ["request", "POST", "<"]
    assert "/v1/auth/tokens  <" in lines[2]


def test_each_unmatched_request_has_its_own_and_a_matched_one_none(engine: Engine) -> None:
    for line in ("GET /ds-api/", "GET /ds-api/role", "GET /v1/dev/temp_token"):
        ask(engine, line)
    found = of_unmatched(engine)
    assert [miss["request"]["url"] for miss in found] == (
        ["/ds-api/role"] * 3 + ["/v1/dev/temp_token"] * 3
    )
    assert [found[place]["stubMapping"]["name"] for place in (0, 3)] == [
        "datasentinel roles",
        "dstor temp_token",
    ]


def test_a_stub_is_a_near_miss_as_it_is_listed(engine: Engine) -> None:
    stub = content(admin(engine, "POST /mappings", json={**STUB, "vendor": None, "skip": 9}))
    ask(engine, "GET /mind")
    nearest = of_unmatched(engine)[0]
    assert nearest["stubMapping"] == stub
    assert "mine" in nearest["request"]["sideBySide"]


def test_a_stub_that_acts_no_more_says_why(engine: Engine) -> None:
    admin(engine, "POST /mappings", json={**STUB, "times": 2})
    for _ in range(3):
        ask(engine, "GET /mine")
    nearest = of_unmatched(engine)[0]
    assert nearest["matchResult"]["distance"] == 0.01
    assert nearest["request"]["sideBySide"].splitlines()[3].split() == [
        "times",
        "2",
        "2",
        "used",
        "<",
    ]


def test_a_stub_that_does_not_act_yet_says_why(engine: Engine) -> None:
    admin(engine, "POST /mappings", json={**STUB, "skip": 3})
    ask(engine, "GET /mine")
    row = of_unmatched(engine)[0]["request"]["sideBySide"].splitlines()[3]
    assert row.split() == ["skip", "3", "1", "skipped", "<"]
    assert "skip" not in of_request(engine, url="/mine")[1]["request"]["sideBySide"]


def test_a_stub_of_another_state_says_so(engine: Engine) -> None:
    scene = {"scenarioName": "s", "requiredScenarioState": "later", "newScenarioState": "later"}
    admin(engine, "POST /mappings", json={**STUB, **scene})
    ask(engine, "GET /mine")
    row = of_unmatched(engine)[0]["request"]["sideBySide"].splitlines()[3]
    assert row.split() == ["scenario", "state", "later", "Started", "<"]
    admin(engine, "PUT /scenarios/s/state", json={"state": "later"})
    assert distances(of_request(engine, url="/mine"))[0] == 0


def test_nothing_unmatched_has_no_near_misses(engine: Engine) -> None:
    assert of_unmatched(engine) == []


def test_a_request_is_given_as_the_journal_shows_one(engine: Engine) -> None:
    headers = {"Host": "kitegateway.com", "Accept": "*/*"}
    ask(engine, "GET /v1/auth/token?a=%20b", headers, body=b'{"a": 1}')
    shown = content(admin(engine, "GET /requests"))["requests"][0]["request"]
    (journalled, given) = of_unmatched(engine)[0], of_request(engine, **shown)[0]
    assert given["stubMapping"] == journalled["stubMapping"]
    assert given["matchResult"] == journalled["matchResult"]
    assert given["request"]["sideBySide"] == journalled["request"]["sideBySide"]
    same = ("url", "absoluteUrl", "method", "headers", "body", "bodyAsBase64", "vendor")
    assert [given["request"][name] for name in same] == [shown[name] for name in same]
    assert len(content(admin(engine, "GET /requests"))["requests"]) == 1


def test_a_request_that_would_have_matched_is_at_distance_zero(engine: Engine) -> None:
    found = of_request(engine, method="POST", url="/v1/auth/token")
    assert distances(found)[0] == 0 < distances(found)[1]
    admin(engine, "POST /mappings", json=STUB)
    assert distances(of_request(engine, url="/mine"))[0] == 0


@pytest.mark.parametrize(("request_", "detail"), [
    ({"url": 1}, "url must be a text"),
    ({"url": ""}, "url must begin with /"),
    ({"url": "v1/auth"}, "url must begin with /"),
    ({"url": "http://localhost/"}, "url must begin with /"),
    ({"method": 1}, "method must be a text"),
    ({"headers": []}, "headers must be an object"),
    ({"headers": {"A": 1}}, "headers must be texts"),
    ({"headers": {"A": None}}, "headers must be texts"),
    ({"body": {}}, "body must be a text"),
], ids=str)  # fmt: skip
def test_what_is_no_request_is_refused(
    engine: Engine, request_: dict[str, Any], detail: str
) -> None:
    response = admin(engine, "POST /near-misses/request", json=request_)
    assert (response.status, content(response)["detail"]) == (400, detail)
    assert header(response, "Content-Type") == "application/problem+json"


@pytest.mark.parametrize("nothing", [{}, dict.fromkeys(["url", "method", "headers", "body"])])
def test_a_request_may_be_given_in_part(engine: Engine, nothing: dict[str, None]) -> None:
    (first, *_) = of_request(engine, **nothing)
    assert (first["request"]["method"], first["request"]["url"]) == ("GET", "/")


def test_a_pattern_has_the_three_requests_that_come_nearest(engine: Engine) -> None:
    lines = ["GET /a", "POST /v1/auth/tokens", "GET /b", "GET /v1/auth/token", "PUT /c"]
    for line in lines:
        ask(engine, line)
    pattern = {"method": "POST", "urlPath": "/v1/auth/token"}
    found = of_pattern(engine, **pattern)
    assert [miss["request"]["url"] for miss in found[:2]] == [
        "/v1/auth/tokens",
        "/v1/auth/token",
    ]
    assert len(found) == 3
    assert distances(found) == sorted(distances(found))
    assert distances(found)[0] > 0
    assert all(miss["requestPattern"] == pattern for miss in found)
    assert found[1]["request"]["sideBySide"].splitlines()[1].endswith("GET  <")


def test_a_pattern_that_is_met_is_at_distance_zero(engine: Engine) -> None:
    ask(engine, "GET /ds-api/")
    assert distances(of_pattern(engine, vendor="datasentinel")) == [0]
    assert distances(of_pattern(engine)) == [0]


def test_where_nothing_was_asked_nothing_is_near(engine: Engine) -> None:
    assert of_pattern(engine, method="POST") == []


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


def test_a_bad_pattern_is_refused_and_the_field_named(engine: Engine) -> None:
    body = {"bodyPatterns": [{"equalToJson": "{"}]}
    response = admin(engine, "POST /near-misses/request-pattern", json=body)
    detail = "bodyPatterns[0].equalToJson is not valid JSON"
    assert (response.status, content(response)["detail"]) == (400, detail)
