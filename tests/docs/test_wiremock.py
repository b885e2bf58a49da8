"""What the page about WireMock lists is so."""

import re
from pathlib import Path
from typing import Any

import pytest

from mockserver.admin.routes import ROUTES
from mockserver.emulator.engine import Engine
from tests.engine_client import admin, content

PAGE = (Path(__file__).parents[2] / "docs" / "wiremock.md").read_text()
WIREMOCKS = re.compile("/(mappings|scenarios|requests|near-misses|settings|reset|health|version)")
ID = "01234567-89ab-4cde-8f01-23456789abcd"
TAKEN: dict[str, dict[str, Any]] = {
    "the mapping": {"id": ID, "uuid": ID, "request": {}, "response": {}, "priority": 1}
    | {"metadata": {"a": 1}, "persistent": True, "insertionIndex": 1},
    "request": {"headers": {}, "queryParameters": {}, "bodyPatterns": []}
    | {"basicAuthCredentials": {"username": "a", "password": "b"}},
    "matchers": {"absent": True, "equalToJson": {}, "matchesJsonPath": "$.a"}
    | {"caseInsensitive": True, "ignoreArrayOrder": True, "ignoreExtraElements": True},
    "response": {"status": 200, "headers": {}, "jsonBody": {}, "base64Body": "YQ=="}
    | {"fixedDelayMilliseconds": 1, "delayDistribution": {"type": "fixed", "milliseconds": 1}}
    | {"fault": "EMPTY_RESPONSE"},
}
BESIDE: dict[str, dict[str, Any]] = {
    "caseInsensitive": {"equalTo": "a"},
    "ignoreArrayOrder": {"equalToJson": []},
    "ignoreExtraElements": {"equalToJson": []},
    "requiredScenarioState": {"scenarioName": "a"},
    "newScenarioState": {"scenarioName": "a"},
}


def rows(head: str) -> list[list[str]]:
    table = PAGE[PAGE.index(head) :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def fields(column: int) -> list[tuple[str, str]]:
    """Part and field, of one column of the table about mappings."""
    found, part = [], ""
    for row in rows("| part | here"):
        part = row[0].strip("` ") or part
        found += [(part, word) for word in words(row[column] if column < len(row) else "")]
    return found


def mapping(part: str, field: str, value: Any) -> dict[str, Any]:
    said = {**BESIDE.get(field, {}), field: value}
    match part:
        case "the mapping":
            return said
        case "matchers":
            return {"request": {"headers": {"A": said}}}
    return {part: said}


def test_the_calls_that_are_said_to_be_here_are_all_of_wiremocks_that_are() -> None:
    listed = [word for row in rows("| call | |") for word in words(row[0])]
    lines = {line.replace("<path:", "<") for route in ROUTES for line in route.lines}
    known = {line for line in lines if WIREMOCKS.search(line)}
    assert sorted(listed) == sorted(known - {"POST /requests/wait"})


@pytest.mark.parametrize("row", rows("| call | what is missing |"), ids=lambda row: row[0])
def test_a_call_that_is_said_to_be_missing_is_refused_by_name(
    engine: Engine, row: list[str]
) -> None:
    response = admin(engine, words(row[0])[0].replace("<path>", "a/b"))
    assert response.status == 404
    assert content(response)["detail"] == f"not supported: WireMock's {row[1]}"


@pytest.mark.parametrize(("part", "field"), fields(1))
def test_a_field_that_is_said_to_be_here_is_taken(engine: Engine, part: str, field: str) -> None:
    said = mapping(part, field, TAKEN[part].get(field, "a"))
    response = admin(engine, "POST /mappings", json=said)
    assert response.status == 201, content(response)


@pytest.mark.parametrize(("part", "field"), fields(2))
def test_a_field_that_is_said_to_be_missing_is_refused_by_name(
    engine: Engine, part: str, field: str
) -> None:
    response = admin(engine, "POST /mappings", json=mapping(part, field, "a"))
    where = {"the mapping": "", "matchers": "request.headers.A."}.get(part, f"{part}.")
    assert response.status == 400
    assert content(response)["detail"] == f"{where}{field} is not supported"
