"""The one source of time: everything that has a time asks a `Clock`, never the machine."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import lru_cache
from typing import NamedTuple

from mockserver.model.errors import MockServerError
from mockserver.model.state_store import Codec, Collection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000  # the clock counts whole microseconds: 0.1 s and 0.2 s must add up


class ClockError(MockServerError):
    """A moment or a step that the clock cannot take."""


class Shift(NamedTuple):
    """How a clock differs from the machine's: so many microseconds ahead of it, or standing at so
    many microseconds since 1970.
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

    def __init__(self, shelf: Collection[Shift]) -> None:
        self._shelf = shelf

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return (self._shelf.get(_KEY) or _NONE).frozen is not None

    def now(self) -> datetime:
        """The current moment."""
        return moment_at(self.microseconds())

    def unix(self) -> int:
        """The current moment in whole Unix seconds, rounded down."""
        return self.microseconds() // _SECOND

    def microseconds(self) -> int:
        """The current moment in microseconds since 1970."""
        shift = self._shelf.get(_KEY)
        return _machine() if shift is None else _stands(shift)

    def http_date(self) -> str:
        """The current moment as the `Date` header has it."""
        return _http_date(self.unix())

    def freeze(self, at: datetime | str | float | None = None) -> None:
        """Stop at `at`: ISO 8601 text, a datetime, Unix seconds, or now. May go back.

        A moment without a zone is UTC. Raises ClockError for one that cannot be read.
        """
        moment = None if at is None else _read(at)
        self._change(lambda shift: Shift(0, _stands(shift) if moment is None else moment))

    def set(self, at: datetime | str | float) -> None:
        """Go to `at` and run on from there."""
        moment = _read(at)
        self._change(lambda _: Shift(moment - _machine()))

    def unfreeze(self) -> None:
        """Run on from the moment at which the clock stands."""
        self._change(_running)

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> None:
        """Go forward, frozen or not. Raises ClockError for a step back or past the year 9000."""
        try:
            step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        except (OverflowError, ValueError) as error:
            raise ClockError(f"the clock cannot advance that far: {error}") from None
        if step < timedelta():
            raise ClockError("the clock advances forward only; freeze() may go back")
        self._change(lambda shift: _moved(shift, step // timedelta(microseconds=1)))

    def reset(self) -> None:
        """Back to the machine's time, running."""
        self._change(lambda _: _NONE)

    def _change(self, change: Callable[[Shift], Shift]) -> None:
        self._shelf.update(_KEY, lambda shift: change(shift or _NONE))


def moment_at(microseconds: int) -> datetime:
    """The moment so many microseconds after the beginning of 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def machine_date() -> str:
    """The machine's time as the `Date` header has it, for where no clock can be asked."""
    return _http_date(_machine() // _SECOND)


@lru_cache(maxsize=16)
def _http_date(seconds: int) -> str:
    """Thousands of answers are of the same second."""
    return formatdate(seconds, usegmt=True)


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, ending in Z; fractions of a second only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _machine() -> int:
    return time.time_ns() // 1000


def _stands(shift: Shift) -> int:
    return _machine() + shift.ahead if shift.frozen is None else shift.frozen


def _running(shift: Shift) -> Shift:
    return shift if shift.frozen is None else Shift(shift.frozen - _machine())


def _moved(shift: Shift, step: int) -> Shift:
    _check_range(_stands(shift) + step)
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
        raise ClockError(f"{at!r} is no moment: {error}") from None
    return _check_range(microseconds)


def _moment(at: datetime | str | float) -> datetime:
    if isinstance(at, datetime):
        return at
    if isinstance(at, str):
        return datetime.fromisoformat(at)
    if isinstance(at, bool) or not isinstance(at, (int, float)):
        raise TypeError("give ISO 8601 text, a datetime or Unix seconds")
    return _EPOCH + timedelta(seconds=at)


def _check_range(microseconds: int) -> int:
    if not 0 <= microseconds < (_LATEST - _EPOCH) // timedelta(microseconds=1):
        raise ClockError("the clock knows the years 1970 to 8999")
    return microseconds
