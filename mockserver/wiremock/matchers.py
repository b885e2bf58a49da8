"""Matchers of one value: `{"equalTo": "x"}`, `{"matchesJsonPath": "$.a"}`, ..."""

import json
import re
from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any, NamedTuple, NoReturn

from mockserver.wiremock.json_equality import json_distance
from mockserver.wiremock.json_path import finder
from mockserver.wiremock.mapping_fields import Fields, MappingError

_COMPARED = 500  # characters: comparing texts costs their lengths multiplied


class Matcher(NamedTuple):
    """Accepts a value or not (None: absent). `distance`: 0.0 for a match, up to 1.0.

    `operator` and `expected` say what is asked for, as a person would read it.
    """

    operator: str
    expected: str
    accepts: Callable[[str | None], bool]
    distance: Callable[[str | None], float]


def parse_matcher(value: object, where: str) -> Matcher:
    """The matcher that an object describes. Raises MappingError for one that is not known."""
    fields = Fields(value, where)
    operator = fields.take_one(tuple(_OPERATORS))
    if operator is None:
        fields.finish()
        raise MappingError(f"{where} must have one of {', '.join(_OPERATORS)}")
    matcher = _OPERATORS[operator](fields, fields.path(operator))
    fields.finish()
    return matcher


def equal_to(expected: str, *, ignore_case: bool = False) -> Matcher:
    """The same text, or the same but for case."""
    alike = str.casefold if ignore_case else str
    wanted = alike(expected)
    accepts = _on_text(lambda text: alike(text) == wanted)

    def distance(value: str | None) -> float:
        return _unlike(wanted, None if value is None else alike(value), accepts)

    return Matcher("equalTo", expected, accepts, distance)


def matches(expected: str, where: str) -> Matcher:
    """A regular expression over the whole text."""
    pattern = _pattern(expected, where)
    accepts = _on_text(lambda text: bool(pattern.fullmatch(text)))
    return Matcher("matches", expected, accepts, lambda value: _unlike(expected, value, accepts))


def _equal_to(fields: Fields, _where: str) -> Matcher:
    ignore_case = fields.take("caseInsensitive", bool, False)
    return equal_to(fields.take("equalTo", str, ""), ignore_case=ignore_case)


def _contains(fields: Fields, _where: str) -> Matcher:
    part = fields.take("contains", str, "")
    return _plain("contains", part, _on_text(lambda text: part in text))


def _matches(fields: Fields, where: str) -> Matcher:
    return matches(fields.take("matches", str, ""), where)


def _does_not_match(fields: Fields, where: str) -> Matcher:
    """What is absent does not match either."""
    expected = fields.take("doesNotMatch", str, "")
    matching = matches(expected, where)
    return _plain("doesNotMatch", expected, lambda value: not matching.accepts(value))


def _absent(fields: Fields, _where: str) -> Matcher:
    wanted = fields.take("absent", bool, True)
    return _plain("absent", str(wanted).lower(), lambda value: (value is None) is wanted)


def _equal_to_json(fields: Fields, where: str) -> Matcher:
    any_order = fields.take("ignoreArrayOrder", bool, False)
    more = fields.take("ignoreExtraElements", bool, False)
    given = fields.take_any("equalToJson")
    expected = _json(given, where) if isinstance(given, str) else given

    def distance(value: str | None) -> float:
        try:
            return json_distance(expected, json.loads(value or ""), any_order=any_order, more=more)
        except (ValueError, RecursionError):
            return 1.0

    return Matcher("equalToJson", json.dumps(expected), lambda value: not distance(value), distance)


def _matches_json_path(fields: Fields, where: str) -> Matcher:
    """A JSONPath that finds something, or `expression` and a matcher of what it finds."""
    given = fields.take_any("matchesJsonPath")
    if isinstance(given, str):
        found = finder(given, where)
        return _plain("matchesJsonPath", given, lambda value: found(value) not in (None, [], {}))
    inner = Fields(given, where)
    expression = inner.take_optional("expression", str)
    if expression is None:
        raise MappingError(f"{inner.path('expression')} is required")
    rest = {name: value for name, value in given.items() if name != "expression"}
    matcher, find = parse_matcher(rest, where), finder(expression, where)
    shown = f"{expression} {matcher.operator} {matcher.expected}"
    return _plain("matchesJsonPath", shown, lambda value: _finds(matcher, find(value)))


def _finds(matcher: Matcher, found: Any) -> bool:
    """Whether a matcher accepts what was found: one value, or of a list any; as WireMock does."""
    if matcher.operator == "absent":
        return matcher.accepts(None if found in (None, []) else "")
    whole = matcher.operator == "equalToJson" or not isinstance(found, list)
    values = [found] if whole and found is not None else found or []
    texts = [value if isinstance(value, str) else _compact(value) for value in values]
    return any(map(matcher.accepts, texts))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_OPERATORS: dict[str, Callable[[Fields, str], Matcher]] = {
    "equalTo": _equal_to,
    "contains": _contains,
    "matches": _matches,
    "doesNotMatch": _does_not_match,
    "absent": _absent,
    "equalToJson": _equal_to_json,
    "matchesJsonPath": _matches_json_path,
}


def _plain(operator: str, expected: str, accepts: Callable[[str | None], bool]) -> Matcher:
    return Matcher(operator, expected, accepts, lambda value: 0.0 if accepts(value) else 1.0)


def _on_text(test: Callable[[str], bool]) -> Callable[[str | None], bool]:
    return lambda value: value is not None and test(value)


def _unlike(expected: str, value: str | None, accepts: Callable[[str | None], bool]) -> float:
    if accepts(value):
        return 0.0
    if value is None:
        return 1.0
    likeness = SequenceMatcher(None, expected[:_COMPARED], value[:_COMPARED]).ratio()
    return min(max(1 - likeness, 0.01), 1.0)  # no match, so never 0, however alike


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise MappingError(f"{where} is not valid JSON") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _pattern(expression: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(expression, re.DOTALL)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise MappingError(f"{where} is no regular expression: {error}") from None
