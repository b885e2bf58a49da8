"""The virtual clock of a state: every time in a response comes from it, never from the machine."""

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import lru_cache, partial
from typing import Final, NamedTuple

from mockserver.model.errors import MockServerError
from mockserver.model.state_store import Codec, Collection

DURATIONS = 'a duration is a string such as "90s", "1.5h", "1d 12h" or "1w"'
"""The description of durations in errors."""

_MOMENTS = (
    'a moment is ISO 8601, such as "2030-01-01T00:00:00Z", or Unix seconds, such as 1893456000'
)
_UNIX_SECONDS = re.compile(r"(?![0-9]{8}$)[0-9]{1,20}(\.[0-9]{1,9})?", re.ASCII)
"""A text of Unix seconds; eight digits are a date (20300101)."""

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = r"(?a)(?: *[0-9]{1,15}(?:\.[0-9]{1,6})?[wdhms])+ *"

Number = int | float
"""An int may be too large for a float, which a compiled `float` refuses before we can."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)
# The clock counts whole microseconds, because steps of 0.1 s and 0.2 s must add up exactly.
_SECOND: Final = 1_000_000


class ClockError(MockServerError):
    """A moment that cannot be read, or a moment or step outside the range of the clock."""


class Moment(NamedTuple):
    """A moment read from a clock, in microseconds and in whole seconds since 1970.

    The clock is read once for each request, so that all times in one response agree: `iat` and
    `exp`, the `Date` header, the journal. `setting` is a number that changes whenever the clock is
    moved, frozen or reset.
    """

    microseconds: int
    unix: int
    setting: int = 0

    @property
    def datetime(self) -> datetime:
        """The moment as an aware datetime in UTC."""
        return moment_at(self.microseconds)


class Shift(NamedTuple):
    """The difference of a clock from the machine's.

    It is `ahead` microseconds ahead, or frozen at `frozen` microseconds since 1970.
    """

    ahead: int = 0
    frozen: int | None = None


SHIFT = Codec(encode=list, decode=lambda shift: Shift(*shift))
_KEY = "clock"
_NONE = Shift()


class Clock:
    """A clock that runs with the machine's, until it is moved or frozen.

    Moments are aware datetimes in UTC, from 1970 up to the year 9000, exact to the microsecond.
    """

    def __init__(self, collection: Collection[Shift]) -> None:
        self._collection = collection

    @property
    def frozen(self) -> bool:
        """True if the clock is frozen."""
        return (self._collection.get(_KEY) or _NONE).frozen is not None

    @property
    def shift(self) -> Shift:
        """The difference from the machine's clock."""
        return self._collection.get(_KEY) or _NONE

    def moment(self) -> Moment:
        """Return the current time."""
        shift = self._collection.get(_KEY)
        if shift is None:
            microseconds = _machine()
            # See `new_response`.
            return tuple.__new__(Moment, (microseconds, microseconds // _SECOND, 0))
        microseconds = _reading(shift)
        setting = shift.ahead if shift.frozen is None else shift.frozen
        return Moment(microseconds, microseconds // _SECOND, setting)

    def now(self) -> datetime:
        """Return the current time as an aware datetime in UTC."""
        return moment_at(self.microseconds())

    def unix(self) -> int:
        """Return the current time in whole Unix seconds, rounded down."""
        return self.moment().unix

    def microseconds(self) -> int:
        """Return the current time in microseconds since 1970."""
        return self.moment().microseconds

    def http_date(self) -> str:
        """Return the current time as a `Date` header has it (RFC 9110, 5.6.7)."""
        return http_date(self.unix())

    def freeze(self, at: datetime | str | float | None = None) -> None:
        """Freeze the clock at `at`, or at the current time; it may go back.

        Args:
            at: ISO 8601 text, a datetime or Unix seconds. A moment without a zone is UTC.

        Raises:
            ClockError: `at` cannot be read, or is outside the years 1970 to 8999.
        """
        moment = None if at is None else _read(at)
        self._change(lambda shift: Shift(0, _reading(shift) if moment is None else moment))

    def set(self, at: datetime | str | float) -> None:
        """Set the clock to `at`, from which it runs. Arguments and errors are those of `freeze`."""
        moment = _read(at)
        self._change(lambda _: Shift(moment - _machine()))

    def unfreeze(self) -> None:
        """Let a frozen clock run from the time at which it is frozen."""
        self._change(_running)

    def advance(
        self, *, days: Number = 0, hours: Number = 0, minutes: Number = 0, seconds: Number = 0
    ) -> None:
        """Move the clock forward, frozen or not.

        Raises:
            ClockError: the step goes back, or past the year 8999.
        """
        try:
            step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        except (OverflowError, ValueError) as error:
            raise ClockError(f"the clock cannot advance that far: {error}") from None
        if step < timedelta():
            raise ClockError("the clock advances forward only; it can be frozen in the past")
        self._change(lambda shift: _moved(shift, step // timedelta(microseconds=1)))

    def reset(self) -> None:
        """Return to the machine's time, running."""
        self._change(lambda _: _NONE)

    def _change(self, change: Callable[[Shift], Shift]) -> None:
        self._collection.update(_KEY, lambda shift: change(shift or _NONE))


def moment_at(microseconds: int) -> datetime:
    """Return the moment `microseconds` after the beginning of 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def machine_date() -> str:
    """Return the machine's time as a `Date` header; used while the clock's store fails."""
    return http_date(_machine() // _SECOND)


# Thousands of responses are sent in the same second.
@lru_cache(maxsize=16)
def http_date(seconds: int) -> str:
    """Return a moment in Unix seconds as a `Date` header has it (RFC 9110, 5.6.7)."""
    return formatdate(seconds, usegmt=True)


def iso(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, ending in Z, with a fraction only if there is one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def machine_seconds() -> float:
    """Return the machine's time in Unix seconds, for what does not follow the virtual clock."""
    return _machine() / 1_000_000


def _machine() -> int:
    return time.time_ns() // 1000


def _reading(shift: Shift) -> int:
    return _machine() + shift.ahead if shift.frozen is None else shift.frozen


def _running(shift: Shift) -> Shift:
    return shift if shift.frozen is None else Shift(shift.frozen - _machine())


def _moved(shift: Shift, step: int) -> Shift:
    _check_range(_reading(shift) + step)
    if shift.frozen is None:
        return Shift(shift.ahead + step)
    return Shift(0, shift.frozen + step)


def _read(at: datetime | str | float) -> int:
    try:
        moment = _moment(at)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError, TypeError) as error:
        raise ClockError(f"{json.dumps(at, default=str)} is not a time; {_MOMENTS}") from error
    return _check_range(microseconds)


def _moment(at: datetime | str | float) -> datetime:
    if isinstance(at, datetime):
        return at
    if isinstance(at, str) and not _UNIX_SECONDS.fullmatch(at):
        return datetime.fromisoformat(at)
    if isinstance(at, str):
        at = float(at)
    if isinstance(at, bool) or not isinstance(at, (int, float)):
        raise TypeError("neither a text nor a number")
    return _EPOCH + timedelta(seconds=at)


def _check_range(microseconds: int) -> int:
    if not 0 <= microseconds < (_LATEST - _EPOCH) // timedelta(microseconds=1):
        raise ClockError("the clock has the years 1970 to 8999 only")
    return microseconds


def _steady_clock() -> Callable[[], float]:
    # freezegun replaces `time.monotonic` by value, also in modules that have imported it. A
    # partial is another value, and `clock_gettime` is the real one even if this module is imported
    # while time is frozen.
    if hasattr(time, "clock_gettime"):
        return partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    return partial(time.monotonic)


real_seconds = _steady_clock()
"""Return seconds that only increase, even while time is frozen; use only differences."""


def seconds_of(text: str) -> float:
    """Return the seconds of a duration.

    Args:
        text: Numbers with the units w, d, h, m and s, each of which may have a fraction; blanks
            may stand between them.

    Raises:
        MockServerError: For any other text.
    """
    from decimal import Decimal  # noqa: PLC0415 - a mock in a test process reads no duration

    if not re.fullmatch(_DURATION, text):
        raise MockServerError(f"{json.dumps(text)} is not a duration; {DURATIONS}")
    parts = re.findall(r"([0-9.]+)([wdhms])", text)
    return float(sum(Decimal(number) * _SECONDS[unit] for number, unit in parts))
