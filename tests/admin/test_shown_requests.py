"""Requests of the journal as they are shown, in WireMock's words, and ours in them."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.model.token_registry import token_id
from tests.admin.journalled import BODY_LIKE, asked, listed, urls
from tests.engine_client import (
    NOW,
    admin,
    ask,
    content,
    fresh_application,
    fresh_engine,
    jwt_parts,
    request,
)
from tests.vendor_tokens import (
    DATASENTINEL_LOGIN,
    DSTOR_KEY,
    connect,
    datasentinel_token,
    dstor_token,
    exchange_fields,
    kitegateway_token,
)

HEALTH = "GET /ds-api/"
ENGINE = fresh_engine()


def test_an_entry_has_wiremocks_fields_and_ours_inside_its_request(engine: Engine) -> None:
    headers = {**DSTOR_KEY, "Host": "api.dstor.cloud:443", "X-A": "1"}
    answer = ask(engine, "GET /v1/dev/temp-token?a=1&b=%20c", headers)
    (entry,) = listed(engine)
    assert set(entry) == {"id", "request", "responseDefinition", "wasMatched", "subEvents"}
    assert (entry["wasMatched"], entry["subEvents"], UUID(entry["id"]).version) == (True, [], 4)
    shown = entry["request"]
    assert shown.pop("headers")["X-A"] == "1"
    assert shown == {
        "url": "/v1/dev/temp-token?a=1&b=%20c",
        "absoluteUrl": "http://api.dstor.cloud:443/v1/dev/temp-token?a=1&b=%20c",
        "method": "GET",
        "clientIp": "127.0.0.1",
        "cookies": {},
        "browserProxyRequest": False,
        "body": "",
        "bodyAsBase64": "",
        "bodyLength": 0,
        "bodyTruncated": False,
        "loggedDate": NOW * 1000,
        "loggedDateString": "2026-01-01T00:00:00Z",
        "vendor": "dstor",
        "endpoint": "temp_token",
        "status": 200,
        "reason": None,
        "tokenId": shown["tokenId"],
        "resendOf": None,
    }
    token = content(answer)["access_token"]
    assert admin(engine, f"DELETE /tokens/{shown['tokenId']}").status == 200
    explained = admin(engine, "POST /tokens/explain", json={"vendor": "dstor", "token": token})
    assert content(explained) == {"accepted": False, "reason": "revoked"}
    response = entry["responseDefinition"]
    assert response["status"] == 200
    assert response["body"].startswith('{"access_token": "[redacted:')
    assert response["headers"]["Date"] == "Thu, 01 Jan 2026 00:00:00 GMT"


def test_a_refusal_says_why(engine: Engine) -> None:
    ask(engine, "GET /v1/dev/temp-token", {"api-key": "short"})
    shown = listed(engine)[0]["request"]
    assert (shown["status"], shown["reason"]) == (
        400,
        "The header 'api-key' must have 64 characters",
    )


def test_the_stub_that_acted_and_its_fault_are_shown(engine: Engine) -> None:
    mapping = {"response": {"fault": "EMPTY_RESPONSE"}, "request": {"method": "PUT"}}
    stub = content(admin(engine, "POST /mappings", json=mapping))
    ask(engine, "PUT /nowhere")
    ask(engine, HEALTH)
    without, with_ = listed(engine)
    assert with_["stubMapping"] == stub == {"id": stub["id"], "uuid": stub["id"], **mapping}
    assert (with_["responseDefinition"]["fault"], with_["wasMatched"]) == ("EMPTY_RESPONSE", True)
    assert "stubMapping" not in without
    assert "fault" not in without["responseDefinition"]
    assert admin(engine, f"DELETE /mappings/{stub['id']}").status == 200
    assert listed(engine)[1]["stubMapping"] == {"id": stub["id"], "uuid": stub["id"]}


@pytest.mark.parametrize(("fault", "status"), [
    ("EMPTY_RESPONSE", 0),
    ("CONNECTION_RESET_BY_PEER", 0),
    ("RANDOM_DATA_THEN_CLOSE", 0),
    ("MALFORMED_RESPONSE_CHUNK", 200),
])  # fmt: skip
def test_of_a_fault_is_shown_what_the_client_saw(engine: Engine, fault: str, status: int) -> None:
    admin(engine, "POST /mappings", json={"response": {"fault": fault}})
    ask(engine, HEALTH)
    shown = listed(engine)[0]["request"]
    assert (shown["status"], shown["reason"]) == (status, f"ordered by a stub: {fault}")


@pytest.mark.parametrize(
    "target", ["/a%2Fb", "/z%7Ez?a=%7e", "/zz?", "/%c3%bc", "//a", "/a;b=c?d", "/ds-api/%41"]
)
def test_a_url_is_shown_as_it_was_sent(engine: Engine, target: str) -> None:
    ask(engine, f"GET {target}", {"Host": "h"})
    shown = listed(engine)[0]["request"]
    assert (shown["url"], shown["absoluteUrl"]) == (target, f"http://h{target}")


def test_a_secret_is_not_shown_in_a_path_that_reads_otherwise_once_it_is_decoded(
    engine: Engine,
) -> None:
    given = {"vendor": "dapi", "credentials": {"appSecret": "s3cr%41t-of-mine"}}
    assert admin(engine, "POST /accounts", json=given).status == 201
    ask(engine, "GET /x/s3cr%41t-of-mine")
    assert "s3cr%41t" not in listed(engine)[0]["request"]["url"]


def test_the_url_of_a_namespace_leads_there_and_that_of_no_path_to_the_host() -> None:
    front = fresh_application()
    for line in ("GET /ns/mine/a%2Fb?c", "GET /ns/mine?c", "GET /n%73/mine/x", "OPTIONS *"):
        front.answer(request(line, {"Host": "h:1"}))
    urls = [
        [entry["request"][name] for name in ("url", "absoluteUrl")]
        for place in ("/ns/mine", "")
        for entry in content(
            front.answer(request(f"GET {place}/__admin/requests", {"Host": "localhost"}))
        )["requests"]
    ]
    assert urls == [
        ["/x", "http://h:1/ns/mine/x"],
        ["/?c", "http://h:1/ns/mine/?c"],
        ["/a%2Fb?c", "http://h:1/ns/mine/a%2Fb?c"],
        ["*", "http://h:1"],
    ]


def test_a_header_that_came_twice_is_one(engine: Engine) -> None:
    ask(engine, HEALTH, [("X-A", "a"), ("Host", "h"), ("x-a", "b")])
    assert listed(engine)[0]["request"]["headers"] == {"X-A": "a, b", "Host": "h"}


@pytest.mark.parametrize(
    "body", [bytes(range(256)), "é".encode("latin-1"), b"a", "ü\ufffd".encode()]
)
def test_the_bytes_of_a_body_are_shown_if_there_is_no_secret_in_them(
    engine: Engine, body: bytes
) -> None:
    ask(engine, "POST /a", body=body)
    assert b64decode(listed(engine)[0]["request"]["bodyAsBase64"]) == body


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le", "utf-16"])
def test_the_bytes_of_a_body_with_a_secret_in_them_are_not(engine: Engine, encoding: str) -> None:
    given = {"vendor": "dapi", "credentials": {"appSecret": "s3crèt-of-mine"}}
    assert admin(engine, "POST /accounts", json=given).status == 201
    ask(engine, "POST /a", body="before s3crèt-of-mine".encode(encoding))
    shown = b64decode(listed(engine)[0]["request"]["bodyAsBase64"])
    assert "s3cr" not in shown.decode("latin-1").replace("\0", "")


def test_a_body_that_was_cut_says_so(engine: Engine) -> None:
    for size in (16 << 10, (16 << 10) + 1):
        ask(engine, "POST /a", body=b"y" * size)
    cut, whole = (entry["request"] for entry in listed(engine))
    assert (whole["bodyTruncated"], whole["bodyLength"], len(whole["body"])) == (
        False,
        16384,
        16384,
    )
    assert (cut["bodyTruncated"], cut["bodyLength"], len(cut["body"])) == (True, 16385, 14336)
    assert b64decode(cut["bodyAsBase64"]) == b"y" * 14336


@pytest.mark.parametrize("kept", range(1, 40, 3))
@pytest.mark.parametrize("before", ["{}", "password={}&x="])
def test_of_a_secret_on_which_a_body_was_cut_no_part_is_shown(
    engine: Engine, before: str, kept: int
) -> None:
    secret = str(connect(engine)["userSecret"])
    filled = before.format("y" * ((16 << 10) - kept - len(before) + 2))
    ask(engine, "POST /a", body=f"{filled}{secret}".encode())
    near = admin(engine, "POST /near-misses/request-pattern", json=BODY_LIKE)
    shown = listed(engine)[0]["request"]
    for text in (shown["body"], str(b64decode(shown["bodyAsBase64"])), near.body.decode()):
        assert secret[:kept] not in text.replace("y" * 9, "") or kept == 1


@pytest.mark.parametrize("parts", [2, 3])
def test_a_token_without_a_signature_has_an_id_too(engine: Engine, parts: int) -> None:
    token = ".".join(dstor_token(engine).split(".")[:parts])
    ask(engine, "GET /v1/user", {"Authorization": f"Bearer {token}"})
    assert listed(engine)[0]["request"]["tokenId"] == token_id(token)


def test_those_of_one_stub_and_those_that_matched_nothing_are_listed(engine: Engine) -> None:
    mapping = {"request": {"url": "/a"}, "response": {"status": 204}}
    stub = content(admin(engine, "POST /mappings", json=mapping))
    asked(engine, "/a", "/b", "/ds-api/", "/c", "/a")
    assert urls(engine, f"?matchingStub={stub['id']}") == ["/a", "/a"]
    assert urls(engine, f"?matchingStub={stub['id']}&limit=1") == ["/a"]
    assert urls(engine, "?matchingStub=x") == []
    assert urls(engine, "?unmatched=true") == ["/c", "/b"]
    assert urls(engine, "?unmatched=false") == ["/a", "/c", "/ds-api/", "/b", "/a"]


def test_one_request_is_forgotten(engine: Engine) -> None:
    asked(engine, "/a", "/b", "/c")
    path = f"DELETE /requests/{listed(engine)[1]['id']}"
    assert admin(engine, path).status == 200
    assert urls(engine) == ["/c", "/a"]
    assert admin(engine, path).status == 200
    assert urls(engine) == ["/c", "/a"]


def test_the_token_of_a_request_is_the_one_that_was_sent(engine: Engine) -> None:
    def token_ids() -> list[str | None]:
        return [entry["request"]["tokenId"] for entry in listed(engine)[::-1]]

    def id_of(token: str, vendor: str) -> str:
        minted = {"vendor": vendor, "claims": jwt_parts(token.removeprefix("JWT "))[1]}
        answer = content(admin(engine, "POST /tokens", json=minted))
        assert answer["token"] == token  # the same claims, signed with the same key
        return str(answer["id"])

    token, kite = datasentinel_token(engine), kitegateway_token(engine)
    ask(engine, "GET /v1/data/wallets/balances", {"Authorization": kite})
    ask(engine, f"GET /ds-api/user-token?token={token}", DATASENTINEL_LOGIN)
    asked(engine, "/ds-api/")
    expected = [id_of(token, "datasentinel"), id_of(kite, "kitegateway")]
    assert token_ids() == [*expected, *expected[::-1], None]


def test_a_header_that_came_twice_is_shown_as_one(engine: Engine) -> None:
    ask(engine, HEALTH, [("X-A", "1"), ("X-B", "2"), ("X-A", "3")])
    assert listed(engine)[0]["request"]["headers"] == {"X-A": "1, 3", "X-B": "2"}


@given(st.integers(0, 3_000_000_000_000))
def test_the_date_in_milliseconds_is_the_date_in_words(microseconds: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    ENGINE.state.journal.clear()
    ENGINE.state.clock.freeze(moment)
    asked(ENGINE, "/ds-api/")
    (entry,) = listed(ENGINE)
    assert entry["request"]["loggedDate"] == NOW * 1000 + microseconds // 1000
    assert datetime.fromisoformat(entry["request"]["loggedDateString"]) == moment


def test_a_request_that_is_sent_again_after_a_fault_names_the_one_before(engine: Engine) -> None:
    fault = {"request": {"method": "POST"}, "response": {"fault": "EMPTY_RESPONSE"}}
    admin(engine, "POST /mappings", json={**fault, "phase": "after", "times": 1})
    body = exchange_fields(connect(engine))
    for _ in range(3):
        ask(engine, "POST /v2/auth/ExchangeToken", json=body)
    refused_later, refused, lost = (each["request"] for each in listed(engine))
    assert (lost["status"], lost["resendOf"]) == (0, None)
    assert refused["resendOf"] == listed(engine)[2]["id"]
    assert "The same request arrived 0 ms before; a stub broke its answer." in refused["reason"]
    assert refused_later["resendOf"] is None
    assert "The same request" not in refused_later["reason"]
