"""The delay of every answer, for stubs that have none of their own and where there is no stub."""

from collections.abc import Mapping
from typing import Any

from mockserver.model.state_store import Collection, Record
from mockserver.wiremock.delay_distribution import Delay, parse_delay
from mockserver.wiremock.mapping_fields import Fields

_KEY = "settings"


class GlobalDelay:
    """What was set, and the delay that it describes."""

    def __init__(self, shelf: Collection[Record]) -> None:
        self._shelf = shelf
        self._read: tuple[object, Delay | None] = (None, None)

    @property
    def settings(self) -> Mapping[str, Any]:
        """`fixedDelay` (milliseconds) and `delayDistribution`, as they were set."""
        return self._shelf.get(_KEY) or {}

    def set(self, settings: Mapping[str, Any]) -> None:
        """Delay every answer; none of the two: no delay. Raises MappingError for a bad one."""
        _parsed(settings)
        self._shelf.put(_KEY, settings)

    def delay(self) -> Delay | None:
        """What rolls the seconds to wait; None for no delay."""
        version, delay = self._read
        if version != self._shelf.version:
            version = self._shelf.version
            delay = _parsed(self.settings)
            self._read = (version, delay)
        return delay


def _parsed(settings: Mapping[str, Any]) -> Delay | None:
    return parse_delay(Fields(settings), "fixedDelay")
