"""Answers: Date, HEAD, CORS, failures and unknown paths."""

import logging
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.acme_vendor import ACME, acme_engine, engine_of
from tests.engine_client import ask, content, fresh_engine, header, request
from tests.sample_requests import sample_requests
from tests.vendor_tokens import DSTOR_KEY

LINES = ["GET /v1/dev/temp-token", "GET /dapi/nowhere", "OPTIONS /v1/dev/temp-token", "GET /x"]


@pytest.mark.parametrize("line", LINES)
def test_answer_has_a_date_by_the_clock(engine: Engine, line: str) -> None:
    assert header(ask(engine, line), "Date") == "Thu, 01 Jan 2026 00:00:00 GMT"
    engine.state.clock.freeze(0)
    assert header(ask(engine, line), "Date") == "Thu, 01 Jan 1970 00:00:00 GMT"


def test_head_is_answered_as_a_get(engine: Engine) -> None:
    """The adapter leaves the body out; where there is no GET, HEAD is a wrong method."""
    for name, asked in sample_requests(engine).items():
        if asked.method == "GET":
            get, head = engine.answer(asked), engine.answer(asked._replace(method="HEAD"))
            assert head == get, name
    assert ask(engine, "HEAD /v1/auth/token").status == 400


ORIGIN = {"Origin": "https://app.test", "Access-Control-Request-Method": "POST"}
DSTOR_HEADERS = "api-key, x-expiration, authorization, content-type, x-dstor-upload-token"
ALLOW = "Access-Control-Allow"


def check_preflight(response: Response, headers: str) -> None:
    assert (response.status, response.body) == (204, b"")
    assert header(response, f"{ALLOW}-Origin") == "*"
    assert {"GET", "POST"} <= set((header(response, f"{ALLOW}-Methods") or "").split(", "))
    assert header(response, f"{ALLOW}-Headers") == headers


@pytest.mark.parametrize(("line", "headers", "status"), [
    ("GET /v1/dev/temp-token", DSTOR_KEY, 200), ("GET /v1/dev/temp-token", {}, 400),
    ("POST /v1/upload/get-token", {}, 401), ("GET /dstor/nowhere", {}, 404),
])  # fmt: skip
def test_pages_of_any_origin_may_read_answers_of_dstor(
    engine: Engine, line: str, headers: dict[str, str], status: int
) -> None:
    response = ask(engine, line, headers)
    assert (response.status, header(response, f"{ALLOW}-Origin")) == (status, "*")
    for path in (line.partition(" ")[2], "/dstor/anything", "/dstor"):
        check_preflight(ask(engine, f"OPTIONS {path}", ORIGIN), DSTOR_HEADERS)
    closed = ask(fresh_engine({"dstor": {"cors": False}}), f"OPTIONS {path}")
    assert (closed.status, header(closed, f"{ALLOW}-Origin")) == (404, None)


@pytest.mark.parametrize("vendor", ["datasentinel", "dapi", "kitegateway"])
def test_pages_may_read_answers_of_other_vendors_by_switch(vendor: str) -> None:
    asked = {**ORIGIN, "Access-Control-Request-Headers": "authorization,secret-key"}
    for settings, allowed in (({}, None), ({vendor: {"cors": True}}, "*")):
        engine = fresh_engine(settings)
        for name, each in sample_requests(engine).items():
            if name.startswith(vendor):
                assert header(engine.answer(each), f"{ALLOW}-Origin") == allowed
        response = ask(engine, f"OPTIONS /{vendor}/x", asked)
        if allowed:
            check_preflight(response, "authorization,secret-key")
        else:
            assert response.status in (400, 404)
            assert ask(engine, f"OPTIONS /{vendor}/").status == 404


@pytest.mark.parametrize("line", ["GET /broken", "HEAD /acme/broken"])
def test_failed_endpoint_is_the_vendors_own_500_without_details(
    line: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = acme_engine()
    response = ask(engine, line)
    assert response.status == 500
    assert list(content(response)) == ["acme", "at"]
    assert b"s3cr3t" not in response.body
    assert b"Traceback" not in response.body
    (record,) = caplog.records
    assert (record.levelno, bool(record.exc_info)) == (logging.ERROR, True)
    assert "acme, endpoint broken, failed" in record.getMessage()
    assert "report it with the lines below" in record.getMessage()
    assert ask(engine, "GET /here").status == 200


@pytest.mark.parametrize(("line", "nearest"), [
    ("GET /v1/dev/temptoken", "GET /dstor/v1/dev/temp-token"),
    ("POST /v2/auth/exchange-token", "POST /dapi/v2/auth/ExchangeToken"),
    ("GET /ds-api/role", "GET /datasentinel/ds-api/roles"),
    ("POST /v1/auth/tokens", "POST /kitegateway/v1/auth/token"),
])  # fmt: skip
def test_unknown_path_is_a_404_with_the_nearest_endpoints(
    engine: Engine, line: str, nearest: str
) -> None:
    response = ask(engine, line)
    assert response.status == 404
    assert header(response, "Content-Type") == "application/problem+json"
    problem: dict[str, Any] = content(response)
    assert (problem["status"], problem["title"]) == (404, "Not Found")
    assert len(problem["nearest"]) == 3
    assert nearest in problem["nearest"][:1]


def test_unknown_paths_of_any_kind_are_answered(engine: Engine) -> None:
    assert content(ask(engine_of(), "GET /here"))["nearest"] == []
    assert content(ask(engine_of(ACME), "GET /acme/x?y=z"))["at"] == "/x"
    response = engine.answer(request(f"GET /{'x' * 100_000}"))
    assert (response.status, len(content(response)["nearest"])) == (404, 3)
    assert "two slashes" in content(ask(engine, "GET //ds-api/"))["detail"]
    assert "/kitegateway; the controls" in content(ask(engine, "GET /"))["detail"]


@pytest.mark.parametrize(("line", "host"), [
    ("POST //v1/auth/token", "kitegateway.com"),
    ("POST /kitegateway//v1/auth/token", None),
    ("GET //v1/dev/temp-token", "api.dstor.cloud"),
    ("GET /dstor//v1/dev/temp-token", None),
    ("GET //ds-api/", "platform-server"),
    ("POST //v2/auth/ExchangeToken", "api.dapi.com"),
])  # fmt: skip
def test_path_with_two_slashes_is_another_path(engine: Engine, line: str, host: str | None) -> None:
    response = ask(engine, line, {"Host": host} if host else {})
    assert response.status == 404
    entry = engine.state.journal.all()[-1]
    assert (entry.matched, "two slashes" in str(entry.reason)) == (False, True)
