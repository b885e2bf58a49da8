"""Calls about the clock."""

from typing import Any

import pytest
import time_machine

from mockserver.emulator.engine import Engine
from tests.engine_client import NOW, value

START = "2026-01-01T00:00:00Z"
ADVANCE = "POST /clock/advance"


@pytest.mark.parametrize(("line", "arguments", "now", "frozen"), [
    ("GET /clock", {}, START, True),
    ("PUT /clock", {}, START, True),
    ("PUT /clock", {"frozen": True}, START, True),
    ("PUT /clock", {"frozen": False}, START, False),
    ("PUT /clock", {"now": START}, START, True),
    ("PUT /clock", {"now": NOW}, START, True),
    ("PUT /clock", {"now": "2030-05-06T07:08:09Z"}, "2030-05-06T07:08:09Z", True),
    ("PUT /clock", {"now": "2030-05-06T07:08:09.5+02:00"}, "2030-05-06T05:08:09.500000Z", True),
    ("PUT /clock", {"now": "1999-01-01"}, "1999-01-01T00:00:00Z", True),
    ("PUT /clock", {"now": 0}, "1970-01-01T00:00:00Z", True),
    ("PUT /clock", {"now": 1.000001}, "1970-01-01T00:00:01.000001Z", True),
    ("PUT /clock", {"now": 0, "frozen": False}, "1970-01-01T00:00:00Z", False),
    (ADVANCE, {"seconds": 0}, START, True),
    (ADVANCE, {"seconds": 1800}, "2026-01-01T00:30:00Z", True),
    (ADVANCE, {"seconds": 0.000001}, "2026-01-01T00:00:00.000001Z", True),
    (ADVANCE, {"seconds": 1, "by": None}, "2026-01-01T00:00:01Z", True),
    (ADVANCE, {"by": "0s"}, START, True),
    (ADVANCE, {"by": "90s"}, "2026-01-01T00:01:30Z", True),
    (ADVANCE, {"by": "30m"}, "2026-01-01T00:30:00Z", True),
    (ADVANCE, {"by": "2h"}, "2026-01-01T02:00:00Z", True),
    (ADVANCE, {"by": "1d12h"}, "2026-01-02T12:00:00Z", True),
    (ADVANCE, {"by": "1h1h"}, "2026-01-01T02:00:00Z", True),
    (ADVANCE, {"by": "1d 2h"}, "2026-01-02T02:00:00Z", True),
    (ADVANCE, {"by": "1.5h"}, "2026-01-01T01:30:00Z", True),
    (ADVANCE, {"by": " 1w 0.1s "}, "2026-01-08T00:00:00.100000Z", True),
    ("DELETE /clock", {}, "2026-01-01T00:00:00Z", False),
])  # fmt: skip
def test_each_call_answers_what_the_clock_shows(
    engine: Engine, line: str, arguments: dict[str, Any], now: str, frozen: bool
) -> None:
    with time_machine.travel(NOW, tick=False):
        if line.startswith("DELETE"):
            engine.state.clock.freeze(0)
        answer = value(engine, line, **arguments)
        assert list(answer.items()) == [("now", now), ("frozen", frozen)]
        assert value(engine, "GET /clock") == answer
