"""Why a vendor refused: the journal tells what the vendor does not."""

from collections.abc import Callable

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import ask, basic, bearer, fresh_engine
from tests.vendor_tokens import (
    APP_SECRET,
    DSTOR_KEY,
    KITEGATEWAY_KEY,
    Customer,
    connect,
    dapi_token,
    datasentinel_token,
    dstor_token,
    exchange_fields,
    kitegateway_token,
)

UPLOAD = {"chunks_number": 1, "folder_path": "/"}
BALANCES = "GET /v1/data/wallets/balances"
ANOTHER_KEY = "Signature of another key, or a changed token."
ANOTHER = "The token's signature is not valid."


def reason(engine: Engine) -> str | None:
    return engine.state.journal.all()[-1].reason


def exchanged(engine: Engine, **changed: str) -> Response:
    fields = {**exchange_fields(connect(engine)), **changed}
    return ask(engine, "POST /v2/auth/ExchangeToken", json=fields)


def uploaded(engine: Engine, token: str) -> Response:
    return ask(engine, "POST /v1/upload/get-token", bearer(token), json=UPLOAD)


def balances(engine: Engine, token: str) -> Response:
    return ask(engine, BALANCES, {"Authorization": token})


def roles(engine: Engine, token: str) -> Response:
    return ask(engine, "GET /ds-api/roles", {"user-token": token})


def kite(engine: Engine, **credentials: str) -> Response:
    sent = {**KITEGATEWAY_KEY, "Secret-Key": "YOUR_SECRET", **credentials}
    secret = {"Secret-Key": sent.pop("Secret-Key")}
    return ask(engine, "POST /v1/auth/token", secret if secret["Secret-Key"] else {}, json=sent)


def customer(engine: Engine, **changed: str) -> Response:
    mine = Customer(engine)
    return ask(engine, "POST /v2/data/identity/get", mine.headers, json={**mine.secrets, **changed})


REFUSED: dict[str, tuple[Callable[[Engine], Response], str, str]] = {
    "dstor, another key": (
        lambda engine: ask(engine, "GET /v1/dev/temp-token", {"api-key": "x" * 64}),
        "The api-key is not valid",
        "No account has this api-key.",
    ),
    "dstor, another e-mail": (
        lambda engine: ask(
            engine, "POST /v1/dev/temp-token", json={"email": "a", "password": "dstor-password"}
        ),
        "Wrong email or password",
        "No account has this email.",
    ),
    "dstor, another password": (
        lambda engine: ask(
            engine, "POST /v1/dev/temp-token", json={"email": "dev@example.com", "password": "b"}
        ),
        "Wrong email or password",
        "password is not this account's.",
    ),
    "dstor, a token of another vendor": (
        lambda engine: uploaded(engine, datasentinel_token(engine)),
        ANOTHER,
        ANOTHER_KEY,
    ),
    "datasentinel, nothing sent": (
        lambda engine: ask(engine, "POST /ds-api/user-token"),
        "A valid user and password are required.",
        "The header Authorization was not sent.",
    ),
    "datasentinel, another user": (
        lambda engine: ask(engine, "POST /ds-api/user-token", basic("a", "myPassword")),
        "A valid user and password are required.",
        "No account has this user.",
    ),
    "datasentinel, another password": (
        lambda engine: ask(engine, "POST /ds-api/user-token", basic("myUser", "b")),
        "A valid user and password are required.",
        "password is not this account's.",
    ),
    "datasentinel, a token of another vendor": (
        lambda engine: roles(engine, dstor_token(engine)),
        ANOTHER,
        ANOTHER_KEY,
    ),
    "kitegateway, another key": (
        lambda engine: kite(engine, api_key="a"),
        "Invalid api_key or Secret-Key.",
        "No account has this api_key.",
    ),
    "kitegateway, another secret": (
        lambda engine: kite(engine, **{"Secret-Key": "a"}),
        "Invalid api_key or Secret-Key.",
        "Secret-Key is not this account's.",
    ),
    "kitegateway, no secret": (
        lambda engine: kite(engine, **{"Secret-Key": ""}),
        "Invalid api_key or Secret-Key.",
        "Secret-Key was not sent.",
    ),
    "kitegateway, no prefix": (
        lambda engine: balances(engine, kitegateway_token(engine).removeprefix("JWT ")),
        "The token must begin with 'JWT ' once.",
        "The token must begin with 'JWT ' once: no prefix.",
    ),
    "kitegateway, prefix twice": (
        lambda engine: balances(engine, f"JWT {kitegateway_token(engine)}"),
        "The token must begin with 'JWT ' once.",
        "The token must begin with 'JWT ' once: prefix twice.",
    ),
    "kitegateway, a token of another vendor": (
        lambda engine: balances(engine, f"JWT {dstor_token(engine)}"),
        ANOTHER,
        ANOTHER_KEY,
    ),
    "dapi, a code of no login": (
        lambda engine: exchanged(engine, accessCode="a"),
        "The accessCode is not valid.",
        "No login has this accessCode.",
    ),
    "dapi, the connection of another login": (
        lambda engine: exchanged(engine, connectionID="a"),
        "The connectionID is not that of the accessCode.",
        "The connectionID is not that of the accessCode.",
    ),
    "dapi, another app's secret": (
        lambda engine: exchanged(engine, appSecret="a"),
        "The appSecret is not valid.",
        "No account has this appSecret.",
    ),
    "dapi, the userSecret of another login": (
        lambda engine: customer(engine, userSecret="a"),
        "The userSecret is not valid.",
        "The userSecret is not valid.",
    ),
    "dapi, a token of another vendor": (
        lambda engine: ask(
            engine, "POST /v2/data/identity/get", bearer(dstor_token(engine)), json=APP_SECRET
        ),
        ANOTHER,
        ANOTHER_KEY,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_vendor_says_its_own_and_the_journal_says_why(engine: Engine, case: str) -> None:
    refused, said, why = REFUSED[case]
    response = refused(engine)
    assert response.status in (401, 404)
    assert said in response.body.decode()
    assert said == why or why not in response.body.decode()
    assert reason(engine) == why


def test_a_used_code_was_used_at_a_moment(engine: Engine) -> None:
    login = connect(engine)
    engine.state.clock.advance(minutes=2)
    dapi_token(engine, login)
    engine.state.clock.advance(minutes=40)
    response = ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    assert "was used already" in response.body.decode()
    assert reason(engine) == "The accessCode was used at 2026-01-01T00:02:00Z."


def test_an_expired_code_has_expired_so_long_ago(engine: Engine) -> None:
    login = connect(engine)
    engine.state.clock.advance(minutes=30, seconds=12)
    response = ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    assert "older than 30 minutes" in response.body.decode()
    assert reason(engine) == "The accessCode expired 12 s ago."


def test_a_revoked_code_was_revoked(engine: Engine) -> None:
    login = connect(engine)
    engine.state.registry.revoke(engine.state.registry.all()[0].id)
    ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    assert reason(engine) == "The accessCode was revoked."


USES: dict[str, tuple[Callable[[Engine], str], Callable[[Engine, str], Response]]] = {
    "dstor": (dstor_token, uploaded),
    "datasentinel": (datasentinel_token, roles),
    "kitegateway": (kitegateway_token, balances),
}


@pytest.mark.parametrize("vendor", USES)
def test_an_expired_token_has_expired_so_long_ago(engine: Engine, vendor: str) -> None:
    bought, used = USES[vendor]
    token = bought(engine)
    entry = engine.state.registry.all()[0]
    engine.state.clock.freeze((entry.expires or 0) + 12)
    assert used(engine, token).status == 401
    assert reason(engine) == "The token expired 12 s ago."


@pytest.mark.parametrize("vendor", USES)
def test_a_token_of_before_a_reset_is_one_of_another_key(engine: Engine, vendor: str) -> None:
    bought, used = USES[vendor]
    assert used(fresh_engine(), bought(engine)).status == 401
    other = fresh_engine()
    used(other, bought(engine))
    assert reason(other) == ANOTHER_KEY


def test_dstors_own_key_needs_no_reason(engine: Engine) -> None:
    assert ask(engine, "GET /v1/dev/temp-token", DSTOR_KEY).status == 200
    assert reason(engine) is None
