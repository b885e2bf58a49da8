"""Equality and distance of JSON values, with JsonUnit's placeholders.

Arrays whose order is ignored are compared by canonical form: equal values get the same number, so
two arrays are equal if their sorted numbers are. That is O(n log n). Elements without an equal
partner are compared with each other only if unequal elements may match (placeholders, extra
elements) or if a distance is needed. The number of these comparisons is limited.
"""

from collections import Counter
from typing import Any

from mockserver.wiremock.json_text import (
    Placeholder,
    StepBudget,
    json_type,
    with_placeholders,
)
from mockserver.wiremock.regular_expressions import TookTooLong

_COMPARISONS = 100_000
_LEAST = 1e-6  # the smallest distance of values that differ


class JsonEquality:
    """The test that `equalToJson` describes.

    Args:
        expected: The expected value; strings such as `${json-unit.any-string}` are placeholders.
        where: The name of the field in errors.
        any_order: True if the order of arrays does not matter.
        more: True if objects and arrays may have more elements than expected.

    Raises:
        MappingError: A placeholder is not supported.
    """

    def __init__(self, expected: Any, where: str, *, any_order: bool, more: bool) -> None:
        self._expected = with_placeholders(expected, where)
        self._any_order = any_order
        self._more = more
        self._forms = _Forms()
        self._form = self._forms.number(self._expected)
        self._is_plain = any_order and not more and not self._forms.has_placeholder

    def accepts(self, actual: Any) -> bool:
        """Return True if `actual` is as expected.

        Raises:
            TookTooLong: The comparison was given up.
        """
        if self._is_plain:
            return self._forms.copy().number(actual) == self._form
        return self._comparison().accepts(self._expected, actual)

    def distance(self, actual: Any) -> float:
        """Return 0.0 for a value as expected, up to 1.0: the share of expected parts that differ.

        After the last comparison of the budget, parts that were not compared count as different.
        """
        try:
            if self.accepts(actual):
                return 0.0
        except TookTooLong:
            return 1.0
        return max(self._comparison().distance(self._expected, actual), _LEAST)

    def _comparison(self) -> "_Comparison":
        return _Comparison(self._any_order, self._more, self._forms.copy())


class _Forms:
    """Numbers of JSON values: equal values, arrays in any order, have the same number.

    A placeholder gets a number of its own, which no actual value has.
    """

    def __init__(self, known: dict[Any, int] | None = None) -> None:
        self._numbers = {} if known is None else known
        self._by_identity: dict[int, int] = {}
        self.has_placeholder = False

    def copy(self) -> "_Forms":
        """Return a copy, which can number other values without changing this object."""
        copy = _Forms(dict(self._numbers))
        copy._by_identity = dict(self._by_identity)
        return copy

    def number(self, value: Any) -> int:
        """Return the number of a value."""
        known = self._by_identity.get(id(value))
        if known is not None:
            return known
        if isinstance(value, dict):
            key: Any = (
                "object",
                frozenset((name, self.number(item)) for name, item in value.items()),
            )
        elif isinstance(value, list):
            key = ("array", *sorted(map(self.number, value)))
        elif isinstance(value, Placeholder):
            self.has_placeholder = True
            key = ("placeholder", id(value))
        else:
            return self._numbers.setdefault((json_type(value), value), len(self._numbers))
        number = self._numbers.setdefault(key, len(self._numbers))
        self._by_identity[id(value)] = number
        return number


class _Comparison:
    """One comparison of an expected with an actual value, in a limited number of steps."""

    def __init__(self, any_order: bool, more: bool, forms: _Forms) -> None:
        self._any_order = any_order
        self._more = more
        self._forms = forms
        self._budget = StepBudget(_COMPARISONS)

    def accepts(self, expected: Any, actual: Any) -> bool:
        """Return True if `actual` is as expected."""
        self._budget.spend()
        if isinstance(expected, Placeholder):
            return expected.accepts(actual)
        if isinstance(expected, dict) and isinstance(actual, dict):
            return self._accepts_object(expected, actual)
        if isinstance(expected, list) and isinstance(actual, list):
            return self._accepts_array(expected, actual)
        return _same_scalar(expected, actual)

    def _accepts_object(self, expected: dict[str, Any], actual: dict[str, Any]) -> bool:
        if not self._more and not actual.keys() <= expected.keys():
            return False
        return all(
            self.accepts(value, actual[name])
            if name in actual
            else isinstance(value, Placeholder) and value.may_be_absent
            for name, value in expected.items()
        )

    def _accepts_array(self, expected: list[Any], actual: list[Any]) -> bool:
        if len(expected) != len(actual) and not (self._more and len(expected) < len(actual)):
            return False
        if not self._any_order:
            return all(map(self.accepts, expected, actual))
        expected, actual = self._without_equals(expected, actual)
        return len(self._pairs(expected, actual)) == len(expected)

    def _without_equals(
        self, expected: list[Any], actual: list[Any]
    ) -> tuple[list[Any], list[Any]]:
        """Return the elements that have no equal partner.

        To pair equal elements first loses no match: an element that accepts one of them accepts
        the other.
        """
        wanted = Counter(map(self._forms.number, expected))
        found = Counter(map(self._forms.number, actual))
        shared = wanted & found
        return self._rest(expected, Counter(shared)), self._rest(actual, Counter(shared))

    def _rest(self, values: list[Any], shared: Counter[int]) -> list[Any]:
        rest = []
        for value in values:
            number = self._forms.number(value)
            if shared[number] > 0:
                shared[number] -= 1
            else:
                rest.append(value)
        return rest

    def _pairs(self, expected: list[Any], actual: list[Any]) -> dict[int, int]:
        """Return the largest set of accepted pairs: index in `actual` to index in `expected`.

        Stops at the first expected element that finds no partner (Kuhn's algorithm).
        """
        owners: dict[int, int] = {}
        for index, value in enumerate(expected):
            free = next(
                (at for at in range(len(actual)) if self._suits(value, at, actual, owners)), None
            )
            if free is not None:
                owners[free] = index
            elif not self._pair(index, expected, actual, owners):
                break
        return owners

    def _suits(self, expected: Any, at: int, actual: list[Any], owners: dict[int, int]) -> bool:
        return at not in owners and self.accepts(expected, actual[at])

    def _pair(
        self, index: int, expected: list[Any], actual: list[Any], owners: dict[int, int]
    ) -> bool:
        """Find a partner for an expected element, if necessary by moving the partners of others."""
        taken_by: dict[int, int] = {}
        waiting = [index]
        for element in waiting:  # grows during the iteration
            for at, value in enumerate(actual):
                self._budget.spend()
                if at in taken_by or not self.accepts(expected[element], value):
                    continue
                taken_by[at] = element
                if at not in owners:
                    _move(at, taken_by, owners)
                    return True
                waiting.append(owners[at])
        return False

    def distance(self, expected: Any, actual: Any) -> float:
        """Return 0.0 to 1.0."""
        if self._budget.left <= 0:
            return 1.0
        self._budget.spend()
        if isinstance(expected, Placeholder):
            return 0.0 if expected.accepts(actual) else 1.0
        if isinstance(expected, dict) and isinstance(actual, dict):
            return self._object_distance(expected, actual)
        if isinstance(expected, list) and isinstance(actual, list):
            return self._array_distance(expected, actual)
        return 0.0 if _same_scalar(expected, actual) else 1.0

    def _object_distance(self, expected: dict[str, Any], actual: dict[str, Any]) -> float:
        off = [
            self.distance(value, actual[name])
            if name in actual
            else float(not (isinstance(value, Placeholder) and value.may_be_absent))
            for name, value in expected.items()
        ]
        off += [] if self._more else [1.0 for name in actual if name not in expected]
        return sum(off) / max(len(off), 1)

    def _array_distance(self, expected: list[Any], actual: list[Any]) -> float:
        surplus = 0 if self._more else max(len(actual) - len(expected), 0)
        parts = max(len(expected) + surplus, 1)
        if self._any_order:
            rest, left = self._without_equals(expected, actual)
            off = [self._nearest(value, left) for value in rest]
        else:
            off = [self.distance(*pair) for pair in zip(expected, actual, strict=False)]
            off += [1.0] * (len(expected) - len(off))
        return (sum(off) + surplus) / parts

    def _nearest(self, expected: Any, left: list[Any]) -> float:
        """Return the distance to the nearest of `left`, and remove that one from it."""
        if not left or self._budget.left <= 0:
            return 1.0
        distances = [self.distance(expected, value) for value in left]
        nearest = min(distances)
        left.pop(distances.index(nearest))
        return nearest


def _move(at: int, taken_by: dict[int, int], owners: dict[int, int]) -> None:
    before = {owner: held for held, owner in owners.items()}
    following: int | None = at
    while following is not None:
        element = taken_by[following]
        owners[following] = element
        following = before.get(element)


def _same_scalar(expected: Any, actual: Any) -> bool:
    return bool(expected == actual and json_type(expected) == json_type(actual))
