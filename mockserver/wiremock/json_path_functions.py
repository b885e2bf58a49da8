"""The functions at the end of a JSONPath, and numbers as Java writes them."""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any


class EvaluationError(Exception):
    """A path does not fit the document. In a filter the filter does not hold."""


class NotFoundError(EvaluationError):
    """A path leads nowhere. In a comparison that is a value, which equals no other."""


class EvaluationAborted(Exception):
    """The whole evaluation fails, also where it happens in a filter; nothing is found."""


class Keys(list[str]):
    """The result of `keys()`. In Java it is a set, which a matcher of values finds nothing in."""


def java_text(value: float) -> str:
    """Return a number as Java's `String.valueOf` does."""
    if isinstance(value, int):
        return str(value)
    if value == 0 or 1e-3 <= abs(value) < 1e7 or not math.isfinite(value):
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    first, *rest = map(str, digits)
    return f"{'-' * sign}{first}.{''.join(rest) or '0'}E{exponent + len(rest)}"


def _length(value: Any, _argument: int | None) -> int | None:
    return len(value) if isinstance(value, list | dict) else None


def _keys(value: Any, _argument: int | None) -> Any:
    return Keys(value) if isinstance(value, dict) else None


def _element(index: int | None) -> Callable[[Any, int | None], Any]:
    def element(value: Any, argument: int | None) -> Any:
        wanted = argument if index is None else index
        # Jayway takes no negative index that leads to the first element.
        if not isinstance(value, list) or wanted is None or not -len(value) < wanted < len(value):
            raise EvaluationAborted
        return value[wanted]

    return element


def _aggregate(calculate: Callable[[list[float]], float]) -> Callable[[Any, int | None], float]:
    def aggregate(value: Any, _argument: int | None) -> float:
        items = value if isinstance(value, list) else []
        numbers = [
            float(item)
            for item in items
            if isinstance(item, int | float) and not isinstance(item, bool)
        ]
        if not numbers:
            raise EvaluationAborted
        return float(calculate(numbers))

    return aggregate


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def _deviation(numbers: list[float]) -> float:
    return math.sqrt(max(_mean([n * n for n in numbers]) - _mean(numbers) ** 2, 0.0))


FUNCTIONS: dict[str, Callable[[Any, int | None], Any]] = {
    "length": _length,
    "size": _length,
    "keys": _keys,
    "first": _element(0),
    "last": _element(-1),
    "index": _element(None),
    "min": _aggregate(min),
    "max": _aggregate(max),
    "sum": _aggregate(sum),
    "avg": _aggregate(_mean),
    "stddev": _aggregate(_deviation),
}
