"""Stubs: which one acts, how often, when, and what is answered then."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Fault
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.stub_mapping import parse_stub
from tests.concurrency import run_concurrently
from tests.engine_client import ask, content, header
from tests.vendor_tokens import DSTOR_KEY, Customer, connect, exchange_fields

ROLES = "GET /ds-api/roles"
TEMP_TOKEN = "GET /v1/dev/temp-token"
HEALTH = "GET /ds-api/"


def put(engine: Engine, **mapping: Any) -> None:
    engine.state.stubs.put(parse_stub(mapping))


def saying(body: str, **response: Any) -> dict[str, Any]:
    return {"body": body, **response}


def bodies(engine: Engine, line: str, times: int) -> str:
    """The first letters of some answers; `{` where the vendor answered."""
    return "".join(ask(engine, line).body[:1].decode() for _ in range(times))


def test_a_stub_answers_before_the_vendor(engine: Engine) -> None:
    definition = {"status": 418, "headers": {"X-A": ["1", "2"]}, "body": "tea"}
    put(engine, request={"urlPath": "/ds-api/"}, response=definition)
    response = ask(engine, HEALTH)
    assert (response.status, response.body) == (418, b"tea")
    assert response.headers[:2] == (("X-A", "1"), ("X-A", "2"))
    assert header(response, "Date") == engine.state.clock.http_date()
    assert ask(engine, ROLES).status == 401


def test_a_stub_answers_where_no_vendor_is(engine: Engine) -> None:
    put(engine, request={"urlPath": "/nowhere"}, response=saying("here"))
    assert ask(engine, "GET /nowhere").body == b"here"


def test_of_several_the_one_with_the_lowest_number_acts_and_of_equals_the_newest(
    engine: Engine,
) -> None:
    for name, priority in (("a", 5), ("b", 5), ("c", 1), ("d", 9)):
        put(engine, response=saying(name), priority=priority, times=1)
    assert bodies(engine, HEALTH, 5) == "cbad{"


@pytest.mark.parametrize(("limits", "answers"), [
    ({}, "sssss"),
    ({"times": 2}, "ss{{{"),
    ({"skip": 2}, "{{sss"),
    ({"skip": 1, "times": 2}, "{ss{{"),
    ({"probability": 0}, "{{{{{"),
    ({"probability": 1}, "sssss"),
])  # fmt: skip
def test_a_stub_takes_its_turns(engine: Engine, limits: dict[str, Any], answers: str) -> None:
    put(engine, response=saying("s"), **limits)
    assert bodies(engine, HEALTH, 5) == answers


def test_chance_is_seeded(engine: Engine) -> None:
    put(engine, response=saying("s"), probability=0.5)
    answers = bodies(engine, HEALTH, 60)
    assert 5 < answers.count("s") < 55


def test_a_stub_that_is_put_again_begins_its_turns_anew(engine: Engine) -> None:
    mapping = {"id": "01234567-89ab-4cde-8f01-23456789abcd", "times": 1}
    for body in "ab":
        put(engine, response=saying(body), **mapping)
        assert bodies(engine, HEALTH, 2) == f"{body}{{"


def test_a_scenario_goes_from_state_to_state(engine: Engine) -> None:
    step = {"scenarioName": "s"}
    put(engine, response=saying("1"), newScenarioState="next", **step)
    put(engine, response=saying("2"), requiredScenarioState="next", newScenarioState="last", **step)
    put(engine, response=saying("3"), requiredScenarioState="last", **step)
    assert bodies(engine, HEALTH, 4) == "1233"
    assert engine.state.stubs.scenarios() == {"s": ("last", ["Started", "next", "last"])}
    engine.state.stubs.set_scenario("s", "next")
    assert bodies(engine, HEALTH, 1) == "2"
    engine.state.stubs.reset_scenarios()
    assert bodies(engine, HEALTH, 2) == "12"


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
def test_the_vendors_own_error_is_in_the_vendors_shape(engine: Engine, status: int) -> None:
    shapes = {
        "dstor": ["statusCode", "error", "message"],
        "datasentinel": ["error"],
        "dapi": ["success", "status", "type", "msg", "operationID"],
        "kitegateway": ["code", "status", "message", "data"],
    }
    put(engine, error=status)
    for vendor, shape in shapes.items():
        response = ask(engine, f"GET /{vendor}/")
        assert (response.status, list(content(response))) == (status, shape)
    assert header(ask(engine, "GET /dstor/"), "Access-Control-Allow-Origin") == "*"


def test_an_error_that_is_nobodys_is_problem_details(engine: Engine) -> None:
    put(engine, error=503)
    response = ask(engine, "GET /nowhere")
    assert header(response, "Content-Type") == "application/problem+json"
    assert (response.status, content(response)["status"]) == (503, 503)


@pytest.mark.parametrize(("phase", "second"), [("before", 200), ("after", 401)])
def test_after_the_vendor_has_acted_its_answer_is_lost(
    engine: Engine, phase: str, second: int
) -> None:
    body = exchange_fields(connect(engine))
    put(engine, vendor="dapi", endpoint="exchange_token", error=500, times=1, phase=phase)
    statuses = [ask(engine, "POST /v2/auth/ExchangeToken", json=body).status for _ in range(2)]
    assert statuses == [500, second]


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_is_left_to_the_door(engine: Engine, fault: Fault) -> None:
    put(engine, vendor="dapi", response={"fault": fault.value, "fixedDelayMilliseconds": 50})
    response = ask(engine, "POST /v2/auth/ExchangeToken")
    assert (response.fault, response.delay) == (fault, 0.05)


def test_a_delay_alone_is_the_vendors_own_answer_later(engine: Engine) -> None:
    put(engine, vendor="dstor", response={"fixedDelayMilliseconds": 300})
    response = ask(engine, TEMP_TOKEN, DSTOR_KEY)
    assert (response.status, response.delay) == (200, 0.3)


@pytest.mark.parametrize(("response", "least", "most"), [
    ({"fixedDelayMilliseconds": 0}, 0, 0),
    ({"fixedDelayMilliseconds": 1.5}, 0.0015, 0.0015),
    ({"delayDistribution": {"type": "fixed", "milliseconds": 7}}, 0.007, 0.007),
    ({"delayDistribution": {"type": "uniform", "lower": 10, "upper": 20}}, 0.01, 0.02),
    (
        {
            "fixedDelayMilliseconds": 1000,
            "delayDistribution": {"type": "uniform", "lower": 10, "upper": 20},
        },
        1.01,
        1.02,
    ),
    ({"delayDistribution": {"type": "lognormal", "median": 50, "sigma": 0.1}}, 0.001, 1),
    ({"delayDistribution": {"type": "lognormal", "median": 0, "sigma": 0}}, 0, 1e-6),
    ({"delayDistribution": {"type": "lognormal", "median": 50, "sigma": 1000}}, 0, 3600),
], ids=str)  # fmt: skip
def test_a_delay_is_rolled_within_its_bounds(
    engine: Engine, response: dict[str, Any], least: float, most: float
) -> None:
    put(engine, response=response)
    rolled = [ask(engine, TEMP_TOKEN, DSTOR_KEY).delay for _ in range(30)]
    assert least <= min(rolled) <= max(rolled) <= most


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


def test_stubs_are_got_listed_and_removed(engine: Engine) -> None:
    registry = engine.state.stubs
    first, second = parse_stub({"name": "first"}), parse_stub({"name": "second"})
    registry.put(first)
    registry.put(second)
    found = registry.get(first.id)
    assert ([stub.id for stub in registry.all()], found and found.name) == (
        [second.id, first.id],
        "first",
    )
    removed = registry.remove(first.id)
    assert removed is not None
    assert removed.name == "first"
    assert registry.remove(first.id) is None
    assert ([stub.id for stub in registry.all()], registry.get(first.id)) == ([second.id], None)


def test_a_reset_forgets_stubs_and_scenarios(engine: Engine) -> None:
    put(engine, response=saying("s"), scenarioName="s", newScenarioState="t")
    assert bodies(engine, HEALTH, 1) == "s"
    engine.reset()
    assert bodies(engine, HEALTH, 1) == "{"
    assert engine.state.stubs.scenarios() == {}


def test_of_a_stub_for_one_request_exactly_one_of_many_threads_gets_it(engine: Engine) -> None:
    put(engine, response=saying("s"), times=1)
    answers = run_concurrently(lambda _: ask(engine, HEALTH).body, threads=10)
    assert answers.count(b"s") == 1


def test_stubs_that_come_and_go_break_no_answer(engine: Engine) -> None:
    registry, asking = engine.state.stubs, {0, 1, 2}
    stubs = [parse_stub({"request": {"urlPath": f"/{n}"}}) for n in range(5)]
    stubs.append(parse_stub({"priority": 9}))

    def asks(number: int) -> set[int]:
        try:
            return {ask(engine, HEALTH).status for _ in range(10)}
        finally:
            asking.remove(number)

    def resets(_: int) -> set[int]:
        while asking:
            registry.reset()
        return set()

    def puts(_: int) -> set[int]:
        while asking:
            for stub in stubs:
                registry.put(stub)
        return set()

    acts = [asks, asks, asks, puts, resets]
    assert set[int]().union(*run_concurrently(lambda number: acts[number](number), threads=5)) == {
        200
    }


def test_what_the_vendor_did_before_its_answer_was_lost_is_done(engine: Engine) -> None:
    put(engine, vendor="dapi", endpoint="delink_user", error=500, phase="after")
    customer = Customer(engine)
    lost = ask(engine, "POST /v2/users/DelinkUser", customer.headers, json=customer.secrets)
    used = ask(engine, "POST /v2/data/identity/get", customer.headers, json=customer.secrets)
    assert (lost.status, used.status) == (500, 401)
