"""The delay of every answer, set for all."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import engine_factory
from tests.engine_client import admin, ask, value

UNIFORM = {"type": "uniform", "lower": 10, "upper": 20}
FIXED = {"type": "fixed", "milliseconds": 7}
LINES = ["GET /ds-api/", "GET /nowhere", "GET /dapi/nowhere", "OPTIONS /dstor/"]


def ordered(engine: Engine, **settings: Any) -> Any:
    value(engine, "POST /settings", **settings)
    return value(engine, "GET /settings")["settings"]


def delays(engine: Engine, length: int = 1, line: str = "GET /ds-api/") -> list[float]:
    return [ask(engine, line).delay for _ in range(length)]


def test_settings_replace_those_of_before_until_a_reset(engine: Engine) -> None:
    assert (value(engine, "GET /settings"), delays(engine)) == ({"settings": {}}, [0])
    steps: list[tuple[dict[str, Any], float]] = [
        ({"fixedDelay": 150}, 0.15),
        ({"delayDistribution": FIXED}, 0.007),
        ({"fixedDelay": 20, "delayDistribution": FIXED}, 0.027),
        ({}, 0),
    ]
    for settings, delay in steps:
        assert ordered(engine, **settings) == settings
        assert [delays(engine, line=line) for line in LINES] == [[pytest.approx(delay)]] * 4
        assert admin(engine, "GET /health").delay == 0  # the control interface is never late
    ordered(engine, fixedDelay=100)
    admin(engine, "POST /reset")
    assert (value(engine, "GET /settings"), delays(engine)) == ({"settings": {}}, [0])


def test_a_delay_by_chance_is_rolled_for_each_answer_and_added_to_the_fixed_one(
    engine: Engine,
) -> None:
    ordered(engine, delayDistribution=UNIFORM, fixedDelay=None)
    rolled = delays(engine, 20)
    assert 0.01 <= min(rolled) < max(rolled) <= 0.02
    ordered(engine, fixedDelay=100, delayDistribution=UNIFORM)
    assert all(0.11 <= delay <= 0.12 for delay in delays(engine, 20))


def test_the_dice_are_seeded() -> None:
    engines = [engine_factory({}, seed)("") for seed in (1, 1, 2)]
    for engine in engines:
        ordered(engine, delayDistribution=UNIFORM)
    first, same, other = (delays(engine, 10) for engine in engines)
    assert first == same != other


def test_a_stubs_own_delay_goes_before(engine: Engine) -> None:
    ordered(engine, fixedDelay=100)
    value(engine, "POST /mappings", error=500, times=1)
    value(engine, "POST /mappings", response={"fixedDelayMilliseconds": 5}, times=1)
    assert delays(engine, 3) == [0.005, 0.1, 0.1]


def test_what_wiremocks_clients_send_beside_a_delay_is_taken(engine: Engine) -> None:
    settings = ordered(engine, fixedDelay=20, proxyPassThrough=True, extended={})
    assert settings == {"fixedDelay": 20}
