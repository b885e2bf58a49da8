"""Matchers of one value: `{"equalTo": "x"}`, `{"matchesJsonPath": "$.a"}`, ...

`MATCHERS` is the table of all of them. The documentation is generated from it.
"""

import json
import logging
import math
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import partial
from typing import Any, NamedTuple

from mockserver.wiremock.json_equality import JsonEquality
from mockserver.wiremock.json_path import FAILED, finder
from mockserver.wiremock.json_path_operators import Keys, java_text
from mockserver.wiremock.json_text import parse_json, schema_test, strict_json
from mockserver.wiremock.mapping_fields import UNSUPPORTED_MATCHERS, Fields, MappingError
from mockserver.wiremock.regular_expressions import TookTooLong, full_match

_COMPARED = 500  # characters: the time of a comparison is the product of the lengths
_log = logging.getLogger("mockserver")

Test = Callable[[str | None], bool]
"""Return True for a value that is accepted; None stands for an absent one."""


class Matcher(NamedTuple):
    """A test of one value.

    Attributes:
        operator: The word in the mapping, such as `equalTo`.
        expected: The operand as it is shown in a near miss.
        test: The test; it may raise TookTooLong.
        unlikeness: Returns the distance of a value that is not accepted, up to 1.0.
    """

    operator: str
    expected: str
    test: Test
    unlikeness: Callable[[str | None], float] = lambda _value: 1.0

    def accepts(self, value: str | None) -> bool:
        """Return True if a value is accepted; False also if the test takes too long."""
        try:
            return self.test(value)
        except TookTooLong:
            _log.warning("%s took too long and counts as no match", self.operator)
            return False

    def distance(self, value: str | None) -> float:
        """Return 0.0 for a value that is accepted, up to 1.0."""
        try:
            return 0.0 if self.test(value) else self.unlikeness(value)
        except TookTooLong:
            return 1.0

    def took_too_long(self, value: str | None) -> bool:
        """Return True if the test of a value takes too long."""
        try:
            self.test(value)
        except TookTooLong:
            return True
        return False


class Operator(NamedTuple):
    """A term for a matcher: how it is parsed, the options beside it, and a note on its meaning."""

    parse: Callable[[Fields, str], Matcher]
    options: tuple[str, ...] = ()
    note: str = ""


def parse_matcher(value: object, where: str) -> Matcher:
    """Return the matcher that an object describes.

    Args:
        value: The object, such as `{"equalTo": "x"}`.
        where: Its name in errors.

    Raises:
        MappingError: The matcher is not known, or its operand cannot be used.
    """
    fields = Fields(value, where, unsupported=UNSUPPORTED_MATCHERS)
    operator = fields.take_one(tuple(MATCHERS))
    if operator is None:
        fields.finish()
        raise MappingError(f"{where} must have one of {', '.join(MATCHERS)}")
    matcher = MATCHERS[operator].parse(fields, fields.path(operator))
    fields.finish()
    return matcher


def equal_to(expected: str, *, ignore_case: bool = False) -> Matcher:
    """Return a matcher that accepts the text `expected`."""
    folded = _without_case if ignore_case else str
    wanted = folded(expected)

    def test(value: str | None) -> bool:
        return value is not None and folded(value) == wanted

    return Matcher("equalTo", expected, test, lambda value: _unlikeness(wanted, value, folded))


def matches(expected: str, where: str) -> Matcher:
    """Return a matcher that accepts a text which as a whole matches a regular expression."""
    test = _on_text(full_match(expected, where))
    return Matcher("matches", expected, test, lambda value: _unlikeness(expected, value))


def _equal_to(fields: Fields, _where: str) -> Matcher:
    ignore_case = fields.take("caseInsensitive", bool, False)
    return equal_to(fields.take("equalTo", str, ""), ignore_case=ignore_case)


def _contains(fields: Fields, _where: str) -> Matcher:
    part = fields.take("contains", str, "")
    return Matcher("contains", part, _on_text(lambda text: part in text))


def _does_not_contain(fields: Fields, _where: str) -> Matcher:
    part = fields.take("doesNotContain", str, "")
    return Matcher("doesNotContain", part, lambda value: value is None or part not in value)


def _matches(fields: Fields, where: str) -> Matcher:
    return matches(fields.take("matches", str, ""), where)


def _does_not_match(fields: Fields, where: str) -> Matcher:
    expected = fields.take("doesNotMatch", str, "")
    test = full_match(expected, where)
    return Matcher("doesNotMatch", expected, lambda value: value is None or not test(value))


def _absent(fields: Fields, where: str) -> Matcher:
    if not fields.take("absent", bool, True):
        raise MappingError(f'{where}: false means true in WireMock; use {{"matches": ".*"}}')
    return Matcher("absent", "true", lambda value: value is None)


def _anything(fields: Fields, _where: str) -> Matcher:
    return Matcher("anything", fields.take("anything", str, ""), lambda _value: True)


def _equal_to_number(fields: Fields, where: str) -> Matcher:
    expected = fields.take("equalToNumber", (int, float), 0)

    def test(value: str | None) -> bool:
        # Python also reads "1_000" and digits of other scripts, which Java refuses.
        if value is None or "_" in value or not value.isascii():
            return False
        try:
            return float(value) == expected
        except ValueError:
            return False

    if not math.isfinite(expected):
        raise MappingError(f"{where} must be a number")
    return Matcher("equalToNumber", str(expected), test)


def _equal_to_json(fields: Fields, where: str) -> Matcher:
    any_order = fields.take("ignoreArrayOrder", bool, False)
    more = fields.take("ignoreExtraElements", bool, False)
    given = fields.take_any("equalToJson")
    expected = strict_json(given, where) if isinstance(given, str) else given
    equality = JsonEquality(expected, where, any_order=any_order, more=more)
    return Matcher(
        "equalToJson",
        json.dumps(expected),
        _on_json(equality.accepts, otherwise=False),
        _on_json(equality.distance, otherwise=1.0),
    )


def _matches_json_schema(fields: Fields, where: str) -> Matcher:
    version = fields.take_optional("schemaVersion", str)
    given = fields.take_any("matchesJsonSchema")
    schema = strict_json(given, where) if isinstance(given, str) else given
    test = schema_test(schema, version, where)
    return Matcher("matchesJsonSchema", json.dumps(schema), _on_text(test))


def _matches_json_path(fields: Fields, where: str) -> Matcher:
    """Parse a JSONPath that finds something, or `expression` and a matcher of what it finds."""
    given = fields.take_any("matchesJsonPath")
    if isinstance(given, str):
        find = finder(given, where)
        return Matcher("matchesJsonPath", given, lambda value: _finds(find(value)))
    inner = Fields(given, where)
    expression = inner.take_optional("expression", str)
    if expression is None:
        raise MappingError(f"{inner.path('expression')} is required")
    rest = {name: value for name, value in given.items() if name != "expression"}
    matcher, find = parse_matcher(rest, where), finder(expression, where)
    shown = f"{expression} {matcher.operator} {matcher.expected}"
    return Matcher("matchesJsonPath", shown, lambda value: _accepts_found(matcher, find(value)))


def _finds(found: Any) -> bool:
    return found is not FAILED and found not in (None, [], {})


def _accepts_found(matcher: Matcher, found: Any) -> bool:
    """Return True if a matcher accepts the value at a JSONPath, or one of a list of values."""
    if matcher.operator == "absent":
        return found in (None, [])
    if found is None or found is FAILED or isinstance(found, Keys):
        return False
    if isinstance(found, list) and matcher.operator != "equalToJson":
        return any(matcher.test(_text(value)) for value in found)
    return matcher.test(_text(found))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return java_text(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _combined(operator: str, combine: Callable[[Any], bool], fields: Fields, where: str) -> Matcher:
    inner = parse_matchers(fields.take(operator, list, []), where)
    return Matcher(
        operator,
        described(inner),
        lambda value: combine(each.test(value) for each in inner),
        lambda value: sum(each.distance(value) for each in inner) / max(len(inner), 1) or 1.0,
    )


def _not(fields: Fields, where: str) -> Matcher:
    inner = parse_matcher(fields.take("not", dict, {}), where)
    return Matcher("not", described([inner]), lambda value: not inner.test(value))


def parse_matchers(values: list[Any], where: str) -> list[Matcher]:
    """Return the matchers of a list of objects."""
    return [parse_matcher(value, f"{where}[{index}]") for index, value in enumerate(values)]


def described(matchers: list[Matcher]) -> str:
    """Return the operators and operands of several matchers, as they are shown in a near miss."""
    return ", ".join(f"{each.operator} {each.expected}" for each in matchers)


MATCHERS: dict[str, Operator] = {
    "equalTo": Operator(_equal_to, ("caseInsensitive",)),
    "contains": Operator(_contains),
    "doesNotContain": Operator(_does_not_contain, note="accepts an absent value"),
    "matches": Operator(_matches, note="a regular expression over the whole text"),
    "doesNotMatch": Operator(_does_not_match, note="accepts an absent value"),
    "absent": Operator(_absent, note="`true` only: WireMock takes `false` for true"),
    "anything": Operator(_anything, note="accepts an absent value, except a cookie"),
    "equalToNumber": Operator(_equal_to_number, note="new in WireMock 4"),
    "equalToJson": Operator(
        _equal_to_json,
        ("ignoreArrayOrder", "ignoreExtraElements"),
        "with JsonUnit's `ignore`, `ignore-element`, `any-string`, `any-number`, `any-boolean`, "
        "`regex`",
    ),
    "matchesJsonPath": Operator(_matches_json_path, note="Jayway's dialect, see below"),
    "matchesJsonSchema": Operator(
        _matches_json_schema, ("schemaVersion",), "without references to other documents"
    ),
    "and": Operator(partial(_combined, "and", all)),
    "or": Operator(partial(_combined, "or", any)),
    "not": Operator(_not),
}


def _on_text(test: Callable[[str], bool]) -> Test:
    return lambda value: value is not None and test(value)


def _on_json(test: Callable[[Any], Any], *, otherwise: Any) -> Callable[[str | None], Any]:
    def on_json(value: str | None) -> Any:
        try:
            return test(parse_json(value or ""))
        except (ValueError, RecursionError):
            return otherwise

    return on_json


def _without_case(text: str) -> str:
    # As in Java, character by character, so that "ss" does not equal "ß".
    if text.isascii():
        return text.lower()
    return "".join(each.upper() if len(each.upper()) == 1 else each for each in text).lower()


def _unlikeness(expected: str, value: str | None, folded: Callable[[str], str] = str) -> float:
    if value is None:
        return 1.0
    likeness = SequenceMatcher(None, expected[:_COMPARED], folded(value)[:_COMPARED]).ratio()
    return min(max(1 - likeness, 0.01), 1.0)  # never 0, because the value is not accepted
