"""Stubs: which one acts, how often, when, and what is answered then; chance is seeded."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import engine_factory
from mockserver.model.http import Fault, Request, RoutedRequest
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.stub_mapping import Stub, parse_stub
from tests.call_counter import count_calls
from tests.concurrency import run_concurrently
from tests.engine_client import ask, content, header, request
from tests.sample_requests import sample_requests
from tests.state_parts import new_stubs
from tests.vendor_tokens import (
    DATASENTINEL_LOGIN,
    KITEGATEWAY_KEY,
    Customer,
    connect,
    exchange_fields,
)

HEALTH, EXCHANGE = "GET /ds-api/", "POST /v2/auth/ExchangeToken"
STEP = {"scenarioName": "s"}
UNIFORM = {"delayDistribution": {"type": "uniform", "lower": 0, "upper": 1000}}
LOGNORMAL = {"delayDistribution": {"type": "lognormal", "median": 80, "sigma": 0.4}}


def put(engine: Engine, **mapping: Any) -> Stub:
    stub = parse_stub(mapping)
    engine.state.stubs.put(stub)
    return stub


def saying(body: str) -> dict[str, Any]:
    return {"response": {"body": body}}


def bodies(engine: Engine, times: int) -> str:
    """Return the first letters of some answers; `{` where the vendor answered."""
    return "".join(ask(engine, HEALTH).body[:1].decode() for _ in range(times))


def seeded(seed: int | None, *mappings: dict[str, Any]) -> Engine:
    engine = engine_factory({}, seed)("")
    for mapping in mappings:
        put(engine, **mapping)
    return engine


def sequence(engine: Engine, length: int = 40) -> list[tuple[int, float]]:
    answers = [ask(engine, HEALTH) for _ in range(length)]
    return [(answer.status, answer.delay) for answer in answers]


def statuses(length: int, *mappings: dict[str, Any]) -> list[int]:
    return [status for status, _ in sequence(seeded(3, *mappings), length)]


def delays(length: int, response: dict[str, Any]) -> list[float]:
    return [delay for _, delay in sequence(seeded(1, {"response": response}), length)]


def test_a_stub_answers_before_the_vendor_and_where_no_vendor_is(engine: Engine) -> None:
    definition = {"status": 418, "headers": {"X-A": ["1", "2"]}, "body": "tea"}
    for path in ("/ds-api/", "/nowhere"):
        put(engine, request={"urlPath": path}, response=definition)
        response = ask(engine, f"GET {path}")
        assert (response.status, response.body) == (418, b"tea")
        assert response.headers[:2] == (("X-A", "1"), ("X-A", "2"))
        assert header(response, "Date") == engine.state.clock.http_date()
    assert ask(engine, "GET /ds-api/roles").status == 401
    assert content(ask(engine, "GET /elsewhere"))["status"] == 404
    assert [entry.matched for entry in engine.state.journal.all()] == [True, True, True, False]


def test_of_several_the_one_with_the_lowest_number_acts_and_of_equals_the_newest(
    engine: Engine,
) -> None:
    for name, priority in (("a", 5), ("b", 5), ("c", 1), ("d", 9)):
        put(engine, **saying(name), priority=priority, times=1)
    assert bodies(engine, 5) == "cbad{"


@pytest.mark.parametrize(("limits", "answers"), [
    ({}, "sssss"), ({"times": 2}, "ss{{{"), ({"skip": 2}, "{{sss"),
    ({"skip": 1, "times": 2}, "{ss{{"), ({"probability": 0}, "{{{{{"),
    ({"probability": 1}, "sssss"),
])  # fmt: skip
def test_a_stub_takes_its_turns(engine: Engine, limits: dict[str, Any], answers: str) -> None:
    id_ = "01234567-89ab-4cde-8f01-23456789abcd"
    for _ in range(2):  # one that is put again begins its turns anew
        put(engine, id=id_, **saying("s"), **limits)
        assert bodies(engine, 5) == answers


def test_only_requests_that_match_in_the_right_state_are_turns() -> None:
    chance = statuses(60, {"error": 500, "probability": 0.5, "times": 4})
    assert chance.count(500) == 4
    assert 200 in chance[: chance.index(500) + 8]
    later = {"error": 503, "times": 2, "skip": 1}
    assert statuses(6, {"error": 502}, later) == [502, 503, 503, 502, 502, 502]
    waiting = {"error": 501, "times": 1, "requiredScenarioState": "on", **STEP}
    first = {"error": 502, "times": 2, "newScenarioState": "on", "priority": 9, **STEP}
    assert statuses(4, waiting, first) == [502, 501, 502, 200]
    engine = seeded(1, {"error": 500, "skip": 1, "times": 1, "request": {"method": "POST"}})
    lines = [f"{method} /ds-api/" for method in ("GET", "POST", "GET", "POST", "POST")]
    assert [ask(engine, line).status for line in lines] == [200, 405, 200, 500, 405]


def test_a_scenario_goes_from_state_to_state_until_a_reset(engine: Engine) -> None:
    put(engine, **saying("1"), newScenarioState="next", **STEP)
    put(engine, **saying("2"), requiredScenarioState="next", newScenarioState="last", **STEP)
    put(engine, **saying("3"), requiredScenarioState="last", **STEP)
    assert bodies(engine, 4) == "1233"
    assert engine.state.stubs.scenarios() == {"s": ("last", ["Started", "next", "last"])}
    engine.state.stubs.set_scenario("s", "next")
    assert bodies(engine, 1) == "2"
    engine.state.stubs.reset_scenarios()
    assert bodies(engine, 2) == "12"
    engine.reset()
    assert bodies(engine, 1) == "{"
    assert engine.state.stubs.scenarios() == {}


def test_a_scenario_ends_with_the_last_of_its_stubs() -> None:
    step = {**STEP, "requiredScenarioState": "Started", "newScenarioState": "on"}
    engine = seeded(1)
    registry = engine.state.stubs
    stubs = [put(engine, error=500, **step) for _ in range(2)]
    assert [status for status, _ in sequence(engine, 2)] == [500, 200]
    registry.remove(stubs[0].id)
    assert registry.scenarios() == {"s": ("on", ["Started", "on"])}
    assert registry.remove(stubs[1].id) is not None
    assert registry.scenarios() == {}
    assert registry.remove(stubs[1].id) is None  # another caller may be faster
    registry.put(stubs[0])
    assert [status for status, _ in sequence(engine, 2)] == [500, 200]


def test_the_states_of_a_scenario_are_listed_in_the_order_of_their_stubs() -> None:
    registry = new_stubs()
    for required, following in (("b", "a"), ("c", "b"), (None, "d")):
        states = {"requiredScenarioState": required, "newScenarioState": following}
        registry.put(parse_stub({**STEP, **states}))
    assert registry.scenarios() == {"s": ("Started", ["Started", "b", "a", "c", "d"])}


LOST = [{"error": 502}, {"response": {"status": 200, "body": "lost"}}]


@pytest.mark.parametrize("lost", [*LOST, {"response": {"fault": Fault.EMPTY_RESPONSE}}], ids=str)
@pytest.mark.parametrize(("phase", "again"), [("before", 200), ("after", 401)])
def test_in_the_phase_after_a_code_is_burnt_and_the_answer_is_lost(
    engine: Engine, lost: dict[str, Any], phase: str, again: int
) -> None:
    body = exchange_fields(connect(engine))
    put(engine, vendor="dapi", endpoint="exchange_token", phase=phase, times=1, **lost)
    assert b"accessToken" not in ask(engine, EXCHANGE, json=body).body
    assert ask(engine, EXCHANGE, json=body).status == again


def test_what_the_vendor_did_before_its_answer_was_lost_is_done(engine: Engine) -> None:
    put(engine, vendor="datasentinel", error=500, phase="after", times=1)
    put(engine, vendor="kitegateway", error=500, phase="before")
    put(engine, vendor="dapi", endpoint="delink_user", error=500, phase="after")
    before = len(engine.state.registry.all())
    ask(engine, "POST /ds-api/user-token", DATASENTINEL_LOGIN)
    ask(engine, "POST /v1/auth/token", {"Secret-Key": "YOUR_SECRET"}, json=KITEGATEWAY_KEY)
    new = engine.state.registry.all()[:-before]
    assert [issued.vendor for issued in new] == ["datasentinel"]
    customer = Customer(engine)
    lines = ["POST /v2/users/DelinkUser", "POST /v2/data/identity/get"]
    answers = [ask(engine, line, customer.headers, json=customer.secrets) for line in lines]
    assert [answer.status for answer in answers] == [500, 401]


def test_a_delay_alone_leaves_every_answer_as_it_is(engine: Engine) -> None:
    asked = sample_requests(engine)
    put(engine, response={"fixedDelayMilliseconds": 250})
    for name, sample in asked.items():
        answer = engine.answer(sample)
        assert (answer.status // 100, answer.delay, answer.fault) == (2, 0.25, None), name


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_is_carried_on_the_answer_and_noted(engine: Engine, fault: Fault) -> None:
    put(engine, response={"fault": fault.value, "fixedDelayMilliseconds": 50})
    answer = ask(engine, HEALTH)
    assert (answer.fault, answer.status, answer.body, answer.delay) == (fault, 200, b"", 0.05)
    (entry,) = engine.state.journal.all()
    assert (entry.response.fault, entry.matched) == (fault, True)


@pytest.mark.parametrize(("mapping", "taken"), [
    ({"vendor": "dstor", "endpoint": "login"}, ["dstor.login"]),
    ({"endpoint": "create_token"}, ["datasentinel.create_token", "kitegateway.create_token"]),
])  # fmt: skip
def test_a_stub_for_an_endpoint_takes_no_other(
    engine: Engine, mapping: dict[str, str], taken: list[str]
) -> None:
    asked = sample_requests(engine)
    put(engine, **mapping, error=500)
    answers = {name: engine.answer(sample).status for name, sample in asked.items()}
    assert [name for name, status in answers.items() if status == 500] == taken


@pytest.mark.parametrize(("response", "least", "most"), [
    ({"fixedDelayMilliseconds": 0}, 0, 0),
    ({"fixedDelayMilliseconds": 1.5}, 0.0015, 0.0015),
    ({"delayDistribution": {"type": "fixed", "milliseconds": 7}}, 0.007, 0.007),
    ({"delayDistribution": {"type": "uniform", "lower": 10, "upper": 20}}, 0.01, 0.02),
    ({**UNIFORM, "fixedDelayMilliseconds": 1000}, 1, 2),
    ({"delayDistribution": {"type": "lognormal", "median": 50, "sigma": 0.1}}, 0.001, 1),
    ({"delayDistribution": {"type": "lognormal", "median": 0, "sigma": 0}}, 0, 1e-6),
    ({"delayDistribution": {"type": "lognormal", "median": 50, "sigma": 1000}}, 0, 3600),
], ids=str)  # fmt: skip
def test_a_delay_is_rolled_for_each_answer(
    response: dict[str, Any], least: float, most: float
) -> None:
    rolled = delays(30, response)
    assert least <= min(rolled) <= max(rolled) <= most


def test_delays_and_probabilities_are_distributed_as_they_say() -> None:
    uniform, lognormal = delays(500, UNIFORM), delays(1000, LOGNORMAL)
    assert 0 <= min(uniform) < 0.05
    assert 0.4 < sum(uniform) / 500 < 0.6
    assert 0.95 < max(uniform) <= 1
    assert 400 < sum(delay < 0.08 for delay in lognormal) < 600
    assert 0 < min(lognormal) < 0.04
    assert 0.16 < max(lognormal) < 1
    taken = statuses(2000, {"error": 500, "probability": 0.2})
    assert 300 < taken.count(500) < 500
    assert set(taken) == {200, 500}


@pytest.mark.parametrize("sigma", [800, 3_600_000])
def test_no_delay_is_longer_than_an_hour_however_wild_the_dice(sigma: int) -> None:
    wild = {"delayDistribution": {"type": "lognormal", "median": 50, "sigma": sigma}}
    assert 3599 < max(delays(200, wild)) < 3600.001


@pytest.mark.parametrize("response", [
    {"fixedDelayMilliseconds": -1}, {"fixedDelayMilliseconds": 3_600_001},
    {"fixedDelayMilliseconds": "1"}, {"delayDistribution": 1}, {"delayDistribution": {}},
    {"delayDistribution": {"type": "normal"}},
    {"delayDistribution": {"type": "uniform", "lower": 1}},
    {"delayDistribution": {"type": "uniform", "lower": 2, "upper": 1}},
    {"delayDistribution": {"type": "uniform", "lower": 1, "upper": "2"}},
    {"delayDistribution": {"type": "fixed", "milliseconds": 1e300}},
    {"delayDistribution": {"type": "fixed", "milliseconds": 1, "x": 1}},
    {"delayDistribution": {"type": "lognormal", "median": 1}},
], ids=str)  # fmt: skip
def test_what_is_no_delay_is_refused(response: dict[str, Any]) -> None:
    with pytest.raises(MappingError, match=r"Delay|delay"):
        parse_stub({"response": response})


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
    put(engine, **mapping)
    assert sequence(engine) == first


def test_without_a_seed_no_two_sequences_are_the_same() -> None:
    one, other = (sequence(seeded(None, {"response": UNIFORM})) for _ in range(2))
    assert one != other


def test_of_a_stub_for_one_request_exactly_one_of_many_threads_gets_it(engine: Engine) -> None:
    put(engine, **saying("s"), times=1)
    answers = run_concurrently(lambda _: ask(engine, HEALTH).body, threads=10)
    assert answers.count(b"s") == 1


def test_stubs_that_come_and_go_break_no_answer(engine: Engine) -> None:
    registry, asking = engine.state.stubs, {0, 1, 2}
    stubs = [parse_stub({"request": {"urlPath": f"/{n}"}}) for n in range(5)]
    stubs.append(parse_stub({"priority": 9}))

    def acts(number: int) -> set[int]:
        if number in asking:
            try:
                return {ask(engine, HEALTH).status for _ in range(10)}
            finally:
                asking.remove(number)
        while asking and number == 3:
            registry.reset()
        while asking and number == 4:
            for stub in stubs:
                registry.put(stub)
        return set()

    assert set[int]().union(*run_concurrently(acts, threads=5)) == {200}


ADDRESSES = st.one_of(
    st.builds(lambda path: {"urlPath": path}, st.sampled_from(["/a", "/a b", "/a%20b", "/v/a"])),
    st.builds(lambda url: {"url": url}, st.sampled_from(["/a", "/a?q=1", "/a%20b", "/v/a"])),
    st.builds(lambda end: {"urlPathPattern": f"/.*{end}"}, st.sampled_from(["a", "b", ""])),
    st.just({}),
)
MAPPINGS = st.builds(
    lambda address, method, priority: {"request": {**address, **method}, "priority": priority},
    ADDRESSES,
    st.sampled_from([{}, {"method": "GET"}, {"method": "POST"}]),
    st.integers(1, 3),
)
ARRIVALS = st.builds(
    lambda line, path: arrived(request(line), path),
    st.sampled_from(["GET /a", "GET /a?q=1", "POST /a%20b", "GET /v/a", "GET /v/a%20b", "GET /"]),
    st.sampled_from([None, "/a", "/a b"]),
)


def arrived(sent: Request, path: str | None = None) -> RoutedRequest:
    return RoutedRequest(sent, "v", None, path or sent.path)


def first_that_matches(stubs: list[Stub], routed: RoutedRequest) -> Stub | None:
    """Return the newest of those with the lowest priority, by looking at all."""
    newest_first = stubs[::-1]
    in_order = sorted(newest_first, key=lambda stub: stub.priority)
    return next((stub for stub in in_order if stub.pattern.matches(routed)), None)


@given(st.lists(MAPPINGS, max_size=12), st.lists(ARRIVALS, min_size=1, max_size=6))
def test_stubs_are_found_by_address_as_if_all_were_looked_at(
    mappings: list[dict[str, Any]], requests: list[RoutedRequest]
) -> None:
    registry = new_stubs()
    stubs = [parse_stub(mapping) for mapping in mappings]
    for stub in stubs:
        registry.put(stub)
    for routed in requests:
        assert registry.choose(routed) == first_that_matches(stubs, routed)


@pytest.mark.parametrize(
    "address", [{"url": "/a"}, {"urlPath": "/a"}, {"urlPathPattern": "/a"}, {}]
)
def test_a_request_takes_one_turn_of_a_stub(address: dict[str, str]) -> None:
    registry = new_stubs()
    stub = parse_stub({"request": address, "skip": 1, "times": 1})
    registry.put(stub)
    acted = [registry.choose(arrived(request("GET /a"))) for _ in range(3)]
    assert acted == [None, stub, None]


def test_stubs_at_other_addresses_are_not_looked_at() -> None:
    """Three hundred of them cost as much as one: calls are counted, not time."""
    counts = []
    for number in (1, 300):
        registry = new_stubs()
        for other in range(number):
            registry.put(parse_stub({"request": {"urlPath": f"/elsewhere/{other}"}}))
        routed = arrived(request("GET /a"))
        registry.choose(routed)  # puts them in order
        counts.append(count_calls(lambda registry=registry, routed=routed: registry.choose(routed)))  # type: ignore[misc]
    assert counts[0] == counts[1] > 1
