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
    """Which expected element goes with which actual one, by their places.

    As many as can be equal are: `{}` is equal to every object that may hold more, so the first
    that it meets may be needed for another. The others go with the nearest that is left.
    """
    owners: dict[int, int] = {}
    unequal = [
        element for element in range(len(distances)) if not _settled(element, distances, owners)
    ]
    for element in unequal:
        left = {place: off for place, off in distances[element].items() if place not in owners}
        if left:
            owners[min(left, key=left.__getitem__)] = element
    return {element: place for place, element in owners.items()}


def _settled(element: int, distances: list[dict[int, float]], owners: dict[int, int]) -> bool:
    """Give an element a place that it equals, if need be by moving others to other such places."""
    wanted_by: dict[int, int] = {}
    moved = [element]
    for mover in moved:  # grows as it is walked
        for place, off in distances[mover].items():
            if off > 0 or place in wanted_by:
                continue
            wanted_by[place] = mover
            if place not in owners:
                _move(place, wanted_by, owners)
                return True
            moved.append(owners[place])
    return False


def _move(place: int, wanted_by: dict[int, int], owners: dict[int, int]) -> None:
    before = {owner: held for held, owner in owners.items()}
    following: int | None = place
    while following is not None:
        mover = wanted_by[following]
        owners[following] = mover
        following = before.get(mover)
