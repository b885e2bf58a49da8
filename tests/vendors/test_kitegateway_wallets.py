"""Kitegateway: the token in use."""

import pytest

from mockserver.emulator.engine import Engine
from tests.engine_client import ask, content
from tests.vendor_tokens import datasentinel_token, dstor_token, kitegateway_token

BALANCES = "GET /v1/data/wallets/balances"
BALANCE = "GET /v1/data/wallets/GHS/balance"


def test_a_token_is_sent_back_unchanged(engine: Engine) -> None:
    headers = {"Authorization": kitegateway_token(engine)}
    all_wallets, one = (content(ask(engine, line, headers)) for line in (BALANCES, BALANCE))
    for answer in (all_wallets, one):
        assert list(answer) == ["code", "status", "message", "data"]
        assert (answer["code"], answer["status"]) == (200, "success")
        assert answer["message"] == "Request completed successfully."
    assert [list(wallet) for wallet in all_wallets["data"]] == [["currency", "balance"]] * 3
    assert one["data"] in all_wallets["data"]


@pytest.mark.parametrize("currency", ["EUR", "ghs", "%20", "GHS%0A", "\u00e9"])
def test_a_currency_without_a_wallet_is_a_404(engine: Engine, currency: str) -> None:
    headers = {"Authorization": kitegateway_token(engine)}
    response = ask(engine, f"GET /v1/data/wallets/{currency}/balance", headers)
    assert (response.status, content(response)["code"]) == (404, "not_found")


@pytest.mark.parametrize("line", [BALANCES, BALANCE, "GET /v1/data/wallets/EUR/balance"])
@pytest.mark.parametrize("value", [
    None, "", "JWT", "JWT ", "Bearer {jwt}", "{jwt}", "jwt {jwt}", "JWT JWT {jwt}", "JWT  {jwt}",
    "JWT {jwt} ", "JWT {jwt}x", "JWT {dstor}", "JWT {datasentinel}", "JWT {forged}",
])  # fmt: skip
def test_anything_else_is_refused(engine: Engine, line: str, value: str | None) -> None:
    jwt = kitegateway_token(engine).removeprefix("JWT ")
    words = {
        "jwt": jwt,
        "forged": jwt[:-8] + jwt[-8:][::-1],
        "dstor": dstor_token(engine),
        "datasentinel": datasentinel_token(engine),
    }
    headers = {} if value is None else {"Authorization": value.format(**words)}
    response = ask(engine, line, headers)
    assert (response.status, content(response)["code"]) == (401, "unauthorized")


def test_a_token_is_good_until_it_expires_and_not_in_that_second(engine: Engine) -> None:
    headers = {"Authorization": kitegateway_token(engine, expires_in=60)}
    engine.state.clock.advance(seconds=59.999999)
    assert ask(engine, BALANCES, headers).status == 200
    engine.state.clock.advance(seconds=0.000001)
    assert ask(engine, BALANCES, headers).status == 401
