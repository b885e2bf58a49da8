"""The document of the control interface is true: of every call, its bodies, its answers."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from mockserver.admin.admin_request import Route
from mockserver.admin.routes import ROUTES
from mockserver.emulator.engine import Engine
from mockserver.model.vendor import Vendor
from mockserver.vendors import discover
from mockserver.wiremock.mapping_fields import (
    UNSUPPORTED_MAPPING,
    UNSUPPORTED_MATCHERS,
    UNSUPPORTED_REQUEST,
    UNSUPPORTED_RESPONSE,
)
from mockserver.wiremock.matchers import MATCHERS
from mockserver.wiremock.pattern_fields import FIELDS
from mockserver.wiremock.response_definition import RESPONSE_FIELDS
from mockserver.wiremock.stub_mapping import ALIASES, MAPPING_FIELDS, OUR_FIELDS
from tests.admin.documented import DOCUMENT, check_documented, operation_of
from tests.admin.test_strange_bodies import BODIES, LINES, answered, prepared
from tests.engine_client import admin, content, fresh_engine


def operation(route: Route) -> dict[str, Any]:
    method, path = next(route.requests())
    return operation_of(f"{method} {path}")


def test_it_is_served(engine: Engine) -> None:
    assert content(admin(engine, "GET /openapi.json")) == DOCUMENT


def test_every_call_is_in_it_and_no_other() -> None:
    documented = {
        f"{method.upper()} {path.removeprefix('/__admin')}"
        for path, operations in DOCUMENT["paths"].items()
        for method in operations
    }
    assert documented == {re.sub(r"<(?:path:)?(\w+)>", r"{\1}", line) for line in LINES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_call_says_what_it_does(route: Route) -> None:
    assert operation(route)["operationId"] == route.name
    assert str(operation(route)["summary"]).endswith((".", "?"))


def test_each_schema_is_one_and_each_is_used() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    named = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert named == set(references(DOCUMENT))


OPTIONS = [option for operator in MATCHERS.values() for option in operator.options]
TABLES: dict[str, list[str]] = {
    "Matcher": [*MATCHERS, *OPTIONS, *UNSUPPORTED_MATCHERS],
    "RequestPattern": [*FIELDS, "pathParameters", *UNSUPPORTED_REQUEST],
    "ResponseDefinition": [*RESPONSE_FIELDS, *UNSUPPORTED_RESPONSE],
    "Mapping": [*MAPPING_FIELDS, *OUR_FIELDS, *ALIASES, *UNSUPPORTED_MAPPING],
}


@pytest.mark.parametrize("schema", TABLES)
def test_a_schema_has_the_fields_of_the_code(schema: str) -> None:
    properties = DOCUMENT["components"]["schemas"][schema]["properties"]
    assert sorted(properties) == sorted(TABLES[schema])


def references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [ref for item in part.values() for ref in references(item)]
    return [ref for item in part for ref in references(item)] if isinstance(part, list) else []


@pytest.mark.parametrize("line", [line for line in LINES if line != "DELETE "])
def test_a_good_answer_is_as_documented(line: str) -> None:
    prepared()
    check_documented(line, answered(line, BODIES.get(line, {})))


@pytest.mark.parametrize("vendor", discover(), ids=lambda vendor: vendor.name)
def test_an_ordered_token_is_as_documented(vendor: Vendor[object]) -> None:
    engine = fresh_engine()
    answer = admin(engine, "POST /tokens", json={"vendor": vendor.name})
    check_documented("POST /tokens", answer)
    shown = admin(engine, f"GET /tokens/{content(answer)['id']}")
    check_documented("GET /tokens/<id>", shown)


@pytest.mark.parametrize("line", BODIES)
def test_a_good_body_is_as_documented(line: str) -> None:
    taken = operation_of(line).get("requestBody")
    if taken is None:
        assert BODIES[line] == {}
        return
    schema = {**taken["content"]["application/json"]["schema"], **DOCUMENT}
    Draft202012Validator(schema).validate(BODIES[line])
    if schema.get("additionalProperties") is False or "Pattern" in schema.get("$ref", ""):
        with pytest.raises(ValidationError):
            Draft202012Validator(schema).validate({**BODIES[line], "nonsense": 1})
