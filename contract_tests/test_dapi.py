"""Dapi: a login gives an access code; the code and the app's secret buy a permanent token."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from mockserver.verification.check_client import CheckClient, accepted, in_order, refused, success
from mockserver.verification.service_under_test import MockControl
from mockserver.verification.statements import statement
from mockserver.verification.token_check import Forgery, check_life, decoded, make_defective

from .dapi import (
    DELINK,
    EXCHANGE,
    IDENTITY,
    OTHER,
    OURS,
    PAGE,
    SDKS,
    STEP_1,
    STEP_2,
    VERSUS,
    App,
    Session,
    refusal,
    result,
)

CODE_LIFE = 1_800  # seconds
ATTEMPTS = 50  # at once
CONNECT = ["success", "accessCode", "userSecret", "connectionID", "userID", "tokenID"]
WANTED = ["appSecret", "accessCode", "connectionID"]


@pytest.fixture
def app(client: CheckClient) -> App:
    """Return the app that has the credentials of the service."""
    return App(client)


def _body_without(name: str, app: App) -> dict[str, str]:
    good = {**app.connect(), "appSecret": app.client.account["appSecret"]}
    return {field: good[field] for field in WANTED if field != name}


# Connect and the access code


@statement(tag="S", source=STEP_1)
def test_connect(app: App) -> None:
    """After a login the app gets success true, accessCode, userSecret and three IDs."""
    login = app.client.act("connect")
    assert in_order(login, CONNECT)
    assert login["success"] is True


@statement(tag="P", source=OTHER)
def test_shapes_of_connect(app: App) -> None:
    """A connectionID is 40 hex digits, userID and tokenID are UUIDs, userSecret long base64."""
    login = app.readable_login()
    assert re.fullmatch("[0-9a-f]{40}", login["connectionID"])
    assert all(UUID(login[name]) for name in ("userID", "tokenID") if name in login)
    assert re.fullmatch("[A-Za-z0-9+/]{64,}={0,2}", login["userSecret"])


@statement(tag="P", source=OTHER)
def test_shape_of_app(another: Callable[..., CheckClient]) -> None:
    """An appSecret and an appKey are 64 hex digits."""
    account = another().account
    assert all(re.fullmatch("[0-9a-f]{64}", account[name]) for name in ("appSecret", "appKey"))


@statement(tag="P", source=OTHER)
def test_claims_of_access_code(app: App) -> None:
    """An access code is a JWT, HS256, with the claims salt, appKey, tokenID, iat, exp."""
    login = app.readable_login()
    code = decoded(login["accessCode"])
    assert code.header["alg"] == "HS256"
    assert in_order(code.claims, ["salt", "appKey", "tokenID", "iat", "exp"])
    assert code.claims["tokenID"] == login.get("tokenID", code.claims["tokenID"])


@statement(tag="S", source=f"{PAGE}, said twice; one sample says 300 s (P)")
def test_life_of_access_code(app: App) -> None:
    """The claims iat and exp of an access code are 30 minutes apart."""
    check_life(decoded(app.readable_login()["accessCode"]).life, CODE_LIFE)


@statement(tag="S", source=f"{VERSUS}; Step 1, note")
def test_access_code_for_30_minutes(app: App, clock: MockControl) -> None:
    """An access code is valid for 30 minutes: it is exchanged at 1799 s."""
    login = app.connect()
    clock.advance(CODE_LIFE - 1)
    accepted(app.exchange(login))


@statement(tag="S", source=f"{VERSUS}; Step 1, note (the code will become ineffective)")
def test_access_code_after_30_minutes(app: App, clock: MockControl) -> None:
    """An access code is invalid after 30 minutes: it is refused a minute later."""
    login = app.connect()
    clock.advance(CODE_LIFE + 60)
    assert refused(app.exchange(login))


@statement(tag="X", source=OURS)
def test_expired_access_code(app: App, clock: MockControl) -> None:
    """An access code of 1800 s is a 401, EXPIRED_ACCESS_CODE."""
    login = app.connect()
    clock.advance(CODE_LIFE)
    refusal(app.exchange(login, expect=401), "EXPIRED_ACCESS_CODE")


@statement(tag="P", source=OTHER)
def test_access_code_once(app: App) -> None:
    """An access code is for single use: a second exchange is refused."""
    login, answer = app.exchanged()
    accepted(answer)
    assert refused(app.exchange(login))


@statement(tag="X", source=OURS)
def test_used_access_code(app: App) -> None:
    """An access code that was used is a 401, USED_ACCESS_CODE."""
    login, answer = app.exchanged()
    accepted(answer)
    refusal(app.exchange(login, expect=401), "USED_ACCESS_CODE")


@statement(tag="P", source=f"{OTHER}: the code is for single use")
def test_exchanges_at_once(app: App, control: MockControl) -> None:
    """Of many simultaneous exchanges of one code, exactly one succeeds."""
    control.require(f"{ATTEMPTS} calls at once are for a mock only")
    login, start = app.connect(), Barrier(ATTEMPTS)

    def attempt(_number: int) -> bool:
        start.wait()
        answer = app.exchange(login)
        assert answer.ok or refused(answer)
        return answer.ok

    with ThreadPoolExecutor(ATTEMPTS) as threads:
        assert sum(threads.map(attempt, range(ATTEMPTS))) == 1


@statement(tag="S", source=f"{VERSUS} (it can't be used to interact with the API)")
@pytest.mark.parametrize("path", [IDENTITY, DELINK])
def test_access_code_as_bearer(app: App, path: str) -> None:
    """An access code is not an access token: as Bearer it is refused, even if all else is right."""
    login = app.login()
    assert refused(Session(app.client, login, login["accessCode"]).ask(path))


@statement(tag="X", source=OURS)
def test_refused_access_code(app: App) -> None:
    """An access code as Bearer is a 401."""
    login = app.login()
    refusal(Session(app.client, login, login["accessCode"]).ask(IDENTITY, expect=401))


@statement(tag="P", source=OTHER)
def test_sandbox_logins(app: App) -> None:
    """The sandbox logins dapi_user1 and dapi_user2 are accepted, each for a different customer."""
    sessions = [app.session(user=user) for user in ("dapi_user1", "dapi_user2")]
    customers = [result(session.ask(IDENTITY), "identity") for session in sessions]
    assert customers[0] != customers[1]
    assert sessions[0].login["userID"] != sessions[1].login["userID"]


# The exchange


@statement(tag="S", source=f"{STEP_2}, response")
def test_exchange(app: App) -> None:
    """An exchange returns success true and an accessToken."""
    body = success(app.exchanged()[1])
    assert body["success"] is True
    assert isinstance(body["accessToken"], str)


@statement(tag="P", source=OTHER)
def test_status_of_exchange(app: App) -> None:
    """An exchange succeeds with the status 200."""
    assert app.exchanged()[1].status_code == 200


@statement(tag="P", source=f"{OTHER}, table of the answer; the IDs: {SDKS}")
def test_exchange_for_sdks(app: App) -> None:
    """An exchange also returns status done, operationID, and the login's tokenID and userID."""
    login, answer = app.exchanged()
    body = success(answer)
    assert body.get("status") == "done", "there is no status done"
    assert body.get("operationID"), "there is no operationID"
    for name in ("tokenID", "userID"):
        assert body.get(name), f"there is no {name}"
        assert body[name] == login.get(name, body[name]), f"{name} is not that of the login"


@statement(tag="P", source=f"{OTHER} (once); the words: {STEP_2}, request body (S)")
def test_printed_exchange(mock: CheckClient, control: MockControl) -> None:
    """The exchange with the values of the page succeeds once, without any setup."""
    control.reset()
    words = ["app_secret_value", "access_code_value", "connection_id_value"]
    body = dict(zip(WANTED, words, strict=True))
    assert mock.post(EXCHANGE, json=body).ok
    assert refused(mock.post(EXCHANGE, json=body))


@statement(tag="P", source=OTHER)
def test_claims_of_access_token(app: App) -> None:
    """An access token is a JWT, HS256, with the claims salt, appKey, tokenID, authorizations."""
    login, answer = app.exchanged()
    token = decoded(success(answer)["accessToken"])
    assert token.header["alg"] == "HS256"
    assert in_order(token.claims, ["salt", "appKey", "tokenID", "authorizations"])
    assert token.claims["tokenID"] == login.get("tokenID", token.claims["tokenID"])


@statement(tag="X", source=f"{OURS}; the published token is cut off")
def test_access_token_without_end(app: App) -> None:
    """An access token has no claim exp."""
    assert "exp" not in decoded(success(app.exchanged()[1])["accessToken"]).claims


@statement(tag="S", source=f"{STEP_2}, request body", first=True)
@pytest.mark.parametrize("name", WANTED)
def test_exchange_needs_field(app: App, name: str) -> None:
    """An exchange needs appSecret, accessCode and connectionID: without one it is refused."""
    assert refused(app.client.post(EXCHANGE, json=_body_without(name, app)))


@statement(tag="P", source=OTHER, first=True)
@pytest.mark.parametrize("name", WANTED)
def test_exchange_without_field(app: App, name: str) -> None:
    """An exchange without one of its three fields is a 422, PARAMETER_MISSING."""
    answer = app.client.post(EXCHANGE, json=_body_without(name, app), expect=422)
    refusal(answer, "PARAMETER_MISSING")


@statement(tag="P", source=f"{SDKS}, one of which sends null", first=True)
@pytest.mark.parametrize("name", WANTED)
def test_exchange_with_null(app: App, name: str) -> None:
    """A field that is null counts as missing: a 422, PARAMETER_MISSING."""
    answer = app.exchange(app.connect(), **{name: None}, expect=422)
    refusal(answer, "PARAMETER_MISSING")


@statement(tag="P", source=OTHER, first=True)
@pytest.mark.parametrize("name", WANTED)
@pytest.mark.parametrize("value", ["", 1, True, [], {}], ids=repr)
def test_exchange_with_wrong_type(app: App, name: str, value: object) -> None:
    """A field that is empty or not a string is a 400, PARAMETER_ERROR."""
    refusal(app.exchange(app.connect(), **{name: value}, expect=400), "PARAMETER_ERROR")


@statement(tag="P", source=OTHER)
@pytest.mark.parametrize("body", ["", "{", "[]", '"text"', "null", "appSecret=x"])
def test_exchange_with_unreadable_body(client: CheckClient, body: str) -> None:
    """A body that is malformed JSON or not an object is a 400, PARAMETER_ERROR."""
    headers = {"Content-Type": "application/json"}
    answer = client.post(EXCHANGE, headers=headers, data=body, expect=400)
    refusal(answer, "PARAMETER_ERROR")


@statement(tag="S", source=f"{STEP_2} (valid Access Code), request body", first=True)
@pytest.mark.parametrize("name", WANTED)
def test_exchange_with_wrong_field(app: App, name: str) -> None:
    """An exchange with a wrong appSecret, accessCode or connectionID is refused."""
    wrong: dict[str, Any] = {name: "wrong"}
    assert refused(app.exchange(app.connect(), **wrong))


@statement(tag="X", source=OURS, first=True)
@pytest.mark.parametrize("forge", [make_defective, lambda _code: "x"], ids=["forged", "unknown"])
def test_unknown_access_code(app: App, forge: Forgery) -> None:
    """An access code that was never issued is a 401, INVALID_ACCESS_CODE."""
    login = app.connect()
    answer = app.exchange(login, accessCode=forge(login["accessCode"]), expect=401)
    refusal(answer, "INVALID_ACCESS_CODE")


@statement(tag="X", source=OURS)
def test_connection_of_another_code(app: App) -> None:
    """The connectionID of another code is a 401, INVALID_CONNECTION."""
    connection = app.connect()["connectionID"]
    answer = app.exchange(app.connect(), connectionID=connection, expect=401)
    refusal(answer, "INVALID_CONNECTION")


@statement(tag="X", source=OURS, first=True)
def test_unknown_app_secret(app: App) -> None:
    """An unknown appSecret is a 401, INVALID_APP_SECRET."""
    answer = app.exchange(app.connect(), appSecret="wrong", expect=401)
    refusal(answer, "INVALID_APP_SECRET")


@statement(tag="X", source=OURS)
def test_app_secret_of_another_app(app: App, another: Callable[..., CheckClient]) -> None:
    """The appSecret of another app than the code's is a 401, INVALID_APP_SECRET."""
    other = App(another())
    refusal(other.exchange(app.connect(), expect=401), "INVALID_APP_SECRET")
    assert other.exchange(other.connect(app_key=other.client.account["appKey"])).ok


@statement(tag="X", source=OURS)
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"connectionID": "wrong"}, 401),
        ({"appSecret": "wrong"}, 401),
        ({"appSecret": None}, 422),
        ({"connectionID": 1}, 400),
    ],
    ids=["connection", "secret", "missing", "type"],
)
def test_refused_exchange(app: App, changed: dict[str, Any], status: int) -> None:
    """A refused exchange does not use the code up."""
    login = app.connect()
    app.exchange(login, **changed, expect=status)
    accepted(app.exchange(login))


# Failures


@statement(tag="X", source=OURS)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", EXCHANGE), ("PUT", DELINK), ("POST", "/v2/nothing")]
)
def test_unknown_path(client: CheckClient, method: str, path: str) -> None:
    """Another method and an unknown path are a 404 in the shape of an error."""
    refusal(client.send(method, path, expect=404))


@statement(tag="X", source=f"{OURS}; the type: {OTHER} (P)")
def test_internal_error(app: App, broken: Callable[[str], None]) -> None:
    """A failure of Dapi is a 500, UNKNOWN_ERROR."""
    broken("exchange_token")
    refusal(app.exchange(app.login(), expect=500), "UNKNOWN_ERROR")
