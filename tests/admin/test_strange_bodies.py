"""Nearly right bodies to every call that takes one: none breaks it, nor any call after it."""

import copy
import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.admin.routes import ROUTES
from mockserver.model.http import Response
from tests.admin.documented import check_documented
from tests.engine_client import admin, ask, content, fresh_engine, refused
from tests.vendor_tokens import DSTOR_KEY

ID = "01234567-89ab-4cde-8f01-23456789abcd"
ENGINE = fresh_engine()
PATTERN: dict[str, Any] = {
    **{"method": "GET", "urlPattern": "/v1.*", "vendor": "dstor", "endpoint": "temp_token"},
    "headers": {"api-key": {"equalTo": "x", "caseInsensitive": True}, "A": {"absent": True}},
    "queryParameters": {"token": {"doesNotMatch": "a+"}},
    "basicAuthCredentials": {"username": "u", "password": "p"},
    "bodyPatterns": [
        {"equalToJson": '{"a": [1, 2]}', "ignoreArrayOrder": True, "ignoreExtraElements": False},
        {"matchesJsonPath": {"expression": "$.a[?(@ > 1)]", "contains": "2"}},
        {"matches": ".*"},
    ],
}
DELAY = {"type": "lognormal", "median": 50, "sigma": 0.5}
MAPPING: dict[str, Any] = {
    **{"id": ID, "name": "mine", "priority": 1, "scenarioName": "s", "newScenarioState": "on"},
    **{"vendor": "dstor", "phase": "after"},
    "request": {name: PATTERN[name] for name in PATTERN if name not in ("vendor", "endpoint")},
    "response": {
        **{"status": 200, "headers": {"A": ["1", "2"]}, "jsonBody": {"token": [1.5, None]}},
        **{"fixedDelayMilliseconds": 1, "delayDistribution": DELAY},
    },
    "metadata": {"token-mockserver": {"times": 2, "skip": 1, "probability": 0.5}},
}
SHOWN = {"url": "/v1/x?a=%20b", "method": "POST", "headers": {"token": "x"}, "body": "{}"}
TOKEN = {"expires_in": 60, "claims": {"exp": 2_000_000_000, "sub": {"a": [1]}}, "defect": "expired"}
BODIES: dict[str, dict[str, Any]] = {
    **{f"POST {path}/reset": {} for path in ("", "/requests", "/mappings", "/scenarios")},
    "POST /settings": {"fixedDelay": 5, "delayDistribution": DELAY},
    "PUT /clock": {"now": "2026-01-01T00:00:00Z", "frozen": True},
    "POST /clock/advance": {"by": "1m"},
    "POST /vendors/<vendor>/<action>": {"user": "dapi_user1", "app_key": "app_key_value"},
    "POST /tokens": {"vendor": "dstor", **TOKEN},
    "POST /tokens/explain": {"vendor": "dapi", "token": "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.x"},
    "POST /tokens/revoke": {"token": "JWT eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.x"},
    "POST /accounts": {"vendor": "dapi", "credentials": {"bankLogins": {"a": "b"}}},
    **dict.fromkeys([f"POST /requests/{call}" for call in ("count", "find", "remove")], PATTERN),
    "POST /requests/wait": {"pattern": PATTERN, "count": 0, "timeout": 0},
    "POST /near-misses/request": SHOWN,
    "POST /near-misses/request-pattern": PATTERN,
    **dict.fromkeys(["POST /mappings", "POST /mappings/remove", "PUT /mappings/<id>"], MAPPING),
    "POST /mappings/import": {
        **{"mappings": [MAPPING], "importOptions": {"duplicatePolicy": "IGNORE"}}
    },
    "POST /mappings/find-by-metadata": {"matchesJsonPath": "$.a"},
    "POST /mappings/remove-by-metadata": {"matchesJsonPath": "$.a"},
    "PUT /scenarios/<path:name>/state": {"state": "on"},
    "POST /verdicts": {"one_caller": True},
}
PLACES = {"<vendor>": "dapi", "<action>": "connect", "<id>": ID, "<path:name>": "s"}
IGNORED = ("POST /requests/reset", "POST /mappings/reset", "POST /scenarios/reset")
"""Calls whose body is not looked at."""
EACH = pytest.mark.parametrize("line", BODIES)
LINES = [line for route in ROUTES for line in route.lines]
FIXED = ["GET /version", "GET /vendors", "GET /openapi.json", "GET /vendors/<vendor>/openapi.json"]
READS = [line for line in LINES if line.startswith("GET") and line not in FIXED]
DEEP = json.loads("[" * 90 + "]" * 90)
STRANGE: st.SearchStrategy[Any] = st.one_of(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    st.sampled_from([-1, 0, 2**70, 1e308, "", "x" * 300, "(", "$[", "{", "\x00", "é", "2"]),
    st.sampled_from([[], {}, [[]], [{}], {"": ""}, {"a": {"token": DEEP}}, DEEP, ["a"], [None]]),
)


def filled(line: str) -> str:
    for place, word in PLACES.items():
        line = line.replace(place, word)
    return line


def prepared() -> None:
    """A state with something in it for every call."""
    ENGINE.reset()
    assert admin(ENGINE, "POST /mappings", json=MAPPING).status == 201
    ask(ENGINE, "GET /v1/dev/temp-token?token=x", DSTOR_KEY, json={"a": [1, 2]})
    ask(ENGINE, "GET /nowhere", {"A": "b"})


def answered(line: str, body: Any) -> Response:
    response = admin(ENGINE, filled(line), body=json.dumps(body).encode())
    assert response.status < 500, content(response)
    if response.status >= 400:
        refused(response, response.status)
    check_documented(line, response)
    return response


def readable() -> None:
    for line in READS:
        response = admin(ENGINE, filled(line))
        assert response.status in (200, 404), line
        check_documented(line, response)


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all parts of a JSON value, the whole left out."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inner:
        yield (*path, key)
        if isinstance(item, (dict, list)):
            yield from spots(item, (*path, key))


def with_part(value: Any, path: tuple[Any, ...], part: Any) -> Any:
    changed = copy.deepcopy(value)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = part
    return changed


def test_every_call_that_takes_a_body_is_here() -> None:
    assert set(BODIES) == {line for line in LINES if line.startswith(("POST", "PUT"))}


@EACH
def test_what_is_right_is_taken(line: str) -> None:
    prepared()
    # No token can be written down: each state signs with its own key.
    taken = (404,) if line == "POST /tokens/revoke" else (200, 201)
    assert answered(line, BODIES[line]).status in taken
    readable()


@EACH
@settings(max_examples=7)
@given(data=st.data())
def test_no_part_of_a_body_breaks_anything(line: str, data: st.DataObject) -> None:
    prepared()
    for _ in range(data.draw(st.integers(1, 5))):  # as what is read afterwards takes long
        path = data.draw(st.sampled_from([*spots(BODIES[line]), ("more",)]))
        answered(line, with_part(BODIES[line], path, data.draw(STRANGE)))
    readable()


HARD = {
    "too deep": "[" * 101 + "]" * 101,
    "much too deep": '{"a":' * 700 + "1" + "}" * 700,
    "too deep to be read": "[" * 100_000,
    "a number that is none": "1e999",
    "a long number": "9" * 4000,
    "half a letter": '"\\ud800"',
}


@EACH
def test_what_cannot_be_shown_again_is_refused(line: str) -> None:
    prepared()
    for path, hard in product([*spots(BODIES[line]), ("more",)], HARD):
        marked = json.dumps(with_part(BODIES[line], path, "\x07"))
        body = marked.replace('"\\u0007"', HARD[hard]).encode()
        response = admin(ENGINE, filled(line), body=body)
        assert response.status < 500, (path, hard, content(response))
        if hard != "a long number" and line not in IGNORED:
            assert response.status == 400, (path, hard)
    readable()


JUDGES: list[dict[str, Any]] = [
    {"equalToJson": {"a": {"a": {}}}},
    {"equalToJson": '{"a":' * 400 + "1" + "}" * 400, "ignoreExtraElements": True},
    {"matchesJsonPath": "$..b"},
    {"matchesJsonPath": {"expression": "$.a", "contains": "bottom"}},
    {"matches": ".*bottom.*"},
]


DEPTHS = {
    "POST /v2/auth/ExchangeToken": (50, 500, 900, 100_000),
    "POST /nowhere": (300, 700, 1100, 100_000),
}


@pytest.mark.parametrize(
    ("line", "depth"), [(line, depth) for line, depths in DEPTHS.items() for depth in depths]
)
def test_a_request_that_is_nested_deep_can_be_shown_found_and_judged(line: str, depth: int) -> None:
    prepared()
    text = '{"a":' * depth + '"bottom"' + "}" * depth
    answer = ask(ENGINE, line, body=text.encode()[: 1 << 20])
    assert answer.status < 500
    readable()
    for pattern in JUDGES:
        body = {"bodyPatterns": [pattern]}
        for call in ("count", "find"):
            assert admin(ENGINE, f"POST /requests/{call}", json=body).status == 200
        near = admin(ENGINE, "POST /near-misses/request-pattern", json=body)
        assert near.status == 200
        assert admin(ENGINE, "POST /mappings", json={"request": body}).status == 201
    assert ask(ENGINE, line, body=text.encode()).status < 500
    readable()
