"""dStor: the temporary token, bought with a key or a login, and used at an upload's first step."""

from uuid import UUID

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import NOW, ask, bearer, content, fresh_engine, jwt_parts
from tests.vendor_tokens import (
    DSTOR_KEY,
    DSTOR_LOGIN,
    datasentinel_token,
    dstor_token,
    kitegateway_token,
)

TEMP_TOKEN, LOGIN = "GET /v1/dev/temp-token", "POST /v1/dev/temp-token"
UPLOAD = "POST /v1/upload/get-token"
BODY = {"chunks_number": 3, "folder_path": "/photos"}
KEY = DSTOR_KEY["api-key"]
YEAR = 31_536_000
LATEST = 253_402_300_799  # the last second of the year 9999


def expiring(engine: Engine, expires: str) -> Response:
    return ask(engine, TEMP_TOKEN, {**DSTOR_KEY, "x-expiration": expires})


def expiry(response: Response) -> int:
    assert response.status == 200
    assert list(content(response)) == ["access_token"]
    return int(jwt_parts(content(response)["access_token"])[1]["exp"])


def upload(engine: Engine, token: str, body: object = BODY) -> Response:
    return ask(engine, UPLOAD, bearer(token), json=body)


def refused(response: Response, status: int, word: str = "") -> None:
    phrase = {400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}[status]
    fields = content(response)
    assert (response.status, list(fields)) == (status, ["statusCode", "error", "message"])
    assert (fields["statusCode"], fields["error"]) == (status, phrase)
    assert word in fields["message"]


def test_the_token_has_the_claims_of_a_published_one_in_their_order(engine: Engine) -> None:
    head, claims = jwt_parts(dstor_token(engine))
    assert list(head.items()) == [("alg", "HS256"), ("typ", "JWT")]
    assert list(claims.items()) == [
        *(("d", False), ("o", False), ("s", False), ("t", None), ("iat", NOW), ("exp", NOW + YEAR)),
        *(("aud", "dstor.cloud"), ("iss", "dstor.cloud"), ("sub", claims["sub"])),
    ]
    assert UUID(claims["sub"]).version == 4
    assert jwt_parts(dstor_token(fresh_engine()))[1]["sub"] == claims["sub"]  # by account
    by_login = content(ask(engine, LOGIN, json=DSTOR_LOGIN))["access_token"]
    assert jwt_parts(by_login) == (head, claims)
    assert expiry(ask(engine, TEMP_TOKEN, {"API-KEY": KEY})) == NOW + YEAR


@pytest.mark.parametrize(("sent", "exp"), [
    *((str(moment), moment) for moment in (1664349827, 1677336539, 0, NOW - 1, NOW, NOW + 1)),
    ("1668542400.123", 1668542400), ("1668542400.999999999", 1668542400),
    ("0001668542400", 1668542400), ("200000000000", 200000000000), (str(LATEST), LATEST),
])  # fmt: skip
def test_the_client_names_the_moment_in_seconds(engine: Engine, sent: str, exp: int) -> None:
    assert expiry(expiring(engine, sent)) == exp


@pytest.mark.parametrize("sent", [
    "", " ", "soon", "NaN", "Infinity", "inf", "-1", "-0.5", "+5", "1,5", "0x10", "1_000", "1 2",
    "1664349827, 1664349828", ".5", "\u0661\u0662", "\u00b2", "1\n", "2026-01-01",
    "1668542400123", str(LATEST + 1), "9" * 10_000, f"{'9' * 400}.5",
], ids=lambda sent: repr(sent[:24]))  # fmt: skip
def test_another_moment_is_refused_and_the_header_named(engine: Engine, sent: str) -> None:
    refused(expiring(engine, sent), 400, "x-expiration")


@pytest.mark.parametrize("sent", ["1677336539", str(NOW), f"{NOW}.9"])
def test_a_moment_in_the_past_is_refused_by_switch(sent: str) -> None:
    engine = fresh_engine({"dstor": {"past_expiration": "reject"}})
    refused(expiring(engine, sent), 400, "x-expiration")
    assert expiry(expiring(engine, str(NOW + 1))) == NOW + 1


@pytest.mark.parametrize("line", [TEMP_TOKEN, LOGIN])
def test_the_default_life_is_a_setting(line: str) -> None:
    engine = fresh_engine({"dstor": {"default_ttl": 3600}})
    assert expiry(ask(engine, line, DSTOR_KEY, json=DSTOR_LOGIN)) == NOW + 3600


@pytest.mark.parametrize(("headers", "status"), [
    ([], 400), ([("x-api-key", KEY)], 400), ([("authorization", f"Bearer {KEY}")], 400),
    *(([("api-key", key)], 400) for key in ("", KEY[:-1], KEY + "x")),
    *(([("api-key", key)], 401) for key in ("x" * 64, KEY.lower(), "\u00e9" * 64)),
    ([("api-key", KEY), ("api-key", KEY)], 400),
])  # fmt: skip
def test_without_a_known_key_there_is_no_token(
    engine: Engine, headers: list[tuple[str, str]], status: int
) -> None:
    refused(ask(engine, TEMP_TOKEN, headers), status, "api-key")


@pytest.mark.parametrize(("name", "value", "status"), [
    *(("email", value, 400) for value in (None, 1)), ("email", {}, 400),
    *(("password", value, 400) for value in (None, ["dstor-password"], True)),
    ("email", "", 401), ("email", "DEV@example.com", 401), ("password", "wrong", 401),
])  # fmt: skip
def test_another_login_buys_nothing(engine: Engine, name: str, value: object, status: int) -> None:
    word = name if status == 400 else ""
    refused(ask(engine, LOGIN, json={**DSTOR_LOGIN, name: value}), status, word)
    without = {key: each for key, each in DSTOR_LOGIN.items() if key != name}
    refused(ask(engine, LOGIN, json=without), 400, name)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"email=dev%40example.com"])
def test_a_login_must_be_a_json_object(engine: Engine, body: bytes) -> None:
    refused(ask(engine, LOGIN, body=body), 400, "body")


def test_a_token_and_two_fields_give_an_upload_token(engine: Engine) -> None:
    token = dstor_token(engine)
    first, second = (content(upload(engine, token)) for _ in range(2))
    assert (list(first), first["message"]) == (["message", "token"], "ok")
    assert first["token"] != second["token"]


@pytest.mark.parametrize(("value", "status"), [
    (None, 401), ("", 400), ("Bearer", 400), ("Bearer ", 400), ("Token {token}", 400),
    ("{token}", 400), ("Bearer {token} {token}", 400), ("Bearer abc", 401),
    ("Bearer {token}x", 401), ("bearer {token}", 200), ("Bearer {datasentinel}", 401),
    ("Bearer {kitegateway}", 401),
])  # fmt: skip
def test_the_header_must_carry_a_bearer_token(
    engine: Engine, value: str | None, status: int
) -> None:
    tokens = {
        "token": dstor_token(engine),
        "datasentinel": datasentinel_token(engine),
        "kitegateway": kitegateway_token(engine).removeprefix("JWT "),
    }
    headers = {} if value is None else {"Authorization": value.format(**tokens)}
    response = ask(engine, UPLOAD, headers, json=BODY)
    assert (response.status, content(response).get("statusCode", 200)) == (status, status)
    assert ask(engine, UPLOAD, body=b"{").status == 401  # the token is judged before the body


def test_a_token_is_good_from_its_issue_until_the_moment_named_and_not_in_it(
    engine: Engine,
) -> None:
    token = dstor_token(engine, expires=f"{NOW + 60}.9")
    for moment, status in ((-1, 401), (0, 200), (59.999999, 200), (60, 401)):
        engine.state.clock.freeze(NOW + moment)
        assert upload(engine, token).status == status
    refused(upload(engine, dstor_token(engine, expires="1677336539")), 401, "expired")


@pytest.mark.parametrize(("name", "value"), [
    *(("chunks_number", value) for value in (None, 0, -1, 1.5, "1", True)),
    *(("folder_path", value) for value in (None, 1, ["/"])),
])  # fmt: skip
def test_a_wrong_or_missing_field_is_named(engine: Engine, name: str, value: object) -> None:
    without = {key: each for key, each in BODY.items() if key != name}
    for body in ({**BODY, name: value}, without):
        refused(upload(engine, dstor_token(engine), body), 400, name)
