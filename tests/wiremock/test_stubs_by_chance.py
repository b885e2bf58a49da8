"""Chance is seeded: the same seed, the same sequence; and turns, scenarios and phases in detail."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import engine_factory
from mockserver.model.http import Fault
from mockserver.wiremock.stub_mapping import parse_stub
from tests.engine_client import ask, content
from tests.sample_requests import sample_requests
from tests.state_parts import new_stubs
from tests.vendor_tokens import DATASENTINEL_LOGIN, KITEGATEWAY_KEY, connect, exchange_fields

UNIFORM = {"delayDistribution": {"type": "uniform", "lower": 0, "upper": 1000}}
LOGNORMAL = {"delayDistribution": {"type": "lognormal", "median": 80, "sigma": 0.4}}


def seeded(seed: int | None, *mappings: dict[str, Any]) -> Engine:
    engine = engine_factory({}, seed)("")
    for mapping in mappings:
        engine.state.stubs.put(parse_stub(mapping))
    return engine


def sequence(engine: Engine, length: int = 40) -> list[tuple[int, float]]:
    answers = [ask(engine, "GET /ds-api/") for _ in range(length)]
    return [(answer.status, answer.delay) for answer in answers]


@pytest.mark.parametrize("mapping", [
    {"error": 500, "probability": 0.5}, {"response": UNIFORM},
    {"response": {**LOGNORMAL, "status": 201}},
    {"error": 503, "probability": 0.3, "response": UNIFORM},
    {"response": {**UNIFORM, "fault": "EMPTY_RESPONSE"}, "probability": 0.7, "skip": 3},
], ids=str)  # fmt: skip
def test_the_same_seed_gives_the_same_sequence_and_a_reset_begins_it_again(
    mapping: dict[str, Any],
) -> None:
    engine, other, third = seeded(7, mapping), seeded(7, mapping), seeded(8, mapping)
    first = sequence(engine)
    assert len(set(first)) > 1
    assert sequence(other) == first != sequence(third)
    engine.reset()
    engine.state.stubs.put(parse_stub(mapping))
    assert sequence(engine) == first


def test_without_a_seed_no_two_sequences_are_the_same() -> None:
    assert sequence(seeded(None, {"response": UNIFORM})) != sequence(
        seeded(None, {"response": UNIFORM})
    )


def test_a_probability_is_the_share_of_requests_that_are_taken() -> None:
    taken = [status for status, _ in sequence(seeded(1, {"error": 500, "probability": 0.2}), 2000)]
    assert 300 < taken.count(500) < 500
    assert set(taken) == {200, 500}


def test_a_uniform_delay_fills_its_range() -> None:
    delays = [delay for _, delay in sequence(seeded(1, {"response": UNIFORM}), 500)]
    assert 0 <= min(delays) < 0.05
    assert 0.4 < sum(delays) / 500 < 0.6
    assert 0.95 < max(delays) <= 1


def test_half_of_lognormal_delays_are_below_the_median() -> None:
    delays = [delay for _, delay in sequence(seeded(1, {"response": LOGNORMAL}), 1000)]
    assert 400 < sum(delay < 0.08 for delay in delays) < 600
    assert 0 < min(delays) < 0.04
    assert 0.16 < max(delays) < 1


@pytest.mark.parametrize("sigma", [800, 3_600_000])
def test_no_delay_is_longer_than_an_hour_however_wild_the_dice(sigma: int) -> None:
    wild = {"delayDistribution": {"type": "lognormal", "median": 50, "sigma": sigma}}
    delays = [delay for _, delay in sequence(seeded(1, {"response": wild}), 200)]
    assert 3599 < max(delays) < 3600.001


def test_what_is_skipped_or_missed_by_chance_does_not_count_as_a_turn() -> None:
    statuses = [
        status
        for status, _ in sequence(seeded(3, {"error": 500, "probability": 0.5, "times": 4}), 60)
    ]
    assert statuses.count(500) == 4
    assert 200 in statuses[: statuses.index(500) + 8]


def test_a_stub_that_has_had_its_turns_leaves_the_request_to_the_next() -> None:
    statuses = [
        status
        for status, _ in sequence(
            seeded(1, {"error": 502}, {"error": 503, "times": 2, "skip": 1}), 6
        )
    ]
    assert statuses == [502, 503, 503, 502, 502, 502]


def test_requests_that_do_not_match_are_no_turns() -> None:
    engine = seeded(1, {"error": 500, "skip": 1, "times": 1, "request": {"method": "POST"}})
    lines = [f"{method} /ds-api/" for method in ("GET", "POST", "GET", "POST", "POST")]
    assert [ask(engine, line).status for line in lines] == [200, 405, 200, 500, 405]


def test_a_stub_outside_its_scene_is_no_turn() -> None:
    step = {"scenarioName": "s"}
    engine = seeded(
        1,
        {"error": 501, "times": 1, "requiredScenarioState": "on", **step},
        {"error": 502, "times": 2, "newScenarioState": "on", "priority": 9, **step},
    )
    assert [status for status, _ in sequence(engine, 4)] == [502, 501, 502, 200]


def test_a_scenario_ends_with_the_last_of_its_stubs() -> None:
    step = {"scenarioName": "s", "requiredScenarioState": "Started", "newScenarioState": "on"}
    engine = seeded(1)
    registry = engine.state.stubs
    stubs = [parse_stub({"error": 500, **step}) for _ in range(2)]
    for stub in stubs:
        registry.put(stub)
    assert [status for status, _ in sequence(engine, 2)] == [500, 200]
    registry.remove(stubs[0].id)
    assert registry.scenarios() == {"s": ("on", ["Started", "on"])}
    registry.remove(stubs[1].id)
    assert registry.scenarios() == {}
    registry.put(stubs[0])
    assert [status for status, _ in sequence(engine, 2)] == [500, 200]


def test_the_states_of_a_scenario_are_listed_in_the_order_of_their_stubs() -> None:
    registry = new_stubs()
    for required, following in (("b", "a"), ("c", "b"), (None, "d")):
        states = {"requiredScenarioState": required, "newScenarioState": following}
        registry.put(parse_stub({"scenarioName": "s", **states}))
    assert registry.scenarios() == {"s": ("Started", ["Started", "b", "a", "c", "d"])}


def test_to_remove_a_stub_that_is_not_there_changes_nothing() -> None:
    registry = new_stubs()
    registry.put(parse_stub({}))
    assert registry.remove("no such id") is None
    assert len(registry.all()) == 1


@pytest.mark.parametrize("lost", [
    {"error": 502}, {"response": {"status": 200, "body": "lost"}},
    {"response": {"fault": "CONNECTION_RESET_BY_PEER"}},
], ids=str)  # fmt: skip
@pytest.mark.parametrize(("phase", "again"), [("before", 200), ("after", 401)])
def test_in_the_phase_after_a_code_is_burnt_and_the_answer_is_lost(
    engine: Engine, lost: dict[str, Any], phase: str, again: int
) -> None:
    body, line = exchange_fields(connect(engine)), "POST /v2/auth/ExchangeToken"
    engine.state.stubs.put(parse_stub({"vendor": "dapi", "phase": phase, "times": 1, **lost}))
    answer = ask(engine, line, json=body)
    assert b"accessToken" not in answer.body
    assert ask(engine, line, json=body).status == again


def test_in_the_phase_after_a_token_was_issued_that_nobody_got(engine: Engine) -> None:
    stubs = engine.state.stubs
    stubs.put(parse_stub({"vendor": "datasentinel", "error": 500, "phase": "after", "times": 1}))
    stubs.put(parse_stub({"vendor": "kitegateway", "error": 500, "phase": "before"}))
    before = len(engine.state.registry.all())
    ask(engine, "POST /ds-api/user-token", DATASENTINEL_LOGIN)
    ask(engine, "POST /v1/auth/token", {"Secret-Key": "YOUR_SECRET"}, json=KITEGATEWAY_KEY)
    new = engine.state.registry.all()[: len(engine.state.registry.all()) - before]
    assert [issued.vendor for issued in new] == ["datasentinel"]


def test_a_delay_alone_leaves_every_answer_as_it_is(engine: Engine) -> None:
    asked = sample_requests(engine)
    engine.state.stubs.put(parse_stub({"response": {"fixedDelayMilliseconds": 250}}))
    for name, sample in asked.items():
        answer = engine.answer(sample)
        assert (answer.status // 100, answer.delay) == (2, 0.25), name
        assert answer.fault is None


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_is_carried_on_the_answer_and_noted(engine: Engine, fault: Fault) -> None:
    engine.state.stubs.put(parse_stub({"response": {"fault": fault.value}}))
    answer = ask(engine, "GET /ds-api/")
    assert (answer.fault, answer.status, answer.body) == (fault, 200, b"")
    (entry,) = engine.state.journal.all()
    assert (entry.response.fault, entry.matched) == (fault, True)


def test_a_stub_for_an_endpoint_takes_no_other(engine: Engine) -> None:
    asked = sample_requests(engine)
    engine.state.stubs.put(parse_stub({"vendor": "dstor", "endpoint": "login", "error": 500}))
    statuses = {name: engine.answer(sample).status for name, sample in asked.items()}
    assert [name for name, status in statuses.items() if status == 500] == ["dstor.login"]


def test_an_endpoint_may_be_named_without_a_vendor(engine: Engine) -> None:
    asked = sample_requests(engine)
    engine.state.stubs.put(parse_stub({"endpoint": "create_token", "error": 500}))
    statuses = {name: engine.answer(sample).status for name, sample in asked.items()}
    taken = [name for name, status in statuses.items() if status == 500]
    assert taken == ["datasentinel.create_token", "kitegateway.create_token"]


def test_what_a_stub_answers_where_no_vendor_is_counts_as_matched(engine: Engine) -> None:
    engine.state.stubs.put(parse_stub({"request": {"urlPath": "/nowhere"}, "response": {}}))
    assert content(ask(engine, "GET /elsewhere"))["status"] == 404
    assert ask(engine, "GET /nowhere").status == 200
    assert [entry.matched for entry in engine.state.journal.all()] == [False, True]
