"""The one clock: moved, frozen, exact, in range, and itself moved by two well-known libraries."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import freezegun
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.clock import Clock, ClockError, _steady_clock, iso
from tests.concurrency import run_concurrently
from tests.state_parts import new_clock

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(8999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(8999, 12, 30), timezones=ZONES)


def frozen_at(moment: datetime | str | float) -> Clock:
    clock = new_clock()
    clock.freeze(moment)
    return clock


@given(MOMENTS)
def test_frozen_clock_shows_the_moment_in_utc_to_the_microsecond(moment: datetime) -> None:
    """Also of a moment that was written as ISO text; Unix seconds are rounded down."""
    clock = frozen_at(moment)
    assert (clock.now(), clock.now().tzinfo) == (moment, UTC)
    assert clock.unix() == (moment - FIRST) // timedelta(seconds=1)
    assert iso(moment).endswith("Z")
    assert frozen_at(iso(moment)).now() == moment


@given(st.integers(0, 2**32 * 1_000_000))
def test_unix_seconds_are_read_to_the_microsecond(microseconds: int) -> None:
    assert frozen_at(microseconds / 1_000_000).now() == FIRST + microseconds * MICROSECOND


@pytest.mark.parametrize("moment", [
    NOON, datetime(2026, 1, 1, 12), NOON.astimezone(timezone(timedelta(hours=5, minutes=45))),
    "2026-01-01T12:00:00Z", "2026-01-01T12:00:00", "2026-01-01 12:00:00.000",
    "2026-01-01T17:45:00+05:45", 1_767_268_800, 1_767_268_800.0, "1767268800", "1767268800.0",
])  # fmt: skip
def test_one_moment_has_many_spellings(moment: datetime | str | float) -> None:
    assert frozen_at(moment).now() == NOON


@pytest.mark.parametrize("moment", [
    "", "noon", "2026-13-01", "\ud800", True, float("nan"), float("inf"),
    float("-inf"), 10**400, -1, -1e-6, 1e18, FIRST - MICROSECOND, LAST + MICROSECOND,
    datetime.max.replace(tzinfo=timezone(-timedelta(hours=23))),
    datetime.min.replace(tzinfo=timezone(timedelta(hours=23))), b"2026-01-01", ["2026-01-01"],
])  # fmt: skip
@pytest.mark.parametrize("go", [Clock.freeze, Clock.set])
def test_what_is_no_moment_in_range_is_refused_and_moves_nothing(
    moment: datetime | str | float, go: Callable[[Clock, datetime | str | float], None]
) -> None:
    clock = frozen_at(NOON)
    with pytest.raises(ClockError):
        go(clock, moment)
    assert (clock.now(), clock.frozen) == (NOON, True)


HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
STEP = timedelta(days=1, hours=2, minutes=3, seconds=4, microseconds=5)


def advance(clock: Clock) -> None:
    clock.advance(days=1, hours=2, minutes=3, seconds=4.000005)


@pytest.mark.parametrize(("frozen", "acts", "moment", "frozen_after"), [
    (None, [], NOON, False),
    (None, [Clock.freeze], NOON, True),
    (LAST, [Clock.freeze], LAST, True),
    (FIRST, [Clock.unfreeze], FIRST, False),
    (None, [advance, Clock.unfreeze], NOON + STEP, False),
    (None, [lambda clock: clock.set(FIRST)], FIRST, False),
    (LAST, [lambda clock: clock.set(FIRST)], FIRST, False),
    (None, [advance], NOON + STEP, False),
    (NOON, [advance], NOON + STEP, True),
    (None, [advance, Clock.reset], NOON, False),
    (FIRST, [advance, Clock.reset], NOON, False),
])  # fmt: skip
def test_clock_is_moved_and_runs_with_the_machine_unless_frozen(
    frozen: datetime | None,
    acts: list[Callable[[Clock], None]],
    moment: datetime,
    frozen_after: bool,
) -> None:
    with time_machine.travel(NOON - HOUR, tick=False) as machine:
        clock = new_clock() if frozen is None else frozen_at(frozen)
        machine.shift(HOUR)
        for act in acts:
            act(clock)
        assert (clock.now(), clock.frozen) == (moment, frozen_after)
        machine.shift(SECOND)
        assert clock.now() == moment + (timedelta() if frozen_after else SECOND)


@given(st.lists(st.integers(0, 10**12), max_size=20))
def test_many_small_steps_add_up_to_the_microsecond(steps: list[int]) -> None:
    clock = frozen_at(FIRST)
    for microseconds in steps:
        clock.advance(seconds=microseconds / 1_000_000)
    assert clock.now() == FIRST + sum(steps) * MICROSECOND


@pytest.mark.parametrize("step", [
    {"seconds": -1e-6}, {"days": 1, "seconds": -86_401}, {"seconds": float("nan")},
    {"hours": float("inf")}, {"days": 1e300}, {"seconds": 10**400}, {"days": 999_999_999},
])  # fmt: skip
def test_a_step_back_or_out_of_range_is_refused_and_moves_nothing(step: dict[str, float]) -> None:
    clock = frozen_at(NOON)
    with pytest.raises(ClockError):
        clock.advance(**step)
    assert clock.now() == NOON


def test_an_advance_may_reach_the_last_moment_and_not_beyond() -> None:
    clock = frozen_at(LAST - MICROSECOND)
    clock.advance(seconds=1e-6)
    assert clock.now() == LAST
    with pytest.raises(ClockError):
        clock.advance(seconds=1e-6)


def test_steps_of_many_threads_all_count() -> None:
    clock = frozen_at(NOON)

    def steps(_: int) -> None:
        for _ in range(5):
            clock.advance(seconds=1)

    run_concurrently(steps, threads=8, finely=True)
    assert clock.now() == NOON + timedelta(seconds=40)


def test_real_seconds_need_no_posix_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "clock_gettime")  # as on Windows
    before = time.monotonic()
    assert before <= _steady_clock()() <= time.monotonic()


def test_freezegun_moves_the_clock() -> None:
    with freezegun.freeze_time(NOON) as machine:
        clock = new_clock()
        machine.tick(90)
        assert clock.now() == NOON + timedelta(seconds=90)


@pytest.mark.parametrize(("moment", "http_date", "text"), [
    (FIRST, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z"),
    (NOON, "Thu, 01 Jan 2026 12:00:00 GMT", "2026-01-01T12:00:00Z"),
    (NOON + MICROSECOND, "Thu, 01 Jan 2026 12:00:00 GMT", "2026-01-01T12:00:00.000001Z"),
    (NOON + HOUR - MICROSECOND, "Thu, 01 Jan 2026 12:59:59 GMT", "2026-01-01T12:59:59.999999Z"),
    (NOON.astimezone(timezone(-3 * HOUR)), "Thu, 01 Jan 2026 12:00:00 GMT", "2026-01-01T12:00:00Z"),
    (LAST, "Tue, 31 Dec 8999 23:59:59 GMT", "8999-12-31T23:59:59.999999Z"),
])  # fmt: skip
def test_a_moment_in_words_has_fractions_only_where_there_are_any(
    moment: datetime, http_date: str, text: str
) -> None:
    clock = frozen_at(moment)
    assert (clock.now(), clock.http_date(), iso(moment)) == (moment, http_date, text)
