"""Checks JSON against a schema: values that are not allowed, and names that are not in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from mockserver.verification.contract_tree import ContractNode, Difference, json_type, listed, shown
from mockserver.verification.statements import UNDOCUMENTED

_BASE = "urn:contract"
# As Unix seconds this is after the year 9999, as milliseconds it is in 2001.
_TOO_LATE = 1e12
_TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
_RULES = {
    "type": "it is of type {value}",
    "const": "it is {value}",
    "enum": "it is {value}",
    "pattern": "it looks like {value}",
    "format": "it is a {value}",
    "minLength": "it is not empty",
}
_COMBINED = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True)
class JsonPart:
    """A part of a JSON value: its JSON path, and all the schemas that describe it."""

    path: str
    value: Any
    schemas: tuple[ContractNode, ...]


def schema_differences(value: Any, schema: ContractNode, path: str) -> Iterator[Difference]:
    """Yield the differences between a value and its schema; `path` is the path of the value."""
    errors = (leaf for error in _validator(schema).iter_errors(value) for leaf in _leaves(error))
    found = (_difference(error, schema, path) for error in errors)
    # Each missing name is an error, and one difference holds all of them.
    yield from dict.fromkeys(found)
    for part in parts_of(value, schema, path):
        yield from _unknown_names(part)
        yield from _units(part)


def parts_of(value: Any, schema: ContractNode, path: str) -> Iterator[JsonPart]:
    """Yield a value and everything in it that the schema describes."""
    return _parts(value, [schema], path)


def _validator(schema: ContractNode) -> Draft202012Validator:
    registry = Registry().with_resource(_BASE, DRAFT202012.create_resource(schema.document))
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in schema.pointer]
    return Draft202012Validator(
        {"$ref": f"{_BASE}#/{'/'.join(steps)}"},
        registry=registry,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Yield the errors that explain an error: of several alternatives, those of the nearest."""
    alternatives: dict[object, list[ValidationError]] = {}
    for cause in error.context or ():
        alternatives.setdefault(cause.relative_schema_path[0], []).append(cause)
    if not alternatives:
        yield error
        return
    for cause in min(alternatives.values(), key=len):
        yield from _leaves(cause)


def _difference(error: ValidationError, schema: ContractNode, name: str) -> Difference:
    where = ".".join([name, *map(str, error.absolute_path)])
    rule = schema.step(*error.absolute_schema_path)
    instance: Any = error.instance
    if error.validator == "required":
        missing = [word for word in rule.value if word not in instance]
        came = f"only {listed([*instance])}" if instance else "nothing"
        return Difference("breaking", where, f"it has {listed(missing)}", came, rule.evidence)
    says = _RULES.get(str(error.validator), "{validator} {value}")
    words = says.format(validator=error.validator, value=_named(rule.value))
    return Difference("breaking", where, words, shown(instance), rule.evidence)


def _named(value: Any) -> str:
    """Return the text for what a rule asks for; JSON types keep their names."""
    if isinstance(value, list):
        return " or ".join(_named(each) for each in value)
    return value if value in _TYPES else shown(value)


def _units(part: JsonPart) -> Iterator[Difference]:
    for schema in part.schemas:
        if (
            schema.has("x-unit")
            and isinstance(part.value, (int, float))
            and part.value >= _TOO_LATE
        ):
            came = f"{part.value}: 1000 times too large, so these are milliseconds"
            yield Difference("breaking", part.path, "it is in seconds", came, schema.evidence)


def _unknown_names(part: JsonPart) -> Iterator[Difference]:
    described = [schema.value["properties"] for schema in part.schemas if schema.has("properties")]
    if not described or not isinstance(part.value, dict):
        return
    for name, value in part.value.items():
        if not any(name in properties for properties in described):
            says = "no page has this name"
            # The value itself may be a secret.
            came = f"a value of type {json_type(value)}"
            yield Difference("additive", f"{part.path}.{name}", says, came, UNDOCUMENTED)


def _parts(value: Any, schemas: list[ContractNode], path: str) -> Iterator[JsonPart]:
    flat = tuple(node for schema in schemas for node in _flattened(schema))
    yield JsonPart(path, value, flat)
    for name, child in _children(value):
        below = [found for node in flat for found in _below(node, name)]
        if below:
            yield from _parts(child, below, f"{path}.{name}")


def _children(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _below(schema: ContractNode, name: str | int) -> Iterator[ContractNode]:
    if isinstance(name, int):
        if schema.has("items"):
            yield schema.step("items")
    elif schema.has("properties") and schema.step("properties").has(name):
        yield schema.step("properties", name)


def _flattened(schema: ContractNode) -> Iterator[ContractNode]:
    schema = schema.resolved()
    yield schema
    for word in _COMBINED:
        if schema.has(word):
            for index in range(len(schema.value[word])):
                yield from _flattened(schema.step(word, index))
