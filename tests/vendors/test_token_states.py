"""Issued tokens: a revoked one is never issued again; the list and `explain` always agree."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.model.token_registry import token_id
from tests.concurrency import run_concurrently
from tests.engine_client import NOW, ask, content, fresh_engine, jwt_parts, value
from tests.vendor_tokens import (
    BUY,
    EXCHANGE,
    VENDORS,
    connect,
    datasentinel_token,
    dstor_token,
    each_vendor,
    exchange_fields,
    explained,
    minted,
    revoke,
)

CLAIMS = st.fixed_dictionaries(
    {}, optional={name: st.integers(NOW - 60, NOW + 60) for name in ("iat", "nbf", "exp")}
)


def agreed(engine: Engine, vendor: str, text: str) -> str:
    """Return the state of a token or code, after a check that both calls say the same."""
    listed = str(value(engine, f"GET /tokens/{token_id(text)}")["state"])
    assert explained(engine, vendor, text) == {"active": "ok"}.get(listed, listed)
    return listed


@each_vendor
def test_the_token_after_a_revoked_one_differs_and_is_accepted(engine: Engine, vendor: str) -> None:
    """The clock is frozen, so that claims in whole seconds would make the same text."""
    revoked: list[str] = []
    for _ in range(5):
        token = BUY[vendor](engine)
        assert token not in revoked
        assert agreed(engine, vendor, token) == "active"
        revoke(engine, token)
        revoked.append(token)
    assert {agreed(engine, vendor, token) for token in revoked} == {"revoked"}


@each_vendor
@pytest.mark.parametrize("claims", [{}, {"iat": None, "exp": None}])
def test_a_minted_token_is_not_a_revoked_one_either(
    engine: Engine, vendor: str, claims: dict[str, Any]
) -> None:
    first = minted(engine, vendor, claims=claims)["token"]
    revoke(engine, first)
    second = minted(engine, vendor, claims=claims)
    assert second["token"] != first
    assert explained(engine, vendor, second["token"]) == "ok"
    assert jwt_parts(second["token"].removeprefix("JWT "))[1].get("exp") == second["expires"]


def test_iat_and_exp_move_by_the_smallest_step_and_an_end_that_the_client_names_does_not(
    engine: Engine,
) -> None:
    revoke(engine, datasentinel_token(engine))
    claims = jwt_parts(datasentinel_token(engine))[1]
    assert (claims["iat"], claims["exp"]) == (NOW - 1, NOW - 1 + 86_405)
    revoke(engine, dstor_token(engine, str(NOW + 60)))
    claims = jwt_parts(dstor_token(engine, str(NOW + 60)))[1]
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
    assert {explained(engine, "datasentinel", token) for token in tokens} == {"ok"}


@settings(max_examples=60)
@given(st.sampled_from(VENDORS), CLAIMS, st.integers(-120, 120), st.booleans())
def test_a_token_at_any_moment(
    vendor: str, claims: dict[str, Any], moved: int, is_revoked: bool
) -> None:
    engine = fresh_engine()
    token = minted(engine, vendor, claims=claims)["token"]
    if is_revoked:
        revoke(engine, token)
    engine.state.clock.freeze(NOW + moved)
    assert (agreed(engine, vendor, token) == "revoked") is is_revoked


@pytest.mark.parametrize(("moved", "state"), [
    (-1, "not-yet-valid"), (-0.5, "not-yet-valid"), (0, "active"), (1799.5, "active"),
    (1800, "expired"), (1800.5, "expired"),
])  # fmt: skip
@pytest.mark.parametrize("started", [0, 0.75])
def test_a_code_at_any_moment(engine: Engine, started: float, moved: float, state: str) -> None:
    engine.state.clock.freeze(NOW + started)
    login = connect(engine)
    engine.state.clock.freeze(NOW + started + moved)
    assert agreed(engine, "dapi", login["accessCode"]) == state
    answer = ask(engine, EXCHANGE, json=exchange_fields(login))
    assert (answer.status == 200) == (state == "active")
    if moved == -1:
        assert (answer.status, content(answer)["type"]) == (401, "INVALID_ACCESS_CODE")
        assert "the clock was set back" in str(engine.state.journal.all()[-1].reason)


@pytest.mark.parametrize("marks", [["used"], ["revoked"], ["used", "revoked"]])
@pytest.mark.parametrize("moved", [-60, 0, 1800])
def test_a_used_or_revoked_code_stays_so(engine: Engine, marks: list[str], moved: int) -> None:
    login = connect(engine)
    if "used" in marks:
        ask(engine, EXCHANGE, json=exchange_fields(login))
    if "revoked" in marks:
        revoke(engine, login["accessCode"])
    engine.state.clock.freeze(NOW + moved)
    assert agreed(engine, "dapi", login["accessCode"]) == marks[-1]
