"""Calls about the clock."""

from typing import Any

import pytest
import time_machine

from mockserver.emulator.engine import Engine
from tests.engine_client import NOW, admin, content, header

START = "2026-01-01T00:00:00Z"


def clock(engine: Engine) -> tuple[str, bool]:
    answer = content(admin(engine, "GET /clock"))
    assert list(answer) == ["now", "frozen"]
    return answer["now"], answer["frozen"]


@pytest.mark.parametrize(("line", "arguments"), [
    ("GET /clock", {}),
    ("PUT /clock", {}),
    ("PUT /clock", {"frozen": True}),
    ("PUT /clock", {"now": None, "frozen": None}),
    ("PUT /clock", {"now": START}),
    ("PUT /clock", {"now": NOW}),
    ("POST /clock/advance", {"seconds": 0}),
    ("POST /clock/advance", {"by": "0s"}),
])  # fmt: skip
def test_each_call_answers_what_the_clock_shows(
    engine: Engine, line: str, arguments: dict[str, Any]
) -> None:
    response = admin(engine, line, json=arguments)
    assert header(response, "Content-Type") == "application/json"
    assert (response.status, content(response)) == (200, {"now": START, "frozen": True})


@pytest.mark.parametrize(("arguments", "shown"), [
    ({"now": "2030-05-06T07:08:09Z"}, ("2030-05-06T07:08:09Z", True)),
    ({"now": "2030-05-06T07:08:09.5+02:00"}, ("2030-05-06T05:08:09.500000Z", True)),
    ({"now": "1999-01-01"}, ("1999-01-01T00:00:00Z", True)),
    ({"now": 0}, ("1970-01-01T00:00:00Z", True)),
    ({"now": 1.000001}, ("1970-01-01T00:00:01.000001Z", True)),
    ({"now": 0, "frozen": False}, ("1970-01-01T00:00:00Z", False)),
    ({"frozen": False}, (START, False)),
])  # fmt: skip
def test_the_clock_is_put_to_a_moment(
    engine: Engine, arguments: dict[str, Any], shown: tuple[str, bool]
) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = content(admin(engine, "PUT /clock", json=arguments))
        assert (answer["now"], answer["frozen"]) == shown
        assert clock(engine) == shown


@pytest.mark.parametrize(("arguments", "shown"), [
    ({"seconds": 1800}, "2026-01-01T00:30:00Z"),
    ({"seconds": 0.000001}, "2026-01-01T00:00:00.000001Z"),
    ({"seconds": 1, "by": None}, "2026-01-01T00:00:01Z"),
    ({"by": "90s"}, "2026-01-01T00:01:30Z"),
    ({"by": "30m"}, "2026-01-01T00:30:00Z"),
    ({"by": "2h"}, "2026-01-01T02:00:00Z"),
    ({"by": "1d12h"}, "2026-01-02T12:00:00Z"),
    ({"by": "1h1h"}, "2026-01-01T02:00:00Z"),
    ({"by": "1d 2h"}, "2026-01-02T02:00:00Z"),
    ({"by": "1.5h"}, "2026-01-01T01:30:00Z"),
    ({"by": " 1w 0.1s "}, "2026-01-08T00:00:00.100000Z"),
])  # fmt: skip
def test_the_clock_advances(engine: Engine, arguments: dict[str, Any], shown: str) -> None:
    assert content(admin(engine, "POST /clock/advance", json=arguments))["now"] == shown
    assert clock(engine) == (shown, True)


MOMENTS = (
    *('"noon"', '""', "true", "[]", "{}", "-1", "1e300", "1e999", f"1{'0' * 400}"),
    *('"9999-01-01T00:00:00Z"', '"1969-12-31T23:59:59Z"'),
)
SWITCHES = ("0", "1", '"true"', '"yes"', "[]", "{}")
STEPS = ("-1", "-0.000001", "true", '"1"', "[]", "{}", "1e300", "1e999", f"1{'0' * 400}")
DURATIONS = (
    *('""', '"1"', '"m"', '"-1m"', '"1.h"', '"1 h"', '"1y"', '"1M"', "30", "[]", "true"),
    *('"\\u0661m"', '"9999999999d"', '"999999999d"', f'"{"999999999d" * 50}"'),
)


@pytest.mark.parametrize(("line", "body", "word"), [
    *(("PUT /clock", f'{{"now": {value}}}', "") for value in MOMENTS),
    *(("PUT /clock", f'{{"frozen": {value}}}', "frozen") for value in SWITCHES),
    ("PUT /clock", '{"time": 0}', "time"),
    ("POST /clock/advance", "{}", ""),
    ("POST /clock/advance", '{"minutes": 1}', "minutes"),
    ("POST /clock/advance", '{"seconds": 1, "by": "1s"}', ""),
    ("POST /clock/advance", '{"seconds": "1"}', "seconds"),
    ("POST /clock/advance", '{"by": 1}', "by"),
    *(("POST /clock/advance", f'{{"seconds": {value}}}', "") for value in STEPS),
    *(("POST /clock/advance", f'{{"by": {value}}}', "") for value in DURATIONS),
], ids=lambda value: value[:32])  # fmt: skip
def test_what_no_clock_can_take_is_refused_with_the_fields_name_and_moves_nothing(
    engine: Engine, line: str, body: str, word: str
) -> None:
    response = admin(engine, line, body=body.encode())
    problem = content(response)
    assert (response.status, problem["status"]) == (400, 400)
    assert word in problem["detail"]
    assert header(response, "Content-Type") == "application/problem+json"
    assert clock(engine) == (START, True)


def test_deleting_gives_the_machines_time_back(engine: Engine) -> None:
    with time_machine.travel(1000, tick=False):
        answer = content(admin(engine, "DELETE /clock"))
    assert answer == {"now": "1970-01-01T00:16:40Z", "frozen": False}
