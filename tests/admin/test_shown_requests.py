"""Requests of the journal as they are shown, in WireMock's words, and ours in them."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.model.token_registry import token_id
from tests.engine_client import (
    NOW,
    admin,
    ask,
    content,
    fresh_application,
    fresh_engine,
    request,
    value,
)
from tests.vendor_tokens import (
    BUY,
    DATASENTINEL_LOGIN,
    DSTOR_KEY,
    EXCHANGE,
    connect,
    datasentinel_token,
    dstor_token,
    exchange_fields,
    explained,
    use,
)

HEALTH = "GET /ds-api/"
ENGINE = fresh_engine()
CUT = 16 << 10


def entries(engine: Engine) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = value(engine, "GET /requests")["requests"]
    return listed


def shown(engine: Engine) -> dict[str, Any]:
    """Return the last request."""
    last: dict[str, Any] = entries(engine)[0]["request"]
    return last


def test_an_entry_has_wiremocks_fields_and_ours_inside_its_request(engine: Engine) -> None:
    headers = {**DSTOR_KEY, "Host": "api.dstor.cloud:443", "X-A": "1"}
    answer = ask(engine, "GET /v1/dev/temp-token?a=1&b=%20c", headers)
    (entry,) = entries(engine)
    assert set(entry) == {"id", "request", "responseDefinition", "wasMatched", "subEvents"}
    assert (entry["wasMatched"], entry["subEvents"], UUID(entry["id"]).version) == (True, [], 4)
    shown = entry["request"]
    token = content(answer)["access_token"]
    assert shown.pop("headers")["X-A"] == "1"
    assert shown == {
        "url": "/v1/dev/temp-token?a=1&b=%20c",
        "absoluteUrl": "http://api.dstor.cloud:443/v1/dev/temp-token?a=1&b=%20c",
        **{"method": "GET", "clientIp": "127.0.0.1", "cookies": {}, "browserProxyRequest": False},
        **{"body": "", "bodyAsBase64": "", "bodyLength": 0, "bodyTruncated": False},
        **{"loggedDate": NOW * 1000, "loggedDateString": "2026-01-01T00:00:00Z"},
        **{"vendor": "dstor", "endpoint": "temp_token", "status": 200, "reason": None},
        **{"tokenId": token_id(token), "resendOf": None},
    }
    response = entry["responseDefinition"]
    assert response["status"] == 200
    assert response["body"].startswith('{"access_token": "[redacted:')
    assert response["headers"]["Date"] == "Thu, 01 Jan 2026 00:00:00 GMT"
    value(engine, f"DELETE /tokens/{shown['tokenId']}")
    assert explained(engine, "dstor", token) == "revoked"


def test_a_refusal_says_why(engine: Engine) -> None:
    ask(engine, "GET /v1/dev/temp-token", {"api-key": "short"})
    why = "The header 'api-key' must have 64 characters"
    assert (shown(engine)["status"], shown(engine)["reason"]) == (400, why)


def test_the_log_has_the_reason_of_each_of_two_equal_responses() -> None:
    application = fresh_application()
    texts = ("eyJ", "JWT JWT eyJ")
    sent = [
        request("GET /kitegateway/v1/data/wallets/balances", {"Authorization": text})
        for text in texts
    ]
    answers = [application.answer(each) for each in sent]
    assert answers[0].body == answers[1].body
    reasons = [application.reason_of(*pair) for pair in zip(sent, answers, strict=True)]
    assert ["no prefix" in reason for reason in reasons] == [True, False]


def test_the_stub_that_acted_and_its_fault_are_shown(engine: Engine) -> None:
    mapping = {"response": {"fault": "EMPTY_RESPONSE"}, "request": {"method": "PUT"}}
    stub = value(engine, "POST /mappings", **mapping)
    ask(engine, "PUT /nowhere")
    ask(engine, HEALTH)
    without, with_ = entries(engine)
    assert with_["stubMapping"] == stub == {"id": stub["id"], "uuid": stub["id"], **mapping}
    assert (with_["responseDefinition"]["fault"], with_["wasMatched"]) == ("EMPTY_RESPONSE", True)
    assert "stubMapping" not in without
    assert "fault" not in without["responseDefinition"]
    value(engine, f"DELETE /mappings/{stub['id']}")
    assert entries(engine)[1]["stubMapping"] == {"id": stub["id"], "uuid": stub["id"]}


@pytest.mark.parametrize(("fault", "status"), [
    ("EMPTY_RESPONSE", 0), ("CONNECTION_RESET_BY_PEER", 0), ("RANDOM_DATA_THEN_CLOSE", 0),
    ("MALFORMED_RESPONSE_CHUNK", 200),
])  # fmt: skip
def test_of_a_fault_is_shown_what_the_client_saw(engine: Engine, fault: str, status: int) -> None:
    value(engine, "POST /mappings", response={"fault": fault})
    ask(engine, HEALTH)
    expected = (status, f"ordered by a stub: {fault}")
    assert (shown(engine)["status"], shown(engine)["reason"]) == expected


@pytest.mark.parametrize(
    "target", ["/a%2Fb", "/z%7Ez?a=%7e", "/zz?", "/%c3%bc", "//a", "/a;b=c?d", "/ds-api/%41"]
)
def test_a_url_is_shown_as_it_was_sent(engine: Engine, target: str) -> None:
    ask(engine, f"GET {target}", {"Host": "h"})
    assert (shown(engine)["url"], shown(engine)["absoluteUrl"]) == (target, f"http://h{target}")


def test_a_secret_is_not_shown_in_a_path_that_reads_otherwise_once_it_is_decoded(
    engine: Engine,
) -> None:
    secret = {"appSecret": "s3cr%41t-of-mine"}
    value(engine, "POST /accounts", vendor="dapi", credentials=secret)
    ask(engine, "GET /x/s3cr%41t-of-mine")
    assert "s3cr%41t" not in shown(engine)["url"]


def test_the_url_of_a_namespace_leads_there_and_that_of_no_path_to_the_host() -> None:
    front = fresh_application()
    for line in ("GET /ns/mine/a%2Fb?c", "GET /ns/mine?c", "GET /n%73/mine/x", "OPTIONS *"):
        front.answer(request(line, {"Host": "h:1"}))
    urls = []
    for place in ("/ns/mine", ""):
        call = request(f"GET {place}/__admin/requests", {"Host": "localhost"})
        urls += [entry["request"] for entry in content(front.answer(call))["requests"]]
    assert [(each["url"], each["absoluteUrl"]) for each in urls] == [
        ("/x", "http://h:1/ns/mine/x"),
        ("/?c", "http://h:1/ns/mine/?c"),
        ("/a%2Fb?c", "http://h:1/ns/mine/a%2Fb?c"),
        ("*", "http://h:1"),
    ]


def test_a_header_that_came_twice_is_one(engine: Engine) -> None:
    ask(engine, HEALTH, [("X-A", "a"), ("Host", "h"), ("x-a", "b"), ("X-A", "c")])
    assert shown(engine)["headers"] == {"X-A": "a, b, c", "Host": "h"}


@pytest.mark.parametrize(
    "body", [bytes(range(256)), "é".encode("latin-1"), b"a", "ü\ufffd".encode()]
)
def test_the_bytes_of_a_body_are_shown_if_there_is_no_secret_in_them(
    engine: Engine, body: bytes
) -> None:
    ask(engine, "POST /a", body=body)
    assert b64decode(shown(engine)["bodyAsBase64"]) == body


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le", "utf-16"])
def test_the_bytes_of_a_body_with_a_secret_in_them_are_not(engine: Engine, encoding: str) -> None:
    value(engine, "POST /accounts", vendor="dapi", credentials={"appSecret": "s3crèt-of-mine"})
    ask(engine, "POST /a", body="before s3crèt-of-mine".encode(encoding))
    text = b64decode(shown(engine)["bodyAsBase64"]).decode("latin-1")
    assert "s3cr" not in text.replace("\0", "")


@pytest.mark.parametrize(("size", "kept"), [(CUT, CUT), (CUT + 1, 14 << 10)])
def test_a_body_that_was_cut_says_so(engine: Engine, size: int, kept: int) -> None:
    ask(engine, "POST /a", body=b"y" * size)
    found = shown(engine)
    assert (found["bodyTruncated"], found["bodyLength"]) == (size > CUT, size)
    assert found["body"] == "y" * kept == b64decode(found["bodyAsBase64"]).decode()


@pytest.mark.parametrize("kept", range(1, 40, 3))
@pytest.mark.parametrize("before", ["{}", "password={}&x="])
def test_of_a_secret_on_which_a_body_was_cut_no_part_is_shown(
    engine: Engine, before: str, kept: int
) -> None:
    secret = str(connect(engine)["userSecret"])
    filled = before.format("y" * (CUT - kept - len(before) + 2))
    ask(engine, "POST /a", body=f"{filled}{secret}".encode())
    body_like = {"bodyPatterns": [{"equalTo": "z"}]}
    near = admin(engine, "POST /near-misses/request-pattern", json=body_like).body.decode()
    found = shown(engine)
    for text in (found["body"], str(b64decode(found["bodyAsBase64"])), near):
        assert secret[:kept] not in text.replace("y" * 9, "") or kept == 1


@pytest.mark.parametrize("parts", [2, 3])
def test_a_token_without_a_signature_has_an_id_too(engine: Engine, parts: int) -> None:
    token = ".".join(dstor_token(engine).split(".")[:parts])
    ask(engine, "GET /v1/user", {"Authorization": f"Bearer {token}"})
    assert shown(engine)["tokenId"] == token_id(token)


@pytest.mark.parametrize("vendor", BUY)
def test_the_token_of_a_request_is_the_one_that_was_sent(engine: Engine, vendor: str) -> None:
    token, other = BUY[vendor](engine), datasentinel_token(engine)
    assert shown(engine)["tokenId"] == token_id(other)
    use(engine, vendor, token)
    assert shown(engine)["tokenId"] == token_id(token)
    ask(engine, f"GET /ds-api/user-token?token={other}", DATASENTINEL_LOGIN)
    assert shown(engine)["tokenId"] == token_id(other)
    ask(engine, HEALTH)
    assert shown(engine)["tokenId"] is None


@given(st.integers(0, 3_000_000_000_000))
def test_the_date_in_milliseconds_is_the_date_in_words(microseconds: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    ENGINE.state.clock.freeze(moment)
    ask(ENGINE, HEALTH)
    assert shown(ENGINE)["loggedDate"] == NOW * 1000 + microseconds // 1000
    assert datetime.fromisoformat(shown(ENGINE)["loggedDateString"]) == moment
    ENGINE.state.journal.clear()


def test_a_request_that_is_sent_again_after_a_fault_names_the_one_before(engine: Engine) -> None:
    fault = {"request": {"method": "POST"}, "response": {"fault": "EMPTY_RESPONSE"}}
    value(engine, "POST /mappings", **fault, phase="after", times=1)
    body = exchange_fields(connect(engine))
    for _ in range(3):
        ask(engine, EXCHANGE, json=body)
    refused_later, refused, lost = (each["request"] for each in entries(engine))
    assert (lost["status"], lost["resendOf"]) == (0, None)
    assert refused["resendOf"] == entries(engine)[2]["id"]
    assert "The same request arrived 0 ms before; a stub broke its answer." in refused["reason"]
    assert refused_later["resendOf"] is None
    assert "The same request" not in refused_later["reason"]
