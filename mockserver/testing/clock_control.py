"""The clock of a mock: read, moved and frozen by a test."""

from datetime import UTC, datetime, timedelta
from typing import overload

from mockserver.model.clock import seconds_of
from mockserver.model.errors import ControlError, MockServerError
from mockserver.testing.handles import Send


class ClockControl:
    """Reads and moves the virtual clock, on which every time in a response is based."""

    def __init__(self, send: Send) -> None:
        self._send = send

    @property
    def frozen(self) -> bool:
        """True while the clock stands still."""
        return bool(self._send("clock.read")["frozen"])

    def now(self) -> datetime:
        """Return the current moment, an aware datetime in UTC."""
        return datetime.fromisoformat(self._send("clock.read")["now"])

    def freeze(self, at: datetime | str | float | None = None) -> None:
        """Stop the clock.

        Args:
            at: The moment at which it stops: ISO 8601 text, a datetime, or Unix seconds; UTC if
                it names no zone. It may be in the past. None: now.

        Raises:
            ControlError: For a moment that cannot be read.
        """
        self._send("clock.write", {"now": _sendable(at), "frozen": True})

    def unfreeze(self) -> None:
        """Let the clock run on from the moment at which it stands."""
        self._send("clock.write", {"frozen": False})

    @overload
    def advance(
        self,
        by: timedelta | str | float,
        /,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> None: ...

    @overload
    def advance(
        self,
        by: None = None,
        /,
        *,
        days: float,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> None: ...

    @overload
    def advance(
        self, by: None = None, /, *, hours: float, minutes: float = 0, seconds: float = 0
    ) -> None: ...

    @overload
    def advance(self, by: None = None, /, *, minutes: float, seconds: float = 0) -> None: ...

    @overload
    def advance(self, by: None = None, /, *, seconds: float) -> None: ...

    def advance(
        self,
        by: timedelta | str | float | None = None,
        /,
        *,
        days: float | None = None,
        hours: float | None = None,
        minutes: float | None = None,
        seconds: float | None = None,
    ) -> None:
        """Move the clock forward; a frozen one stays frozen.

        Args:
            by: A timedelta, seconds, or a text such as "90s", "1.5h" or "1d 12h".
            days: Days to add to `by`.
            hours: Hours to add.
            minutes: Minutes to add.
            seconds: Seconds to add.

        Raises:
            ControlError: For a step backward, or past the year 8999.
            TypeError: No step is given.
        """
        units = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
        given = {name: value for name, value in units.items() if value is not None}
        if by is None and not given:
            raise TypeError('no step is given, such as clock.advance("1h 30m") or (minutes=90)')
        try:
            step = timedelta(**given) + _step(0 if by is None else by)
        except (OverflowError, ValueError) as error:
            raise ControlError(400, f"the clock cannot advance that far: {error}") from None
        self._send("clock.advance", {"seconds": step.total_seconds()})

    def reset(self) -> None:
        """Return to the machine's time, running."""
        self._send("clock.reset")


def _step(by: timedelta | str | float) -> timedelta:
    if isinstance(by, timedelta):
        return by
    try:
        return timedelta(seconds=seconds_of(by) if isinstance(by, str) else by)
    except MockServerError as error:
        raise ControlError(400, str(error)) from None


def _sendable(at: datetime | str | float | None) -> str | float | None:
    if not isinstance(at, datetime):
        return at
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
