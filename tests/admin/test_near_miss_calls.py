"""Calls about near misses."""

import re
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from tests.engine_client import admin, ask, content


def test_unmatched_requests_have_near_misses(engine: Engine) -> None:
    ask(engine, "GET /dapi/nowhere")
    ask(engine, "GET /ds-api/")
    misses = content(admin(engine, "GET /requests/unmatched/near-misses"))["nearMisses"]
    assert len(misses) == 3
    distances = [miss["matchResult"]["distance"] for miss in misses]
    assert distances == sorted(distances)
    assert set(misses[0]["stubMapping"]["request"]) == {"method", "urlPath"}


@pytest.mark.parametrize(("asked", "nearest"), [
    ({"url": "/v1/dev/temptoken", "method": "GET"}, "dstor temp_token"),
    ({"url": "/dapi/v2/auth/exchange?x=1", "method": "POST"}, "dapi exchange_token"),
    ({"url": "/ds-api/role"}, "datasentinel roles"),
])  # fmt: skip
def test_any_request_has_near_misses(engine: Engine, asked: dict[str, str], nearest: str) -> None:
    answer = content(admin(engine, "POST /near-misses/request", json=asked))
    assert answer["nearMisses"][0]["stubMapping"]["name"] == nearest


@pytest.mark.parametrize("asked", [
    {"url": 1}, {"headers": {"a": 1}}, {"headers": []}, {"body": {}}, {"method": None, "url": []},
], ids=str)  # fmt: skip
def test_what_is_no_request_is_refused(engine: Engine, asked: dict[str, Any]) -> None:
    assert admin(engine, "POST /near-misses/request", json=asked).status == 400


def test_a_pattern_has_the_requests_that_came_nearest(engine: Engine) -> None:
    ask(engine, "GET /dapi/nowhere")
    ask(engine, "POST /v1/auth/token")
    pattern = {"method": "GET", "urlPath": "/dapi/nowher"}
    (first, *_) = content(admin(engine, "POST /near-misses/request-pattern", json=pattern))[
        "nearMisses"
    ]
    assert first["request"]["url"] == "/dapi/nowhere"
    assert first["requestPattern"] == pattern
    assert re.search(r"/dapi/nowher\b.*/dapi/nowhere", first["request"]["sideBySide"])
