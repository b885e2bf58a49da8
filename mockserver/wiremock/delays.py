"""Delays of responses: fixed or drawn from a distribution, of one stub or of all responses.

WireMock's JSON has milliseconds; the functions of this module return seconds.
"""

import math
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from mockserver.model.state_store import Collection, Record
from mockserver.wiremock.mapping_fields import Fields, MappingError

Delay = Callable[[Random], float]
"""Return the delay in real seconds, drawn from the given random numbers."""

_LONGEST = 3_600_000  # milliseconds
_SETTINGS_KEY = "settings"


class GlobalDelay:
    """The delay of every response whose stub has no delay of its own."""

    def __init__(self, collection: Collection[Record]) -> None:
        self._collection = collection
        self._parsed: tuple[object, Delay | None] = (None, None)

    @property
    def settings(self) -> Mapping[str, Any]:
        """`fixedDelay` (milliseconds) and `delayDistribution`, as they were set."""
        return self._collection.get(_SETTINGS_KEY) or {}

    def set(self, settings: Mapping[str, Any]) -> None:
        """Delay every response.

        Args:
            settings: `fixedDelay` (milliseconds) and `delayDistribution`, as in WireMock. If both
                are missing, there is no delay.

        Raises:
            MappingError: A setting cannot be used. The previous settings are kept.
        """
        _parse_settings(settings)
        self._collection.put(_SETTINGS_KEY, settings)

    def delay(self) -> Delay | None:
        """Return the function that draws the delay; None for no delay."""
        version, delay = self._parsed
        if version != self._collection.version:
            version = self._collection.version
            delay = _parse_settings(self.settings)
            self._parsed = (version, delay)
        return delay


def parse_delay(fields: Fields, fixed: str) -> Delay | None:
    """Read a delay from an object's fields.

    Args:
        fields: The object; the two fields are removed from it.
        fixed: The name of the field with the fixed part in milliseconds.

    Returns:
        The sum of the fixed part and of `delayDistribution`; None if both are absent.

    Raises:
        MappingError: One of the fields is not a delay of 0 to 3,600,000 milliseconds.
    """
    # Compiled code refuses an int that is too large for a float where it is declared as float.
    milliseconds: Any = fields.take_optional(fixed, (int, float))
    distribution = fields.take_optional("delayDistribution", dict)
    if milliseconds is None and distribution is None:
        return None
    base = _bounded(milliseconds or 0, fields.path(fixed))
    if distribution is None:
        return lambda _random: base / 1000
    return _parse_distribution(Fields(distribution, fields.path("delayDistribution")), base)


def _parse_settings(settings: Mapping[str, Any]) -> Delay | None:
    return parse_delay(Fields(settings), "fixedDelay")


def _parse_distribution(fields: Fields, base: float) -> Delay:
    kind = fields.take("type", str, "")
    if kind == "uniform":
        lower, upper = _number(fields, "lower"), _number(fields, "upper")
        if lower > upper:
            raise MappingError(f"{fields.path('lower')} must be at most upper")
        return _finished(fields, lambda random: (base + random.uniform(lower, upper)) / 1000)
    if kind == "lognormal":
        mu, sigma = math.log(max(_number(fields, "median"), 1e-9)), _number(fields, "sigma")
        return _finished(fields, lambda random: (base + _lognormal(random, mu, sigma)) / 1000)
    if kind == "fixed":
        milliseconds = _number(fields, "milliseconds")
        return _finished(fields, lambda _random: (base + milliseconds) / 1000)
    raise MappingError(f"{fields.path('type')} must be uniform, lognormal or fixed")


def _lognormal(random: Random, mu: float, sigma: float) -> float:
    # The exponent is bounded, because exp() raises OverflowError for a large one.
    return math.exp(min(random.normalvariate(mu, sigma), math.log(_LONGEST)))


def _finished(fields: Fields, delay: Delay) -> Delay:
    fields.finish()
    return delay


def _number(fields: Fields, name: str) -> float:
    value: Any = fields.take_optional(name, (int, float))
    if value is None:
        raise MappingError(f"{fields.path(name)} is required")
    return _bounded(value, fields.path(name))


def _bounded(milliseconds: Any, where: str) -> float:
    if not 0 <= milliseconds <= _LONGEST:
        raise MappingError(f"{where} must be 0 to {_LONGEST} milliseconds")
    bounded: float = milliseconds
    return bounded
