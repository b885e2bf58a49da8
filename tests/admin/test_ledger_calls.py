"""Calls that list what was issued."""

from mockserver.emulator.engine import Engine
from mockserver.model.token_registry import token_id
from tests.engine_client import admin, ask, bearer, content
from tests.vendor_tokens import connect, exchange_fields


def states(engine: Engine) -> dict[str, str]:
    listed = content(admin(engine, "GET /tokens"))["tokens"]
    return {token["id"]: token["state"] for token in listed}


def test_codes_and_tokens_go_from_state_to_state(engine: Engine) -> None:
    login = connect(engine)
    code = token_id(login["accessCode"])
    assert states(engine)[code] == "active"
    fields = exchange_fields(login)
    answer = content(ask(engine, "POST /v2/auth/ExchangeToken", json=fields))
    token = answer["accessToken"]
    assert (states(engine)[code], states(engine)[token_id(token)]) == ("used", "active")
    secrets = {"appSecret": fields["appSecret"], "userSecret": login["userSecret"]}
    ask(engine, "POST /v2/users/DelinkUser", bearer(token), json=secrets)
    assert states(engine)[token_id(token)] == "revoked"
    engine.state.clock.advance(minutes=30)
    printed = token_id("access_code_value")
    assert states(engine)[printed] == "expired"
    assert content(admin(engine, f"GET /tokens/{printed}"))["kind"] == "access code"
    assert token not in str(content(admin(engine, "GET /tokens")))


def test_a_token_that_was_ordered_is_listed_and_can_be_revoked(engine: Engine) -> None:
    minted = content(admin(engine, "POST /tokens", json={"vendor": "dstor"}))
    shown = content(admin(engine, f"GET /tokens/{minted['id']}"))
    assert (shown["vendor"], shown["account"], shown["state"]) == (
        "dstor",
        "dev@example.com",
        "active",
    )
    assert admin(engine, f"DELETE /tokens/{minted['id']}").status == 200
    assert states(engine)[minted["id"]] == "revoked"


def test_a_token_that_is_not_listed_is_a_404(engine: Engine) -> None:
    assert admin(engine, "GET /tokens/0123456789abcdef").status == 404
