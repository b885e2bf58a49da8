"""How long an answer waits: fixed, and by chance. In milliseconds, as WireMock has it."""

import math
from collections.abc import Callable
from random import Random

from mockserver.wiremock.mapping_fields import Fields, MappingError

Delay = Callable[[Random], float]
"""Rolls the dice; real seconds."""

_LONGEST = 3_600_000  # milliseconds


def parse_delay(fields: Fields, fixed: str) -> Delay | None:
    """The sum of the field named `fixed` and of `delayDistribution`; None where both are absent."""
    milliseconds = fields.take_optional(fixed, (int, float))
    distribution = fields.take_optional("delayDistribution", dict)
    if milliseconds is None and distribution is None:
        return None
    still = _bounded(milliseconds or 0, fields.path(fixed))
    if distribution is None:
        return lambda _dice: still / 1000
    return _distribution(Fields(distribution, fields.path("delayDistribution")), still)


def _distribution(fields: Fields, still: float) -> Delay:
    kind = fields.take("type", str, "")
    if kind == "uniform":
        lower, upper = _number(fields, "lower"), _number(fields, "upper")
        if lower > upper:
            raise MappingError(f"{fields.path('lower')} must be at most upper")
        return _finished(fields, lambda dice: (still + dice.uniform(lower, upper)) / 1000)
    if kind == "lognormal":
        middle, sigma = math.log(max(_number(fields, "median"), 1e-9)), _number(fields, "sigma")
        return _finished(fields, lambda dice: (still + _lognormal(dice, middle, sigma)) / 1000)
    if kind == "fixed":
        milliseconds = _number(fields, "milliseconds")
        return _finished(fields, lambda _dice: (still + milliseconds) / 1000)
    raise MappingError(f"{fields.path('type')} must be uniform, lognormal or fixed")


def _lognormal(dice: Random, middle: float, sigma: float) -> float:
    return math.exp(min(dice.normalvariate(middle, sigma), math.log(_LONGEST)))


def _finished(fields: Fields, delay: Delay) -> Delay:
    fields.finish()
    return delay


def _number(fields: Fields, name: str) -> float:
    value = fields.take_optional(name, (int, float))
    if value is None:
        raise MappingError(f"{fields.path(name)} is required")
    return _bounded(value, fields.path(name))


def _bounded(milliseconds: float, where: str) -> float:
    if not 0 <= milliseconds <= _LONGEST:
        raise MappingError(f"{where} must be 0 to {_LONGEST} milliseconds")
    return milliseconds
