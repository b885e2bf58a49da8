"""How far one JSON value is from another."""

from typing import Any


def json_distance(expected: Any, actual: Any, *, any_order: bool, more: bool) -> float:
    """0.0 for equal values, up to 1.0: the share of expected parts that differ.

    `any_order`: arrays are equal in any order. `more`: objects and arrays may hold more.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        return _objects(expected, actual, any_order, more)
    if isinstance(expected, list) and isinstance(actual, list):
        return _arrays(expected, actual, any_order, more)
    return 0.0 if expected == actual and _kind(expected) is _kind(actual) else 1.0


def _kind(value: Any) -> type:
    """1 and 1.0 are one number in JSON; 1 and true are not."""
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


def _objects(
    expected: dict[str, Any], actual: dict[str, Any], any_order: bool, more: bool
) -> float:
    off = [
        json_distance(value, actual[name], any_order=any_order, more=more)
        if name in actual
        else 1.0
        for name, value in expected.items()
    ]
    off += [] if more else [1.0 for name in actual if name not in expected]
    return sum(off) / max(len(off), 1)


def _arrays(expected: list[Any], actual: list[Any], any_order: bool, more: bool) -> float:
    rest = list(actual)
    off = []
    for position, value in enumerate(expected):
        places = range(len(rest)) if any_order else range(len(rest))[position : position + 1]
        near = [(json_distance(value, rest[i], any_order=any_order, more=more), i) for i in places]
        distance, index = min(near, default=(1.0, -1))
        off.append(distance)
        if any_order and index >= 0:
            rest.pop(index)
    surplus = 0 if more else max(len(actual) - len(expected), 0)
    return (sum(off) + surplus) / max(len(off) + surplus, 1)
