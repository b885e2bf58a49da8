"""The clock of a mock: read, moved and frozen by a test."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.model.clock import seconds_of
from mockserver.model.errors import ControlError, MockServerError
from mockserver.testing.transport import Send


class ClockControl:
    """Moves the one clock that decides everything that has a time."""

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
        self._put({"now": _sendable(at), "frozen": True})

    def unfreeze(self) -> None:
        """Let the clock run on from the moment at which it stands."""
        self._put({"frozen": False})

    def advance(
        self,
        by: timedelta | str | float = 0,
        /,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
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
        """
        try:
            step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds) + _step(by)
        except (OverflowError, ValueError) as error:
            raise ControlError(400, f"the clock cannot advance that far: {error}") from None
        self._send("clock.advance", {"seconds": step.total_seconds()})

    def reset(self) -> None:
        """Return to the machine's time, running."""
        self._send("clock.reset")

    def _put(self, body: dict[str, Any]) -> None:
        self._send("clock.write", body)


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
