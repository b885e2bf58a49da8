"""JSON in requests and in mappings, as WireMock reads it, and JSON Schema.

In requests, JSON may have comments, single quotes, and text after the first value. WireMock's
Jackson is configured this way (`ALLOW_COMMENTS`, `ALLOW_SINGLE_QUOTES`, and no check for trailing
tokens). In mappings, JSON is strict, and strings may be placeholders of JsonUnit.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple, NoReturn

from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.regular_expressions import TookTooLong, full_match, search

# Each alternative matches to the end of the text if its closing mark is missing, and the groups
# are possessive: the scan is linear for every text.
_TOKEN = re.compile(
    r"""("(?:[^"\\]|\\.?)*+"?) | '((?:[^'\\]|\\.?)*+)'? | /\*.*?(?:\*/|\Z) | //[^\n]*""",
    re.DOTALL | re.VERBOSE,
)
_QUOTES = {"\\'": "'", '"': '\\"'}
_QUOTE = re.compile(r"""\\.|\"""", re.DOTALL)
_DECODER = json.JSONDecoder()


class StepBudget:
    """The steps that are left for one comparison of JSON values, or one evaluation of a JSONPath.

    Without a limit, one match of a body with a mapping could take hours.

    Attributes:
        left: The number of steps.
    """

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Subtract `steps`.

        Raises:
            TookTooLong: If fewer were left.
        """
        self.left -= steps
        if self.left < 0:
            raise TookTooLong


def parse_json(text: str) -> Any:
    """Return the JSON value with which a string begins.

    Raises:
        ValueError: The text does not begin with a JSON value, strict or lenient.
        RecursionError: The value is nested too deeply.
    """
    try:
        return json.loads(text)
    except ValueError:
        value, _ = _DECODER.raw_decode(_TOKEN.sub(_strict, text).lstrip())
        return value


def json_type(value: Any) -> str:
    """Return the name of a value's type: in JSON, 1 and 1.0 are one number, 1 and true differ."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


def _strict(token: re.Match[str]) -> str:
    if token[1] is not None:
        return token[1]
    if token[2] is not None:
        return '"' + _QUOTE.sub(lambda quote: _QUOTES.get(quote[0], quote[0]), token[2]) + '"'
    return " "


_PLACEHOLDER = re.compile(
    r"[$#]\{json-unit\.(?P<name>[a-z-]+)(?P<argument>:[^}]*)?\}(?P<rest>.*)", re.DOTALL
)

_IGNORE_ELEMENT = "${json-unit.ignore-element}"

_TYPE_TESTS: dict[str, Callable[[Any], bool]] = {
    "ignore": lambda _value: True,
    "ignore-element": lambda _value: True,
    "any-string": lambda value: isinstance(value, str),
    "any-number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "any-boolean": lambda value: isinstance(value, bool),
}


class Placeholder(NamedTuple):
    """A value in the expected JSON that accepts every value of a kind."""

    accepts: Callable[[Any], bool]
    may_be_absent: bool = False


def with_placeholders(value: Any, where: str) -> Any:
    """Return a value in which each string that is a placeholder of JsonUnit is a `Placeholder`.

    Raises:
        MappingError: A placeholder is not supported; `where` is the name of the field.
    """
    if isinstance(value, dict):
        return {name: with_placeholders(item, where) for name, item in value.items()}
    if isinstance(value, list):
        return [with_placeholders(item, where) for item in value]
    found = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else _placeholder(found, where)


def _placeholder(found: re.Match[str], where: str) -> Any:
    name, rest = found["name"], found["rest"]
    if found["argument"] is None:
        if name == "regex":
            return Placeholder(_regex_test(rest, where))
        if name in _TYPE_TESTS and not rest:
            # JsonUnit has this one with a dollar sign only.
            if name == "ignore-element" and found[0] != _IGNORE_ELEMENT:
                return found[0]
            return Placeholder(_TYPE_TESTS[name], name == "ignore-element")
    raise MappingError(f"{where}: {found[0]} is not supported")


def _regex_test(expression: str, where: str) -> Callable[[Any], bool]:
    test = full_match(expression, where)
    return lambda value: isinstance(value, str) and test(value)


def strict_json(text: str, where: str) -> Any:
    """Return the value of a JSON text in a mapping.

    Raises:
        MappingError: It is not valid JSON; `where` is the name of the field.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise MappingError(f"{where} is not valid JSON") from None


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_VERSIONS = {
    "V4": "Draft4Validator",
    "V6": "Draft6Validator",
    "V7": "Draft7Validator",
    "V201909": "Draft201909Validator",
    "V202012": "Draft202012Validator",
}


def schema_test(schema: Any, version: str | None, where: str) -> Callable[[str], bool]:
    """Return a test of whether a JSON text fits a schema; another text counts as a JSON string.

    Args:
        schema: The schema.
        version: WireMock's name of the draft, such as `V7`; None for 2020-12.
        where: The name of the field in errors.

    Raises:
        MappingError: The schema cannot be used.
    """
    if version not in (None, *_VERSIONS):
        raise MappingError(f"{where}: schemaVersion must be one of {', '.join(_VERSIONS)}")
    validator = _validator(schema, _VERSIONS[version or "V202012"], where)

    def test(text: str) -> bool:
        from referencing.exceptions import Unresolvable  # noqa: PLC0415 - slow to import

        try:
            return bool(validator.is_valid(_value_or_text(text)))
        except (Unresolvable, RecursionError):
            return False

    return test


def _validator(schema: Any, name: str, where: str) -> Any:
    # Slow to import, and few mappings use it.
    import jsonschema.validators  # noqa: PLC0415
    from referencing import Registry  # noqa: PLC0415

    base = getattr(jsonschema.validators, name)
    try:
        base.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise MappingError(f"{where} is not a JSON schema: {error.message}") from None
    _check_schema(schema, where)
    keywords = {
        "pattern": partial(_pattern_keyword, where),
        "uniqueItems": _unique_items_keyword,
    }
    # An empty registry, because the default one would fetch schemas from the network.
    extend: Any = jsonschema.validators.extend
    return extend(base, keywords)(schema, registry=Registry())


def _check_schema(schema: Any, where: str) -> None:
    """Refuse references to other documents, and compile every pattern."""
    if isinstance(schema, dict):
        reference = schema.get("$ref", "#")
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise MappingError(f"{where}: a reference to another document is not supported")
        if "patternProperties" in schema:
            raise MappingError(f"{where}: patternProperties is not supported")
        if isinstance(schema.get("pattern"), str):
            search(schema["pattern"], where)
    for inner in (
        schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    ):
        _check_schema(inner, where)


def _pattern_keyword(
    where: str, _validator: Any, expression: str, instance: Any, _schema: Any
) -> Iterator[Exception]:
    from jsonschema import ValidationError  # noqa: PLC0415

    if isinstance(instance, str) and not search(expression, where)(instance):
        yield ValidationError(f"{instance!r} does not match {expression!r}")


def _unique_items_keyword(
    _validator: Any, is_wanted: Any, instance: Any, _schema: Any
) -> Iterator[Exception]:
    from jsonschema import ValidationError  # noqa: PLC0415

    # The library compares each item with each, which takes hours for a large body.
    items = instance if is_wanted and isinstance(instance, list) else []
    if len(set(map(_hashable, items))) < len(items):
        yield ValidationError("the items are not unique")


def _hashable(value: Any) -> Any:
    """Return a key that is equal for equal JSON values."""
    if isinstance(value, dict):
        return "object", frozenset((name, _hashable(item)) for name, item in value.items())
    if isinstance(value, list):
        return "array", tuple(map(_hashable, value))
    return json_type(value), value


def _value_or_text(text: str) -> Any:
    try:
        return parse_json(text)
    except (ValueError, RecursionError):
        return text
