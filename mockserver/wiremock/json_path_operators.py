"""Operators of filters and functions of a JSONPath, and numbers as Java writes them.

Values are converted before they are compared: a number equals a string with the same digits. A
value that is absent is not equal to any other.
"""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from mockserver.wiremock.json_text import StepBudget

Operator = Callable[[Any, Any, StepBudget], bool]
"""Return True if an operator of a filter holds for its left and right operand."""

DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class Document(NamedTuple):
    """A JSON value in which a JSONPath is evaluated, and the steps that are left for all of it."""

    root: Any
    budget: StepBudget


class EvaluationError(Exception):
    """A path does not fit the document. A filter with such a path does not match."""


class NotFoundError(EvaluationError):
    """A path finds no value. In a comparison, the missing value equals no other value."""


class EvaluationAborted(Exception):
    """The whole evaluation fails and finds nothing, also if the cause is in a filter."""


class Keys(list[str]):
    """The result of `keys()`. In Java it is a set, in which a matcher of values finds nothing."""


class Undefined:
    """The value of a path that finds no value."""


class Literal(NamedTuple):
    """An array or object in a filter. In Jayway it does not equal another one on its left."""

    value: Any


class Pattern(NamedTuple):
    """A regular expression in a filter."""

    matches: Callable[[str], bool]


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
        # Jayway refuses a negative index of the first element.
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


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Literal) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(java_text(value))


def _equal(left: Any, right: Any, budget: StepBudget) -> bool:
    budget.spend()
    if _is_number(left) and _is_number(right):
        return _decimal(left) == _decimal(right)
    if _is_number(left) and isinstance(right, str):
        return bool(DECIMAL.fullmatch(right)) and _decimal(left) == Decimal(right)
    if isinstance(left, str) and _is_number(right):
        return left == str(_decimal(right))
    if isinstance(left, dict | list):
        return _same(left, _plain(right), budget)
    if isinstance(left, str | bool) or left is None:
        return type(left) is type(right) and left == right
    return False


def _same(left: Any, right: Any, budget: StepBudget) -> bool:
    """Compare as Java's collections do: 1 and 1.0 are not equal."""
    budget.spend()
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(
            _same(value, right[name], budget) for name, value in left.items()
        )
    if isinstance(left, list):
        return len(left) == len(right) and all(
            _same(value, other, budget) for value, other in zip(left, right, strict=True)
        )
    return bool(left == right)


def _identical(left: Any, right: Any, budget: StepBudget) -> bool:
    """Return True for equal values of one type, which are not converted."""
    return _same_type(left, right) and _equal(left, right, budget)


def _same_type(left: Any, right: Any) -> bool:
    names = [
        "number"
        if _is_number(value)
        else "json"
        if isinstance(value, dict | list | Literal)
        else type(value)
        for value in (left, right)
    ]
    return names[0] == names[1]


def _ordered(compare: Callable[[Any, Any], bool]) -> Operator:
    def ordered(left: Any, right: Any, _budget: StepBudget) -> bool:
        if _is_number(left) and _is_number(right):
            return compare(_decimal(left), _decimal(right))
        return isinstance(left, str) and isinstance(right, str) and compare(left, right)

    return ordered


def _elements(value: Any) -> list[Any] | None:
    """Return the elements of an array, None for an object; a filter fails for another value."""
    plain = _plain(value)
    if isinstance(plain, dict):
        return None
    if not isinstance(plain, list):
        raise EvaluationError
    if any(isinstance(element, dict | list) for element in plain):
        raise EvaluationAborted
    return plain


def _in(left: Any, right: Any, budget: StepBudget) -> bool:
    return any(_equal(left, element, budget) for element in _elements(right) or ())


def _contains(left: Any, right: Any, budget: StepBudget) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    if not isinstance(left, dict | list | Literal):
        return False
    return any(_equal(right, element, budget) for element in _elements(left) or ())


def _size(left: Any, right: Any, _budget: StepBudget) -> bool:
    plain = _plain(left)
    return _is_number(right) and isinstance(plain, str | list) and len(plain) == int(right)


def _empty(left: Any, right: Any, _budget: StepBudget) -> bool:
    plain = _plain(left)
    if not isinstance(plain, str | list | dict):
        return False
    if isinstance(plain, dict):
        raise EvaluationAborted  # a ClassCastException there
    if not isinstance(right, bool):
        raise EvaluationError
    return (not plain) is right


def _subset(left: Any, right: Any, budget: StepBudget) -> bool:
    wanted, found = _elements(right), _elements(left)
    if wanted is None or found is None:
        return False
    return all(any(_equal(value, other, budget) for other in wanted) for value in found)


def _any_of(left: Any, right: Any, budget: StepBudget) -> bool:
    wanted, found = _elements(right), _elements(left)
    return any(_equal(value, other, budget) for value in found or () for other in wanted or ())


def _none_of(left: Any, right: Any, budget: StepBudget) -> bool:
    wanted, found = _elements(right), _elements(left)
    return wanted is not None and found is not None and not _any_of(left, right, budget)


def _matches(left: Any, right: Any, budget: StepBudget) -> bool:
    if isinstance(left, Pattern) is isinstance(right, Pattern):
        return False
    pattern, value = (left, right) if isinstance(left, Pattern) else (right, left)
    plain = _plain(value)
    if isinstance(plain, list):
        budget.spend(len(plain))
        return any(pattern.matches(_regex_text(element)) for element in _elements(plain) or ())
    return bool(pattern.matches(_regex_text(plain)))


def _regex_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if _is_number(value):
        return str(_decimal(value))
    return value if isinstance(value, str) else ""


OPERATORS: dict[str, Operator] = {
    "==": _equal,
    "!=": lambda *operands: not _equal(*operands),
    "===": _identical,
    "!==": lambda *operands: not _identical(*operands),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "=~": _matches,
    "IN": _in,
    "NIN": lambda *operands: not _in(*operands),
    "CONTAINS": _contains,
    "SIZE": _size,
    "EMPTY": _empty,
    "SUBSETOF": _subset,
    "ANYOF": _any_of,
    "NONEOF": _none_of,
}
