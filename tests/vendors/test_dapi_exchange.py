"""Dapi: a login at Connect, and the exchange of its code for a permanent token."""

from uuid import UUID

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import NOW, ask, content, fresh_engine, jwt_parts, reset
from tests.vendor_tokens import connect, dapi_token, exchange_fields

EXCHANGE = "POST /v2/auth/ExchangeToken"
PRINTED = {
    "appSecret": "app_secret_value",
    "accessCode": "access_code_value",
    "connectionID": "connection_id_value",
}
LIFE = 1800


def refused(response: Response, status: int, kind: str) -> str:
    fields = content(response)
    assert list(fields) == ["success", "status", "type", "msg", "operationID"]
    assert (response.status, fields["type"]) == (status, kind)
    assert (fields["success"], fields["status"]) == (False, "failed")
    assert UUID(fields["operationID"])
    return str(fields["msg"])


def test_a_login_has_the_fields_of_the_page_in_their_order(engine: Engine) -> None:
    login = connect(engine)
    assert list(login) == [
        "success",
        "accessCode",
        "userSecret",
        "connectionID",
        "userID",
        "tokenID",
    ]
    assert login["success"] is True


def test_of_two_logins_of_one_user_only_the_user_is_the_same(engine: Engine) -> None:
    first, second = connect(engine), connect(engine)
    same = {name for name in first if first[name] == second[name]}
    assert same == {"success", "userID"}
    assert connect(engine, user="dapi_user2")["userID"] != first["userID"]


def test_a_code_buys_a_token(engine: Engine) -> None:
    login = connect(engine)
    response = ask(engine, EXCHANGE, json=exchange_fields(login))
    fields = content(response)
    assert response.status == 200
    assert list(fields) == [
        "success",
        "accessToken",
        "status",
        "operationID",
        "tokenID",
        "userID",
    ]
    assert (fields["success"], fields["status"]) == (True, "done")
    assert (fields["tokenID"], fields["userID"]) == (login["tokenID"], login["userID"])
    assert UUID(fields["operationID"])


def test_the_token_does_not_give_the_users_secret_away(engine: Engine) -> None:
    login = connect(engine)
    assert login["userSecret"] not in str(jwt_parts(dapi_token(engine, login)))


def test_the_answer_is_the_pages_two_fields_by_switch() -> None:
    engine = fresh_engine({"dapi": {"response": "page"}})
    response = ask(engine, EXCHANGE, json=exchange_fields(connect(engine)))
    assert list(content(response)) == ["success", "accessToken"]


def test_a_code_buys_one_token(engine: Engine) -> None:
    body = exchange_fields(connect(engine))
    assert ask(engine, EXCHANGE, json=body).status == 200
    refused(ask(engine, EXCHANGE, json=body), 401, "USED_ACCESS_CODE")


def test_the_printed_example_works_once_and_again_after_a_reset(engine: Engine) -> None:
    for _ in range(2):
        assert ask(engine, EXCHANGE, json=PRINTED).status == 200
        refused(ask(engine, EXCHANGE, json=PRINTED), 401, "USED_ACCESS_CODE")
        reset(engine)


def test_the_printed_example_lasts_half_an_hour_from_the_start(engine: Engine) -> None:
    engine.state.clock.advance(seconds=LIFE)
    refused(ask(engine, EXCHANGE, json=PRINTED), 401, "EXPIRED_ACCESS_CODE")


@pytest.mark.parametrize("started", [0, 0.5, 0.999999])
def test_a_code_lasts_half_an_hour_to_the_microsecond(engine: Engine, started: float) -> None:
    engine.state.clock.freeze(NOW + started)
    first, second = (exchange_fields(connect(engine)) for _ in range(2))
    engine.state.clock.advance(seconds=LIFE - 0.000001)
    assert ask(engine, EXCHANGE, json=first).status == 200
    engine.state.clock.advance(seconds=0.000001)
    refused(ask(engine, EXCHANGE, json=second), 401, "EXPIRED_ACCESS_CODE")


@pytest.mark.parametrize("name", PRINTED)
@pytest.mark.parametrize("drop", [True, False])
def test_a_field_that_is_missing_or_null_is_named(engine: Engine, name: str, drop: bool) -> None:
    body = {key: value for key, value in PRINTED.items() if key != name}
    response = ask(engine, EXCHANGE, json=body if drop else {**body, name: None})
    assert name in refused(response, 422, "PARAMETER_MISSING")


@pytest.mark.parametrize("name", PRINTED)
@pytest.mark.parametrize("value", ["", 1, True, 1.5, [], ["access_code_value"], {}])
def test_a_field_that_is_no_text_is_named(engine: Engine, name: str, value: object) -> None:
    response = ask(engine, EXCHANGE, json={**PRINTED, name: value})
    assert name in refused(response, 400, "PARAMETER_ERROR")


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b'"text"', b"appSecret=app_secret_value", b'{"a": 1, "a": 1}',
])  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused(engine: Engine, body: bytes) -> None:
    refused(ask(engine, EXCHANGE, body=body), 400, "PARAMETER_ERROR")


@pytest.mark.parametrize(("change", "kind"), [
    ({"appSecret": "wrong"}, "INVALID_APP_SECRET"),
    ({"appSecret": "app_key_value"}, "INVALID_APP_SECRET"),
    ({"accessCode": "unknown"}, "INVALID_ACCESS_CODE"),
    ({"accessCode": " access_code_value"}, "INVALID_ACCESS_CODE"),
    ({"connectionID": "of another code"}, "INVALID_CONNECTION"),
])  # fmt: skip
def test_a_wrong_value_is_refused_and_does_not_burn_the_code(
    engine: Engine, change: dict[str, str], kind: str
) -> None:
    refused(ask(engine, EXCHANGE, json={**PRINTED, **change}), 401, kind)
    assert ask(engine, EXCHANGE, json=PRINTED).status == 200


def test_a_connection_of_another_code_is_refused(engine: Engine) -> None:
    body = {**exchange_fields(connect(engine)), "connectionID": connect(engine)["connectionID"]}
    refused(ask(engine, EXCHANGE, json=body), 401, "INVALID_CONNECTION")


def test_an_access_token_is_no_access_code(engine: Engine) -> None:
    login = connect(engine)
    body = {**exchange_fields(login), "accessCode": dapi_token(engine, login)}
    refused(ask(engine, EXCHANGE, json=body), 401, "INVALID_ACCESS_CODE")


def test_a_code_of_before_a_reset_is_unknown(engine: Engine) -> None:
    body = exchange_fields(connect(engine))
    reset(engine)
    refused(ask(engine, EXCHANGE, json=body), 401, "INVALID_ACCESS_CODE")


def test_another_app_cannot_exchange_the_code(engine: Engine) -> None:
    other = {"appSecret": "other_secret", "appKey": "other_key", "bankLogins": {"someone": "x"}}
    dapi = next(vendor for vendor in engine.vendors if vendor.name == "dapi")
    engine.state.vendor_state(dapi).accounts.add(other)
    login = connect(engine)
    body = {**exchange_fields(login), "appSecret": "other_secret"}
    refused(ask(engine, EXCHANGE, json=body), 401, "INVALID_APP_SECRET")
    theirs = connect(engine, app_key="other_key")
    body = {**exchange_fields(theirs), "appSecret": "other_secret"}
    assert ask(engine, EXCHANGE, json=body).status == 200
    assert theirs["userID"] != login["userID"]
