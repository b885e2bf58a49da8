"""A reset restores the state of the start; engines share nothing."""

from pathlib import Path

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.clock import Moment
from mockserver.model.settings import NoSettings
from mockserver.model.vendor_state import VendorState
from tests.acme_vendor import ACME, engine_of
from tests.concurrency import run_concurrently
from tests.engine_client import NOW, admin, ask, fresh_engine, reset
from tests.vendor_tokens import (
    APP_SECRET,
    DATASENTINEL_LOGIN,
    EXCHANGE,
    VENDORS,
    minted,
    revoke,
    use,
)

PRINTED = {**APP_SECRET, "accessCode": "access_code_value", "connectionID": "connection_id_value"}


def bought(engine: Engine) -> dict[str, str]:
    return {vendor: minted(engine, vendor)["token"] for vendor in VENDORS}


def statuses_of_use(engine: Engine, tokens: dict[str, str]) -> set[int]:
    return {use(engine, vendor, token).status for vendor, token in tokens.items()}


def test_tokens_of_before_a_reset_are_refused(engine: Engine) -> None:
    tokens = bought(engine)
    assert statuses_of_use(engine, tokens) == {200}
    reset(engine)
    assert statuses_of_use(engine, tokens) == {401}
    assert statuses_of_use(engine, bought(engine)) == {200}


def test_reset_restores_accounts_and_the_running_clock(engine: Engine) -> None:
    for vendor in engine.vendors:
        engine.state.vendor_state(vendor).accounts.add({"user": "new"})
    engine.state.clock.advance(days=1)
    engine.reset()
    assert not engine.state.clock.frozen
    assert engine.state.clock.unix() != NOW + 86_400
    check_accounts(engine)


def check_accounts(engine: Engine) -> None:
    """Check that each vendor has its built-in accounts and no other."""
    for vendor in engine.vendors:
        assert engine.state.vendor_state(vendor).accounts.all() == list(vendor.accounts)


def test_engines_share_nothing(engine: Engine) -> None:
    other = fresh_engine()
    assert statuses_of_use(other, bought(engine)) == {401}
    engine.state.clock.advance(days=1)
    assert other.state.clock.unix() == NOW
    assert [ask(each, EXCHANGE, json=PRINTED).status for each in (engine, other)] == [401, 200]


def test_calls_during_resets_are_answered_as_before_or_after(engine: Engine) -> None:
    def calls(number: int) -> set[int]:
        if number % 4 == 0:
            return {admin(engine, "POST /reset").status for _ in range(2)}
        connect = (admin(engine, "POST /vendors/dapi/connect").status for _ in range(4))
        create = (
            ask(engine, "POST /ds-api/user-token", DATASENTINEL_LOGIN).status for _ in range(4)
        )
        return {*connect, *create}

    assert set[int]().union(*run_concurrently(calls, threads=4)) == {200, 201}


def test_concurrent_resets_leave_one_state(engine: Engine) -> None:
    def resets(_: int) -> set[int]:
        return {admin(engine, "POST /reset").status for _ in range(2)}

    assert set[int]().union(*run_concurrently(resets, threads=4)) == {200}
    check_accounts(engine)
    tokens = bought(engine)
    for token in tokens.values():
        revoke(engine, token)
    assert statuses_of_use(engine, tokens) == {401}


def test_state_that_is_dropped_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/state.db"
    engine_of(store=store).refresh()
    found: list[int] = []

    def begin(state: VendorState[NoSettings], _: Moment) -> None:
        if not found:
            engine_of(store=store).drop()  # as another process does
        found.append(len(state.accounts.all()))
        assert found[-1]

    engine = engine_of(ACME._replace(begin=begin), store=store)
    assert engine.is_current(engine.refresh())
    assert found == [0, 1]


def test_error_of_a_vendor_that_fills_its_state_is_raised(tmp_path: Path) -> None:
    def begin(_state: VendorState[NoSettings], _: Moment) -> None:
        raise LookupError

    store = f"sqlite:///{tmp_path}/state.db"
    engine_of(store=store).refresh()
    with pytest.raises(LookupError):
        engine_of(ACME._replace(begin=begin), store=store).refresh()
