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
    distances = [
        {
            place: json_distance(value, other, any_order=any_order, more=more)
            for place, other in enumerate(actual)
            if any_order or place == position
        }
        for position, value in enumerate(expected)
    ]
    pairs = _pairs(distances)
    off = [row[pairs[place]] if place in pairs else 1.0 for place, row in enumerate(distances)]
    surplus = 0 if more else max(len(actual) - len(expected), 0)
    return (sum(off) + surplus) / max(len(off) + surplus, 1)


def _pairs(distances: list[dict[int, float]]) -> dict[int, int]:
    """Which expected element goes with which actual one.

    As many as can be equal are: `{}` is equal to every object that may hold more, so the first
    that it meets may be needed for another. The others go with the nearest that is left.
    """
    owners: dict[int, int] = {}

    def settle(element: int, asked: set[int]) -> bool:
        equal = [place for place, off in distances[element].items() if off == 0]
        for place in sorted(equal, key=owners.__contains__):  # free ones first
            if place not in asked:
                asked.add(place)
                if place not in owners or settle(owners[place], asked):
                    owners[place] = element
                    return True
        return False

    unequal = [element for element in range(len(distances)) if not settle(element, set())]
    for element in unequal:
        left = {place: off for place, off in distances[element].items() if place not in owners}
        if left:
            owners[min(left, key=left.__getitem__)] = element
    return {element: place for place, element in owners.items()}
