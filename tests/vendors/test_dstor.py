"""dStor: the temporary token, bought with a key or a login."""

from uuid import UUID

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import NOW, ask, content, fresh_engine, jwt_parts
from tests.vendor_tokens import DSTOR_KEY, DSTOR_LOGIN, dstor_token

TEMP_TOKEN = "GET /v1/dev/temp-token"
LOGIN = "POST /v1/dev/temp-token"
KEY = DSTOR_KEY["api-key"]
YEAR = 31_536_000
LATEST = 253_402_300_799  # the last second of the year 9999


def expiring(engine: Engine, expires: str) -> Response:
    return ask(engine, TEMP_TOKEN, {**DSTOR_KEY, "x-expiration": expires})


def expiry(token: str) -> int:
    return int(jwt_parts(token)[1]["exp"])


def refused(response: Response, status: int, word: str) -> None:
    phrase = {400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}[status]
    fields = content(response)
    assert (response.status, list(fields)) == (status, ["statusCode", "error", "message"])
    assert (fields["statusCode"], fields["error"]) == (status, phrase)
    assert word in fields["message"]


def test_a_key_buys_a_token_for_a_year(engine: Engine) -> None:
    response = ask(engine, TEMP_TOKEN, DSTOR_KEY)
    assert response.status == 200
    assert list(content(response)) == ["access_token"]
    assert expiry(content(response)["access_token"]) == NOW + YEAR


def test_the_token_has_the_claims_of_a_published_one_in_their_order(engine: Engine) -> None:
    head, claims = jwt_parts(dstor_token(engine))
    assert list(head.items()) == [("alg", "HS256"), ("typ", "JWT")]
    assert list(claims.items()) == [
        ("d", False),
        ("o", False),
        ("s", False),
        ("t", None),
        ("iat", NOW),
        ("exp", NOW + YEAR),
        ("aud", "dstor.cloud"),
        ("iss", "dstor.cloud"),
        ("sub", claims["sub"]),
    ]


def test_the_subject_is_one_uuid_of_version_4_for_each_account(engine: Engine) -> None:
    subjects = {jwt_parts(dstor_token(each))[1]["sub"] for each in (engine, fresh_engine())}
    assert [UUID(subject).version for subject in subjects] == [4]


@pytest.mark.parametrize(("sent", "exp"), [
    ("1664349827", 1664349827),
    ("1677336539", 1677336539),
    ("0", 0),
    (str(NOW - 1), NOW - 1),
    (str(NOW), NOW),
    (str(NOW + 1), NOW + 1),
    ("1668542400.123", 1668542400),
    ("1668542400.999999999", 1668542400),
    ("0001668542400", 1668542400),
    ("200000000000", 200000000000),
    (str(LATEST), LATEST),
])  # fmt: skip
def test_the_client_names_the_moment_in_seconds(engine: Engine, sent: str, exp: int) -> None:
    response = expiring(engine, sent)
    assert response.status == 200
    assert expiry(content(response)["access_token"]) == exp


@pytest.mark.parametrize("sent", [
    "", " ", "soon", "NaN", "Infinity", "inf", "-1", "-0.5", "+5", "1,5", "0x10", "1_000", "1 2",
    "1664349827, 1664349828", ".5", "\u0661\u0662", "\u00b2", "1\n", "2026-01-01", "1668542400123",
    str(LATEST + 1), "9" * 10_000, f"{'9' * 400}.5",
], ids=lambda sent: repr(sent[:24]))  # fmt: skip
def test_another_moment_is_refused_and_the_header_named(engine: Engine, sent: str) -> None:
    refused(expiring(engine, sent), 400, "x-expiration")


@pytest.mark.parametrize(
    ("sent", "status"),
    [("1677336539", 400), (str(NOW), 400), (f"{NOW}.9", 400), (str(NOW + 1), 200)],
)
def test_a_moment_in_the_past_is_refused_by_switch(sent: str, status: int) -> None:
    engine = fresh_engine({"dstor": {"past_expiration": "reject"}})
    response = expiring(engine, sent)
    assert response.status == status
    if status == 400:
        refused(response, 400, "x-expiration")


@pytest.mark.parametrize("line", [TEMP_TOKEN, LOGIN])
def test_the_default_life_is_a_setting(line: str) -> None:
    engine = fresh_engine({"dstor": {"default_ttl": 3600}})
    token = content(ask(engine, line, DSTOR_KEY, json=DSTOR_LOGIN))["access_token"]
    assert expiry(token) == NOW + 3600


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 400),
    ({"x-api-key": KEY}, 400),
    ({"authorization": f"Bearer {KEY}"}, 400),
    ({"api-key": ""}, 400),
    ({"api-key": KEY[:-1]}, 400),
    ({"api-key": KEY + "x"}, 400),
    ({"api-key": "x" * 64}, 401),
    ({"api-key": KEY.lower()}, 401),
    ({"api-key": "\u00e9" * 64}, 401),
])  # fmt: skip
def test_without_a_known_key_there_is_no_token(
    engine: Engine, headers: dict[str, str], status: int
) -> None:
    refused(ask(engine, TEMP_TOKEN, headers), status, "api-key")


def test_a_key_sent_twice_is_no_key(engine: Engine) -> None:
    refused(ask(engine, TEMP_TOKEN, [("api-key", KEY), ("api-key", KEY)]), 400, "api-key")


def test_the_header_has_no_case(engine: Engine) -> None:
    assert ask(engine, TEMP_TOKEN, {"API-KEY": KEY}).status == 200


def test_a_login_buys_the_same(engine: Engine) -> None:
    response = ask(engine, LOGIN, json=DSTOR_LOGIN)
    assert response.status == 200
    assert jwt_parts(content(response)["access_token"]) == jwt_parts(dstor_token(engine))


@pytest.mark.parametrize(("change", "status", "word"), [
    ({"email": None}, 400, "email"),
    ({"password": None}, 400, "password"),
    ({"email": 1}, 400, "email"),
    ({"password": ["dstor-password"]}, 400, "password"),
    ({"email": {}}, 400, "email"),
    ({"password": True}, 400, "password"),
    ({"email": ""}, 401, ""),
    ({"email": "DEV@example.com"}, 401, ""),
    ({"password": "wrong"}, 401, ""),
])  # fmt: skip
def test_another_login_buys_nothing(
    engine: Engine, change: dict[str, object], status: int, word: str
) -> None:
    refused(ask(engine, LOGIN, json={**DSTOR_LOGIN, **change}), status, word)


@pytest.mark.parametrize("name", ["email", "password"])
def test_a_login_needs_both_fields(engine: Engine, name: str) -> None:
    body = {key: value for key, value in DSTOR_LOGIN.items() if key != name}
    refused(ask(engine, LOGIN, json=body), 400, name)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"email=dev%40example.com"])
def test_a_login_must_be_a_json_object(engine: Engine, body: bytes) -> None:
    refused(ask(engine, LOGIN, body=body), 400, "body")


def test_two_slashes_at_the_end_are_another_path(engine: Engine) -> None:
    assert ask(engine, "GET /dstor/v1/dev/temp-token//", DSTOR_KEY).status == 404
