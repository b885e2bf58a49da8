"""JSON Schema for `matchesJsonSchema`, without a network and without unbounded expressions."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

from mockserver.wiremock.json_text import parse_json
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.regular_expressions import search

_VERSIONS = {
    "V4": "Draft4Validator",
    "V6": "Draft6Validator",
    "V7": "Draft7Validator",
    "V201909": "Draft201909Validator",
    "V202012": "Draft202012Validator",
}


def schema_test(schema: Any, version: str | None, where: str) -> Callable[[str], bool]:
    """Return a test whether a JSON text fits a schema; other text counts as a JSON string.

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
            return bool(validator.is_valid(_value(text)))
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
    _check(schema, where)
    keywords = {"pattern": functools.partial(_pattern, where)}
    # An empty registry: the default one would fetch a schema that is referred to.
    extend: Any = jsonschema.validators.extend
    return extend(base, keywords)(schema, registry=Registry())


def _check(schema: Any, where: str) -> None:
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
        _check(inner, where)


def _pattern(
    where: str, _validator: Any, expression: str, instance: Any, _schema: Any
) -> Iterator[Exception]:
    from jsonschema import ValidationError  # noqa: PLC0415

    if isinstance(instance, str) and not search(expression, where)(instance):
        yield ValidationError(f"{instance!r} does not match {expression!r}")


def _value(text: str) -> Any:
    try:
        return parse_json(text)
    except (ValueError, RecursionError):
        return text
