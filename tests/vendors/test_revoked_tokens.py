"""A token that was revoked is refused for ever, and never issued again."""

from collections.abc import Callable

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.token_registry import token_id
from tests.concurrency import run_concurrently
from tests.engine_client import NOW, admin, content, jwt_parts
from tests.vendor_tokens import (
    Customer,
    datasentinel_token,
    dstor_token,
    kitegateway_token,
)

BUY: dict[str, Callable[[Engine], str]] = {
    "dstor": dstor_token,
    "datasentinel": datasentinel_token,
    "dapi": lambda engine: Customer(engine).token,
    "kitegateway": kitegateway_token,
}
EACH_VENDOR = pytest.mark.parametrize("vendor", BUY)


def reason(engine: Engine, vendor: str, token: str) -> str:
    asked = {"vendor": vendor, "token": token}
    return str(content(admin(engine, "POST /tokens/explain", json=asked))["reason"])


def revoke(engine: Engine, token: str) -> None:
    assert admin(engine, f"DELETE /tokens/{token_id(token)}").status == 200


@EACH_VENDOR
def test_the_token_after_a_revoked_one_differs_and_is_accepted(engine: Engine, vendor: str) -> None:
    """The clock is frozen, so that claims in whole seconds would make the same text."""
    revoked: list[str] = []
    for _ in range(5):
        token = BUY[vendor](engine)
        assert token not in revoked
        assert reason(engine, vendor, token) == "ok"
        revoke(engine, token)
        revoked.append(token)
    assert {reason(engine, vendor, token) for token in revoked} == {"revoked"}
    listed = content(admin(engine, "GET /tokens"))["tokens"]
    states = {entry["id"]: entry["state"] for entry in listed}
    assert {states[token_id(token)] for token in revoked} == {"revoked"}


@EACH_VENDOR
def test_a_minted_token_is_not_a_revoked_one_either(engine: Engine, vendor: str) -> None:
    for claims in ({}, {"iat": None, "exp": None}):
        asked = {"vendor": vendor, "claims": claims}
        first = content(admin(engine, "POST /tokens", json=asked))
        revoke(engine, first["token"])
        second = content(admin(engine, "POST /tokens", json=asked))
        assert second["token"] != first["token"]
        assert reason(engine, vendor, second["token"]) == "ok"
        claimed = jwt_parts(second["token"].removeprefix("JWT "))[1]
        assert claimed.get("exp") == second["expires"]


def test_iat_and_exp_move_together_by_the_smallest_step(engine: Engine) -> None:
    revoke(engine, datasentinel_token(engine))
    claims = jwt_parts(datasentinel_token(engine))[1]
    assert (claims["iat"], claims["exp"]) == (NOW - 1, NOW - 1 + 86_405)


def test_the_end_that_a_client_of_dstor_names_does_not_move(engine: Engine) -> None:
    ends = str(NOW + 60)
    revoke(engine, dstor_token(engine, ends))
    claims = jwt_parts(dstor_token(engine, ends))[1]
    assert (claims["iat"], claims["exp"]) == (NOW - 1, NOW + 60)


def test_two_tokens_of_one_second_are_one_text_at_dstor_and_datasentinel_alone(
    engine: Engine,
) -> None:
    same = {vendor for vendor, buy in BUY.items() if buy(engine) == buy(engine)}
    assert same == {"dstor", "datasentinel"}


def test_of_many_simultaneous_purchases_none_gets_a_revoked_token(engine: Engine) -> None:
    revoked = datasentinel_token(engine)
    revoke(engine, revoked)
    tokens = run_concurrently(lambda _: datasentinel_token(engine), threads=20)
    assert revoked not in tokens
    assert {reason(engine, "datasentinel", token) for token in tokens} == {"ok"}
