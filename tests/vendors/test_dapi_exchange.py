"""Dapi: a login at Connect, and the exchange of its code for a permanent token."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from mockserver.model.vendor_state import VendorState
from tests.concurrency import run_concurrently
from tests.engine_client import NOW, ask, content, fresh_engine, jwt_parts, reset
from tests.vendor_tokens import EXCHANGE, Customer, connect, dapi_token, exchange_fields

PRINTED = {
    "appSecret": "app_secret_value",
    "accessCode": "access_code_value",
    "connectionID": "connection_id_value",
}
LIFE = 1800
USED = "USED_ACCESS_CODE"


def exchange(engine: Engine, body: Mapping[str, object]) -> Response:
    return ask(engine, EXCHANGE, json=body)


def refused(response: Response, status: int, kind: str) -> str:
    fields = content(response)
    assert list(fields) == ["success", "status", "type", "msg", "operationID"]
    assert (response.status, fields["type"]) == (status, kind)
    assert (fields["success"], fields["status"]) == (False, "failed")
    assert UUID(fields["operationID"])
    return str(fields["msg"])


def test_a_login_has_the_fields_of_the_page_in_their_order(engine: Engine) -> None:
    first, second = connect(engine), connect(engine)
    names = ["success", "accessCode", "userSecret", "connectionID", "userID", "tokenID"]
    assert (list(first), first["success"]) == (names, True)
    assert {name for name in first if first[name] == second[name]} == {"success", "userID"}
    assert connect(engine, user="dapi_user2")["userID"] != first["userID"]


def test_a_code_buys_one_token(engine: Engine) -> None:
    login = connect(engine)
    response = exchange(engine, exchange_fields(login))
    fields = content(response)
    names = ["success", "accessToken", "status", "operationID", "tokenID", "userID"]
    assert (response.status, list(fields)) == (200, names)
    assert (fields["success"], fields["status"]) == (True, "done")
    assert (fields["tokenID"], fields["userID"]) == (login["tokenID"], login["userID"])
    assert UUID(fields["operationID"])
    assert login["userSecret"] not in str(jwt_parts(fields["accessToken"]))
    refused(exchange(engine, exchange_fields(login)), 401, USED)


def test_the_answer_is_the_pages_two_fields_by_switch() -> None:
    engine = fresh_engine({"dapi": {"response": "page"}})
    for _ in range(2):
        assert list(content(exchange(engine, PRINTED))) == ["success", "accessToken"]
        reset(engine)  # the settings stay


def test_the_printed_example_works_once_for_half_an_hour_and_again_after_a_reset(
    engine: Engine,
) -> None:
    for _ in range(2):
        assert exchange(engine, PRINTED).status == 200
        refused(exchange(engine, PRINTED), 401, USED)
        reset(engine)
    engine.state.clock.advance(seconds=LIFE)
    refused(exchange(engine, PRINTED), 401, "EXPIRED_ACCESS_CODE")


@pytest.mark.parametrize("started", [0, 0.5, 0.999999])
def test_a_code_lasts_half_an_hour_to_the_microsecond(engine: Engine, started: float) -> None:
    engine.state.clock.freeze(NOW + started)
    first, second = (exchange_fields(connect(engine)) for _ in range(2))
    engine.state.clock.advance(seconds=LIFE - 0.000001)
    assert exchange(engine, first).status == 200
    engine.state.clock.advance(seconds=0.000001)
    refused(exchange(engine, second), 401, "EXPIRED_ACCESS_CODE")


@pytest.mark.parametrize("name", PRINTED)
@pytest.mark.parametrize("value", ["", 1, True, 1.5, [], ["access_code_value"], {}])
def test_a_field_that_is_missing_or_no_text_is_named(
    engine: Engine, name: str, value: object
) -> None:
    assert name in refused(exchange(engine, {**PRINTED, name: value}), 400, "PARAMETER_ERROR")
    without = {key: each for key, each in PRINTED.items() if key != name}
    for body in (without, {**PRINTED, name: None}):
        assert name in refused(exchange(engine, body), 422, "PARAMETER_MISSING")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"appSecret=app_secret_value", b'{"a": 1, "a": 1}'],
)
def test_a_body_that_is_no_json_object_is_refused(engine: Engine, body: bytes) -> None:
    refused(ask(engine, EXCHANGE, body=body), 400, "PARAMETER_ERROR")


@pytest.mark.parametrize(("name", "value", "kind"), [
    ("appSecret", "wrong", "INVALID_APP_SECRET"),
    ("appSecret", "app_key_value", "INVALID_APP_SECRET"),
    ("accessCode", "unknown", "INVALID_ACCESS_CODE"),
    ("accessCode", " access_code_value", "INVALID_ACCESS_CODE"),
    ("connectionID", "of another code", "INVALID_CONNECTION"),
])  # fmt: skip
def test_a_wrong_value_is_refused_and_does_not_burn_the_code(
    engine: Engine, name: str, value: str, kind: str
) -> None:
    refused(exchange(engine, {**PRINTED, name: value}), 401, kind)
    assert exchange(engine, PRINTED).status == 200


def test_what_belongs_to_another_login_app_or_time_is_refused(engine: Engine) -> None:
    login, other = connect(engine), connect(engine)
    body = exchange_fields(login)
    mixed = {**body, "connectionID": other["connectionID"]}
    refused(exchange(engine, mixed), 401, "INVALID_CONNECTION")
    no_code = {**body, "accessCode": dapi_token(engine, other)}
    refused(exchange(engine, no_code), 401, "INVALID_ACCESS_CODE")
    app = {"appSecret": "other_secret", "appKey": "other_key", "bankLogins": {"someone": "x"}}
    dapi = next(vendor for vendor in engine.vendors if vendor.name == "dapi")
    engine.state.vendor_state(dapi).accounts.add(app)
    other_app = {"appSecret": "other_secret"}
    refused(exchange(engine, {**body, **other_app}), 401, "INVALID_APP_SECRET")
    theirs = connect(engine, app_key="other_key")
    assert exchange(engine, {**exchange_fields(theirs), **other_app}).status == 200
    assert theirs["userID"] != login["userID"]
    reset(engine)
    refused(exchange(engine, body), 401, "INVALID_ACCESS_CODE")


@pytest.mark.parametrize("attempt", range(4))
def test_of_many_exchanges_of_one_code_at_once_exactly_one_succeeds(
    engine: Engine, attempt: int
) -> None:
    body = exchange_fields(connect(engine))

    def outcome(_: int) -> str:
        fields = content(exchange(engine, body))
        return str(fields.get("type", fields["status"]))

    assert Counter(run_concurrently(outcome)) == {"done": 1, USED: 49}


def test_an_exchange_that_comes_a_moment_later_is_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_up = VendorState.use_up

    def overtaken(state: VendorState[Any], code: str) -> bool:
        use_up(state, code)  # another exchange is always a moment earlier
        return use_up(state, code)

    monkeypatch.setattr(VendorState, "use_up", overtaken)
    refused(exchange(engine, exchange_fields(connect(engine))), 401, USED)


def test_logins_and_exchanges_of_many_threads_do_not_mix(engine: Engine) -> None:
    def live(_: int) -> int:
        customer = Customer(engine)
        line = "POST /v2/data/accounts/get"
        return ask(engine, line, customer.headers, json=customer.secrets).status

    assert run_concurrently(live, threads=8) == [200] * 8
