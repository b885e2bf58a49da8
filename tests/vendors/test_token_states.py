"""The list of tokens and `explain` say the same of a token, at any moment."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.model.token_registry import token_id
from tests.engine_client import NOW, admin, ask, content, fresh_engine
from tests.vendor_tokens import connect, exchange_fields

VENDORS = ["dstor", "datasentinel", "dapi", "kitegateway"]
STATES = {"ok": "active"}
CLAIMS = st.fixed_dictionaries(
    {}, optional={name: st.integers(NOW - 60, NOW + 60) for name in ("iat", "nbf", "exp")}
)


def agree(engine: Engine, vendor: str, text: str) -> str:
    """Return the state of a token or code, after a check that both calls say the same."""
    asked = {"vendor": vendor, "token": text}
    reason = content(admin(engine, "POST /tokens/explain", json=asked))["reason"]
    listed = content(admin(engine, f"GET /tokens/{token_id(text)}"))["state"]
    assert listed == STATES.get(reason, reason)
    return str(listed)


@settings(max_examples=60)
@given(st.sampled_from(VENDORS), CLAIMS, st.integers(-120, 120), st.booleans())
def test_a_token_at_any_moment(
    vendor: str, claims: dict[str, Any], moved: int, is_revoked: bool
) -> None:
    engine = fresh_engine()
    minted = content(admin(engine, "POST /tokens", json={"vendor": vendor, "claims": claims}))
    if is_revoked:
        admin(engine, f"DELETE /tokens/{minted['id']}")
    engine.state.clock.freeze(NOW + moved)
    agree(engine, vendor, minted["token"])


@pytest.mark.parametrize(("moved", "state"), [
    (-1, "not-yet-valid"),
    (-0.5, "not-yet-valid"),
    (0, "active"),
    (1799.5, "active"),
    (1800, "expired"),
    (1800.5, "expired"),
])  # fmt: skip
@pytest.mark.parametrize("started", [0, 0.75])
def test_a_code_at_any_moment(engine: Engine, started: float, moved: float, state: str) -> None:
    engine.state.clock.freeze(NOW + started)
    login = connect(engine)
    engine.state.clock.freeze(NOW + started + moved)
    assert agree(engine, "dapi", login["accessCode"]) == state
    answer = ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    assert (answer.status == 200) == (state == "active")


def test_a_code_that_was_made_in_the_future_of_the_clock_says_so(engine: Engine) -> None:
    login = connect(engine)
    engine.state.clock.freeze(NOW - 60)
    answer = ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    assert (answer.status, content(answer)["type"]) == (401, "INVALID_ACCESS_CODE")
    assert "the clock was set back" in str(engine.state.journal.all()[-1].reason)


@pytest.mark.parametrize("marks", [["used"], ["revoked"], ["used", "revoked"]])
@pytest.mark.parametrize("moved", [-60, 0, 1800])
def test_a_used_or_revoked_code_stays_so(engine: Engine, marks: list[str], moved: int) -> None:
    login = connect(engine)
    code = login["accessCode"]
    if "used" in marks:
        ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    if "revoked" in marks:
        admin(engine, f"DELETE /tokens/{token_id(code)}")
    engine.state.clock.freeze(NOW + moved)
    assert agree(engine, "dapi", code) == marks[-1]
