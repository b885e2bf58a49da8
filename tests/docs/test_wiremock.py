"""The page about WireMock lists what the code does."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from mockserver.admin.routes import ROUTES
from mockserver.emulator.engine import Engine
from mockserver.wiremock.mapping_fields import (
    UNSUPPORTED_MAPPING,
    UNSUPPORTED_MATCHERS,
    UNSUPPORTED_REQUEST,
    UNSUPPORTED_RESPONSE,
)
from mockserver.wiremock.matchers import MATCHERS
from mockserver.wiremock.pattern_fields import FIELDS
from mockserver.wiremock.response_definition import RESPONSE_FIELDS
from mockserver.wiremock.stub_mapping import MAPPING_FIELDS
from tests.admin.documented import check_documented
from tests.engine_client import admin, content

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "wiremock.md").read_text(encoding="utf-8")
WIREMOCKS = re.compile(
    "/(mappings|scenarios|requests|near-misses|settings|reset|health|version|certs/wiremock)"
)
ID = "01234567-89ab-4cde-8f01-23456789abcd"
EXAMPLES: dict[str, dict[str, Any]] = {
    "": {"id": ID, "uuid": ID, "request": {}, "response": {}, "priority": 1}
    | {"metadata": {"a": 1}, "persistent": True, "insertionIndex": 1},
    "request": {"vendor": None, "endpoint": None, "urlPathTemplate": "/{a}", "port": 1}
    | {"host": {"equalTo": "a"}, "headers": {}, "queryParameters": {}, "bodyPatterns": []}
    | {"cookies": {}, "formParameters": {}, "basicAuth": {"username": "a", "password": "b"}}
    | {"basicAuthCredentials": {"username": "a", "password": "b"}},
    "request.headers.A": {"absent": True, "equalToJson": {}, "matchesJsonPath": "$.a"}
    | {"equalToNumber": 1, "matchesJsonSchema": {}, "schemaVersion": "V7", "not": {"absent": True}}
    | {"and": [], "or": [], "includes": [], "hasExactly": []}
    | {"caseInsensitive": True, "ignoreArrayOrder": True, "ignoreExtraElements": True},
    "response": {"status": 200, "headers": {}, "jsonBody": {}, "base64Body": "YQ=="}
    | {"fixedDelayMilliseconds": 1, "delayDistribution": {"type": "fixed", "milliseconds": 1}}
    | {"fault": "EMPTY_RESPONSE", "chunkedDribbleDelay": {"numberOfChunks": 1, "totalDuration": 1}},
}
BESIDE: dict[str, dict[str, Any]] = {
    "caseInsensitive": {"equalTo": "a"},
    "ignoreArrayOrder": {"equalToJson": []},
    "ignoreExtraElements": {"equalToJson": []},
    "schemaVersion": {"matchesJsonSchema": {}},
    "requiredScenarioState": {"scenarioName": "a"},
    "newScenarioState": {"scenarioName": "a"},
}
OPTIONS = [option for operator in MATCHERS.values() for option in operator.options]
SUPPORTED = [
    *(("", name) for name in MAPPING_FIELDS),
    *(("request", name) for name in FIELDS),
    *(("request.headers.A", name) for name in [*MATCHERS, *OPTIONS, "includes", "hasExactly"]),
    *(("response", name) for name in RESPONSE_FIELDS),
]
UNSUPPORTED_FIELDS = [
    *(("", name, reason) for name, reason in UNSUPPORTED_MAPPING.items()),
    *(("request", name, reason) for name, reason in UNSUPPORTED_REQUEST.items()),
    *(("request.headers.A", name, reason) for name, reason in UNSUPPORTED_MATCHERS.items()),
    *(("response", name, reason) for name, reason in UNSUPPORTED_RESPONSE.items()),
]


def rows(head: str) -> list[list[str]]:
    table = PAGE[PAGE.index(head) :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def mapping(where: str, field: str, value: Any) -> dict[str, Any]:
    """Return a mapping with a field at a place such as `request.headers.A`."""
    found = {**BESIDE.get(field, {}), field: value}
    for name in reversed(where.split(".") if where else []):
        found = {name: found}
    return found


def test_the_generated_part_of_the_page_is_that_of_the_code() -> None:
    tables = runpy.run_path(str(DOCS / "_extensions" / "wiremock_tables.py"))
    assert tables["written"](PAGE) == PAGE


def test_the_calls_that_are_said_to_be_here_are_all_of_wiremocks_that_are() -> None:
    listed = [word for row in rows("| call | |") for word in words(row[0])]
    lines = {line.replace("<path:", "<") for route in ROUTES for line in route.lines}
    known = {line for line in lines if WIREMOCKS.search(line)}
    ours = {"POST /requests/wait", "GET /requests/events"}
    assert sorted(listed) == sorted(known - ours)


@pytest.mark.parametrize("row", rows("| call | what is missing |"), ids=lambda row: row[0])
def test_a_call_that_is_said_to_be_missing_is_refused_by_name(
    engine: Engine, row: list[str]
) -> None:
    response = admin(engine, words(row[0])[0].replace("<path>", "a/b"))
    assert response.status == 404
    assert content(response)["detail"] == f"not supported: WireMock's {row[1]}"


@pytest.mark.parametrize(("where", "field"), SUPPORTED)
def test_a_supported_field_is_accepted(engine: Engine, where: str, field: str) -> None:
    value = EXAMPLES[where].get(field, "a")
    response = admin(engine, "POST /mappings", json=mapping(where, field, value))
    assert response.status == 201, content(response)
    check_documented("POST /mappings", response)


@pytest.mark.parametrize(("where", "field", "reason"), UNSUPPORTED_FIELDS)
def test_an_unsupported_field_is_refused_by_name(
    engine: Engine, where: str, field: str, reason: str
) -> None:
    response = admin(engine, "POST /mappings", json=mapping(where, field, "a"))
    assert response.status == 400
    name = f"{where}.{field}" if where else field
    assert content(response)["detail"] == f"{name} is not supported: {reason}"


@pytest.mark.parametrize(("where", "field", "reason"), UNSUPPORTED_FIELDS)
@pytest.mark.parametrize("empty", [None, [], {}])
def test_an_unsupported_field_without_a_value_counts_as_absent(
    engine: Engine, where: str, field: str, reason: str, empty: object
) -> None:
    value = mapping(where, field, empty)
    if where == "request.headers.A":
        value["request"]["headers"]["A"]["absent"] = True
    response = admin(engine, "POST /mappings", json=value)
    assert response.status == 201, (content(response), reason)
    check_documented("POST /mappings", response)
