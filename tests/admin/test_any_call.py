"""What holds for every call of the control interface, whatever is sent."""

import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.admin.routes import ROUTES
from mockserver.emulator.engine import Engine
from mockserver.model.request_content import LIMIT
from tests.acme_vendor import acme_engine
from tests.engine_client import admin, content, fresh_engine, header, refused

ENGINE = fresh_engine()
LINES = [line for route in ROUTES for line in route.lines]
CALLS = pytest.mark.parametrize("line", LINES)
WRITES = pytest.mark.parametrize(
    "line", [line for line in LINES if line.startswith(("POST", "PUT"))]
)
WITHOUT_BODY = ("/requests/reset", "/mappings/reset", "/scenarios/reset")
WITH_ANY_FIELD = (*WITHOUT_BODY, "/near-misses/request")  # takes a request as it is shown
FIELDS = [
    *("seconds", "by", "now", "frozen", "fixedDelay", "delayDistribution", "vendor", "account"),
    *("expires_in", "claims", "defect", "token", "credentials", "method", "url", "urlPath"),
    *("urlPattern", "headers", "queryParameters", "bodyPatterns", "body", "state", "request"),
    *("response", "priority", "scenarioName", "metadata", "id", "times", "error", "user"),
]
WORDS = [*("dapi", "dstor", "expired", "30m", "POST", "/", "[", "id", "2026-01-01T00:00:00Z"), ""]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
BODIES = (
    st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4).map(
        lambda value: json.dumps(value).encode()
    )
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=100)
)
QUERIES = st.text(string.printable, max_size=20) | st.text(max_size=10).map("limit={}".format)


def filled(line: str) -> str:
    """The line of a call, its places filled with words that name something."""
    line = line.replace("<vendor>", "dapi").replace("<action>", "connect")
    return line.replace("<id>", "0123456789abcdef").replace("<path:name>", "scenario")


def path_of(line: str) -> str:
    return filled(line).partition(" ")[2]


@CALLS
@settings(max_examples=12)
@given(body=BODIES, query=QUERIES)
def test_no_body_and_no_query_break_a_call(line: str, body: bytes, query: str) -> None:
    if path_of(line) == "/requests/wait":  # waits for real seconds: its own tests see to it
        query, body = "", b"x"
    response = admin(ENGINE, f"{filled(line)}?{query}", body=body)
    assert response.status < 500
    if line.endswith("/events"):
        assert response.body.startswith(b"retry: ")
    elif "/certs/" in line:
        assert response.body.startswith((b"-----BEGIN CERTIFICATE", b"0"))  # PEM or DER
    else:
        assert isinstance(content(response), dict)
    if response.status >= 400:
        refused(response, response.status)


@WRITES
@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff", b'{"a": 1, "a": 1}', b"NaN"])
def test_a_body_that_is_no_json_object_is_refused(engine: Engine, line: str, body: bytes) -> None:
    response = admin(engine, filled(line), body=body)
    if response.status != 404 and path_of(line) not in WITHOUT_BODY:
        assert "JSON" in refused(response)


@WRITES
def test_a_field_that_is_not_known_is_named(engine: Engine, line: str) -> None:
    response = admin(engine, filled(line), json={"nonsense": 1})
    if response.status != 404 and path_of(line) not in WITH_ANY_FIELD:
        assert "nonsense" in refused(response)


@CALLS
def test_a_body_of_more_than_a_mebibyte_is_refused(engine: Engine, line: str) -> None:
    assert str(LIMIT) in refused(admin(engine, filled(line), body=b" " * (LIMIT + 1)), 413)


@CALLS
def test_another_method_is_a_405(engine: Engine, line: str) -> None:
    response = admin(engine, f"PATCH {path_of(line)}")
    refused(response, 405)
    assert line.split(maxsplit=1)[0] in (header(response, "Allow") or "").split(", ")


def test_a_path_that_only_looks_like_this_interface_is_nobodys(engine: Engine) -> None:
    assert "nearest" in content(admin(engine, "GET x/health"))


def test_a_failure_of_ours_is_a_500_that_shows_nothing(caplog: pytest.LogCaptureFixture) -> None:
    body = {"word": "fail"}
    response = admin(acme_engine(), "POST /vendors/acme/play", json=body)
    detail = refused(response, 500)
    assert "s3cr3t" not in detail
    assert "Traceback" not in response.body.decode()
    assert [bool(record.exc_info) for record in caplog.records] == [True]


def test_every_answer_has_a_date_by_the_clock(engine: Engine) -> None:
    lines = ["GET /clock", "POST /clock/advance", "GET /nonsense"]
    dates = {header(admin(engine, line), "Date") for line in lines}
    assert dates == {"Thu, 01 Jan 2026 00:00:00 GMT"}
