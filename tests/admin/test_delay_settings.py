"""The delay of every answer, ordered for all."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import engine_factory
from tests.engine_client import admin, ask, content, header

UNIFORM = {"type": "uniform", "lower": 10, "upper": 20}


def ordered(engine: Engine, **settings: Any) -> Any:
    assert admin(engine, "POST /settings", json=settings).status == 200
    return content(admin(engine, "GET /settings"))["settings"]


def delays(engine: Engine, length: int = 1, line: str = "GET /ds-api/") -> list[float]:
    return [ask(engine, line).delay for _ in range(length)]


def test_there_is_none_at_the_start(engine: Engine) -> None:
    assert content(admin(engine, "GET /settings")) == {"settings": {}}
    assert delays(engine) == [0]


def test_a_fixed_delay_is_of_every_answer(engine: Engine) -> None:
    assert ordered(engine, fixedDelay=150) == {"fixedDelay": 150}
    lines = ("GET /ds-api/", "GET /nowhere", "GET /dapi/nowhere", "OPTIONS /dstor/")
    assert [delays(engine, line=line) for line in lines] == [[0.15]] * 4


def test_the_control_interface_is_never_late(engine: Engine) -> None:
    ordered(engine, fixedDelay=150)
    assert admin(engine, "GET /health").delay == 0


def test_a_delay_by_chance_is_rolled_for_each_answer(engine: Engine) -> None:
    ordered(engine, delayDistribution=UNIFORM, fixedDelay=None)
    rolled = delays(engine, 20)
    assert 0.01 <= min(rolled) < max(rolled) <= 0.02


def test_both_add_up(engine: Engine) -> None:
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
    late = {"response": {"fixedDelayMilliseconds": 5}, "times": 1}
    admin(engine, "POST /mappings", json={"error": 500, "times": 1})
    admin(engine, "POST /mappings", json=late)
    assert delays(engine, 3) == [0.005, 0.1, 0.1]


def test_settings_replace_those_of_before_and_none_take_them_away(engine: Engine) -> None:
    ordered(engine, fixedDelay=100)
    assert ordered(engine, delayDistribution={"type": "fixed", "milliseconds": 7}) == {
        "delayDistribution": {"type": "fixed", "milliseconds": 7}
    }
    assert delays(engine) == [0.007]
    assert ordered(engine) == {}
    assert delays(engine) == [0]


def test_a_reset_takes_them_away(engine: Engine) -> None:
    ordered(engine, fixedDelay=100)
    admin(engine, "POST /reset")
    assert content(admin(engine, "GET /settings")) == {"settings": {}}
    assert delays(engine) == [0]


@pytest.mark.parametrize(("settings", "name"), [
    ({"fixedDelay": -1}, "fixedDelay must be 0 to 3600000 milliseconds"),
    ({"fixedDelay": "1"}, "fixedDelay must be a number"),
    ({"fixedDelay": True}, "fixedDelay must be a number"),
    ({"fixedDelay": 3_600_001}, "fixedDelay must be 0 to"),
    ({"delayDistribution": {"type": "uniform", "lower": 2, "upper": 1}},
     "delayDistribution.lower must be at most upper"),
    ({"extended": []}, "extended is not supported"),
    ({"delayDistribution": "uniform"}, "delayDistribution must be an object"),
    ({"delayDistribution": {"type": "normal"}}, "delayDistribution.type must be uniform, logn"),
    ({"delayDistribution": {"type": "uniform", "lower": 1}}, "delayDistribution.upper is requi"),
    ({"delayDistribution": {**UNIFORM, "more": 1}}, "delayDistribution.more is not supported"),
    ({"delayDistribution": {"type": "lognormal", "median": 1, "sigma": -1}},
     "delayDistribution.sigma must be 0 to"),
    ({"fixedDelayMilliseconds": 1}, "fixedDelayMilliseconds is no field of this call"),
], ids=str)  # fmt: skip
def test_what_is_no_delay_is_refused_and_changes_nothing(
    engine: Engine, settings: dict[str, Any], name: str
) -> None:
    ordered(engine, fixedDelay=100)
    response = admin(engine, "POST /settings", json=settings)
    assert (response.status, name in content(response)["detail"]) == (400, True)
    assert header(response, "Content-Type") == "application/problem+json"
    assert (delays(engine), ordered(engine, fixedDelay=100)) == ([0.1], {"fixedDelay": 100})
