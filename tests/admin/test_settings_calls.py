"""Calls about the delay of every answer."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from tests.engine_client import admin, ask, content

HEALTH = "GET /ds-api/"


def test_a_delay_for_all_is_set_and_taken_back(engine: Engine) -> None:
    settings = {"fixedDelay": 20, "delayDistribution": {"type": "fixed", "milliseconds": 5}}
    assert admin(engine, "POST /settings", json=settings).status == 200
    assert content(admin(engine, "GET /settings")) == {"settings": settings}
    assert ask(engine, HEALTH).delay == 0.025
    mapping = {"request": {"urlPath": "/ds-api/"}, "response": {"fixedDelayMilliseconds": 1}}
    assert admin(engine, "POST /mappings", json=mapping).status == 201
    assert ask(engine, HEALTH).delay == 0.001
    assert admin(engine, "POST /settings").status == 200
    assert ask(engine, "GET /ds-api/roles").delay == 0


def test_what_wiremocks_clients_send_beside_a_delay_is_taken(engine: Engine) -> None:
    settings = {"fixedDelay": 20, "proxyPassThrough": True, "extended": {}}
    assert admin(engine, "POST /settings", json=settings).status == 200
    assert content(admin(engine, "GET /settings")) == {"settings": {"fixedDelay": 20}}


@pytest.mark.parametrize("settings", [
    {"fixedDelay": -1}, {"fixedDelay": "1"}, {"delayDistribution": {"type": "x"}}, {"delay": 1},
    {"extended": {"a": 1}},
], ids=str)  # fmt: skip
def test_what_is_no_delay_is_refused_and_changes_nothing(
    engine: Engine, settings: dict[str, Any]
) -> None:
    assert admin(engine, "POST /settings", json=settings).status == 400
    assert content(admin(engine, "GET /settings")) == {"settings": {}}
