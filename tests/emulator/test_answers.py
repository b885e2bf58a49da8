"""Answers: their Date, to HEAD, to a page of another origin, to what fails, to nobody's path."""

import logging
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from tests.acme_vendor import ACME, acme_engine, engine_of
from tests.engine_client import ask, content, fresh_engine, header, request
from tests.sample_requests import sample_requests
from tests.vendor_tokens import DSTOR_KEY

LINES = ["GET /v1/dev/temp-token", "GET /dapi/nowhere", "OPTIONS /v1/dev/temp-token", "GET /x"]


@pytest.mark.parametrize("line", LINES)
def test_every_answer_has_a_date_by_the_clock(engine: Engine, line: str) -> None:
    assert header(ask(engine, line), "Date") == "Thu, 01 Jan 2026 00:00:00 GMT"
    engine.state.clock.freeze(0)
    assert header(ask(engine, line), "Date") == "Thu, 01 Jan 1970 00:00:00 GMT"


def test_a_head_is_answered_as_a_get_with_its_body(engine: Engine) -> None:
    for name, asked in sample_requests(engine).items():
        if asked.method == "GET":
            get, head = (
                engine.answer(asked),
                ask(engine, f"HEAD {asked.path}?{asked.query}", asked.headers.pairs),
            )
            assert (head.status, head.headers, head.body) == (get.status, get.headers, get.body), (
                name
            )


def test_a_head_where_there_is_no_get_is_a_wrong_method(engine: Engine) -> None:
    assert ask(engine, "HEAD /v1/auth/token").status == 400


@pytest.mark.parametrize("path", ["/v1/dev/temp-token", "/dstor/anything", "/dstor"])
def test_a_preflight_allows_the_vendors_headers_and_methods(engine: Engine, path: str) -> None:
    origin = {"Origin": "https://app.test", "Access-Control-Request-Method": "GET"}
    response = ask(engine, f"OPTIONS {path}", origin)
    assert (response.status, response.body) == (204, b"")
    assert header(response, "Access-Control-Allow-Origin") == "*"
    methods = header(response, "Access-Control-Allow-Methods") or ""
    assert {"GET", "POST"} <= set(methods.split(", "))
    assert (header(response, "Access-Control-Allow-Headers") or "").split(", ") == [
        "api-key",
        "x-expiration",
        "authorization",
        "content-type",
        "x-dstor-upload-token",
    ]


@pytest.mark.parametrize(
    ("line", "headers", "status"),
    [
        ("GET /v1/dev/temp-token", DSTOR_KEY, 200),
        ("GET /v1/dev/temp-token", {}, 400),
        ("POST /v1/upload/get-token", {}, 401),
        ("GET /dstor/nowhere", {}, 404),
    ],
)
def test_pages_of_any_origin_may_read_every_answer_of_dstor(
    engine: Engine, line: str, headers: dict[str, str], status: int
) -> None:
    response = ask(engine, line, headers)
    assert response.status == status
    assert header(response, "Access-Control-Allow-Origin") == "*"


@pytest.mark.parametrize("vendor", ["datasentinel", "dapi", "kitegateway"])
def test_no_other_vendor_speaks_to_pages(engine: Engine, vendor: str) -> None:
    for name, asked in sample_requests(engine).items():
        if name.startswith(vendor):
            assert header(engine.answer(asked), "Access-Control-Allow-Origin") is None
    assert ask(engine, f"OPTIONS /{vendor}/").status == 404


@pytest.mark.parametrize("line", ["GET /broken", "HEAD /acme/broken"])
def test_an_endpoint_that_fails_is_the_vendors_own_500_and_shows_nothing(
    line: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = ask(acme_engine(), line)
    assert response.status == 500
    assert list(content(response)) == ["acme", "at"]
    assert b"s3cr3t" not in response.body
    assert b"Traceback" not in response.body
    (record,) = caplog.records
    assert (record.levelno, bool(record.exc_info)) == (logging.ERROR, True)


def test_a_failure_leaves_the_next_answer_alone(caplog: pytest.LogCaptureFixture) -> None:
    engine = acme_engine()
    assert [ask(engine, line).status for line in ("GET /broken", "GET /here")] == [500, 200]


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("GET /v1/dev/temptoken", "GET /dstor/v1/dev/temp-token"),
        ("POST /v2/auth/exchange-token", "POST /dapi/v2/auth/ExchangeToken"),
        ("GET /ds-api/role", "GET /datasentinel/ds-api/roles"),
        ("POST /v1/auth/tokens", "POST /kitegateway/v1/auth/token"),
    ],
)
def test_a_path_that_is_nobodys_is_a_404_that_names_the_nearest_endpoints(
    engine: Engine, line: str, nearest: str
) -> None:
    response = ask(engine, line)
    assert response.status == 404
    assert header(response, "Content-Type") == "application/problem+json"
    problem: dict[str, Any] = content(response)
    assert (problem["status"], problem["title"]) == (404, "Not Found")
    assert len(problem["nearest"]) == 3
    assert nearest in problem["nearest"][:1]


def test_without_vendors_every_path_is_nobodys() -> None:
    assert content(ask(engine_of(), "GET /here"))["nearest"] == []


def test_the_path_of_a_refusal_is_the_one_that_the_vendor_sees() -> None:
    assert content(ask(engine_of(ACME), "GET /acme/x?y=z"))["at"] == "/x"


def test_a_very_long_path_is_answered_as_any_other() -> None:
    response = fresh_engine().answer(request(f"GET /{'x' * 100_000}"))
    assert (response.status, len(content(response)["nearest"])) == (404, 3)


@pytest.mark.parametrize("vendor", ["dapi", "datasentinel", "kitegateway"])
def test_the_setting_cors_lets_a_page_of_another_origin_use_a_vendor(vendor: str) -> None:
    asked = {
        "Origin": "https://app.test",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,secret-key",
    }
    plain, allowed = fresh_engine(), fresh_engine({vendor: {"cors": True}})
    assert ask(plain, f"OPTIONS /{vendor}/x", asked).status in (400, 404)
    response = ask(allowed, f"OPTIONS /{vendor}/x", asked)
    assert response.status == 204
    assert header(response, "Access-Control-Allow-Headers") == "authorization,secret-key"
    assert "POST" in (header(response, "Access-Control-Allow-Methods") or "")
    for name, each in sample_requests(allowed).items():
        if name.startswith(vendor):
            assert header(allowed.answer(each), "Access-Control-Allow-Origin") == "*"


def test_the_setting_cors_false_takes_it_from_a_vendor_that_has_it() -> None:
    response = ask(fresh_engine({"dstor": {"cors": False}}), "OPTIONS /v1/dev/temp-token")
    assert response.status == 404
    assert header(response, "Access-Control-Allow-Origin") is None


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ("POST //v1/auth/token", "kitegateway.com"),
        ("POST /kitegateway//v1/auth/token", None),
        ("GET //v1/dev/temp-token", "api.dstor.cloud"),
        ("GET /dstor//v1/dev/temp-token", None),
        ("GET //ds-api/", "platform-server"),
        ("POST //v2/auth/ExchangeToken", "api.dapi.com"),
    ],
)
def test_a_path_with_two_slashes_is_another_path(
    engine: Engine, line: str, host: str | None
) -> None:
    response = ask(engine, line, {"Host": host} if host else {})
    assert response.status == 404
    entry = engine.state.journal.all()[-1]
    assert (entry.matched, "two slashes" in str(entry.reason)) == (False, True)


def test_a_path_with_two_slashes_and_no_vendor_is_named(engine: Engine) -> None:
    response = ask(engine, "GET //ds-api/")
    assert response.status == 404
    assert "two slashes" in content(response)["detail"]
