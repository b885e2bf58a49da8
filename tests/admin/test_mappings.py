"""Calls about stubs and scenarios."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from tests.engine_client import admin, ask, header, value

ID = "01234567-89ab-4cde-8f01-23456789abcd"
HEALTH = "GET /ds-api/"
REMOVE, BY_METADATA = "POST /mappings/remove", "POST /mappings/find-by-metadata"


def added(engine: Engine, **mapping: Any) -> dict[str, Any]:
    shown: dict[str, Any] = value(engine, "POST /mappings", **mapping)
    return shown


def listed(engine: Engine) -> list[dict[str, Any]]:
    answer = value(engine, "GET /mappings")
    assert answer["meta"] == {"total": len(answer["mappings"])}
    mappings: list[dict[str, Any]] = answer["mappings"]
    return mappings


def names(engine: Engine) -> list[str]:
    return [shown["name"] for shown in listed(engine)]


def test_a_mapping_is_added_and_answers(engine: Engine) -> None:
    mapping = {"request": {"urlPath": "/ds-api/"}, "response": {"status": 418, "body": "tea"}}
    shown = added(engine, name="tea", **mapping)
    assert shown == {"id": shown["id"], "uuid": shown["id"], "name": "tea", **mapping}
    assert ask(engine, HEALTH).body == b"tea"
    assert value(engine, f"GET /mappings/{shown['id']}") == shown
    assert listed(engine) == [shown]


def test_mappings_are_listed_newest_first_and_a_second_with_an_id_replaces_the_first(
    engine: Engine,
) -> None:
    added(engine, id=ID, name="first", priority=1)
    for name in ("a", "b"):
        added(engine, name=name)
    added(engine, uuid=ID.upper(), name="second")
    assert names(engine) == ["b", "a", "second"]
    assert "priority" not in listed(engine)[2]


def test_a_mapping_is_replaced_in_its_place(engine: Engine) -> None:
    first = added(engine, name="first", response={"body": "1"}, times=1)
    added(engine, name="second", request={"method": "PUT"})
    assert ask(engine, HEALTH).body == b"1"
    changed = {"name": "changed", "response": {"body": "2"}, "times": 1, "id": ID}
    assert value(engine, f"PUT /mappings/{first['id']}", **changed)["id"] == first["id"]
    assert names(engine) == ["second", "changed"]
    assert ask(engine, HEALTH).body == b"2"
    assert admin(engine, f"GET /mappings/{ID}").status == 404


def test_what_is_got_can_be_put_back(engine: Engine) -> None:
    mapping = {
        **{"vendor": "dstor", "times": 3, "metadata": {"deep": {"er": [1]}}},
        **{"request": {"method": "GET", "headers": {"A": {"absent": True}}}},
        **{"response": {"jsonBody": [1, {"a": None}], "headers": {"B": ["1", "2"]}}},
        **{"scenarioName": "s", "newScenarioState": "t"},
    }
    shown = added(engine, **mapping)
    assert value(engine, f"PUT /mappings/{shown['id']}", **shown) == shown


def test_a_mapping_is_removed_by_its_id_or_else_by_its_request(engine: Engine) -> None:
    first, second = (added(engine, request={"method": "PUT"}, name=name) for name in "ab")
    third, gone = added(engine, request={"method": "DELETE"}), added(engine, error=500)
    value(engine, f"DELETE /mappings/{gone['id']}")
    assert (listed(engine), ask(engine, HEALTH).status) == ([third, second, first], 200)
    value(engine, REMOVE, **{**first, "name": "c"})
    assert listed(engine) == [third, second]
    value(engine, REMOVE, id=ID, request={"method": "PUT"})
    assert listed(engine) == [third]


def test_what_is_for_one_vendor_is_not_removed_for_another(engine: Engine) -> None:
    added(engine, vendor="dstor", error=500)
    dapi = added(engine, vendor="dapi", error=500)
    one = added(engine, vendor="dapi", endpoint="balance", error=500)
    value(engine, REMOVE, vendor="dstor", error=500)
    assert listed(engine) == [one, dapi]


def scenario(engine: Engine) -> dict[str, Any]:
    (shown,) = value(engine, "GET /scenarios")["scenarios"]
    found: dict[str, Any] = shown
    return found


@pytest.mark.parametrize("line", ["DELETE /mappings", "POST /mappings/reset"])
def test_a_reset_forgets_stubs_and_scenarios(engine: Engine, line: str) -> None:
    added(engine, error=500, scenarioName="s", newScenarioState="t")
    assert ask(engine, HEALTH).status == 500
    value(engine, line)
    assert (listed(engine), value(engine, "GET /scenarios")) == ([], {"scenarios": []})
    assert ask(engine, HEALTH).status == 200


@pytest.mark.parametrize(("name", "path"), [("s 1", "s%201"), ("a/b ü", "a%2Fb%20%C3%BC")])
def test_a_scenario_is_shown_set_and_reset(engine: Engine, name: str, path: str) -> None:
    first = added(engine, scenarioName=name, newScenarioState="on", error=503)
    second = added(engine, scenarioName=name, requiredScenarioState="on", error=502)
    added(engine, request={"method": "PUT"})
    begun = {
        **{"id": name, "name": name, "state": "Started", "possibleStates": ["Started", "on"]},
        "mappings": [second, first],
    }
    assert scenario(engine) == begun
    assert ask(engine, HEALTH).status == 503
    assert scenario(engine) == {**begun, "state": "on"}
    assert ask(engine, HEALTH).status == 502
    value(engine, "POST /scenarios/reset")
    assert scenario(engine) == begun
    value(engine, f"PUT /scenarios/{path}/state", state="on")
    assert scenario(engine)["state"] == "on"
    assert admin(engine, f"PUT /scenarios/{path}/state").status == 200
    assert scenario(engine)["state"] == "Started"


def test_of_imported_stubs_the_first_acts_and_known_ones_can_be_kept(engine: Engine) -> None:
    def imported(*mappings: dict[str, Any], **options: Any) -> list[str]:
        value(engine, "POST /mappings/import", mappings=[*mappings], importOptions=options)
        return names(engine)

    added(engine, id=ID, name="known")
    assert imported({"name": "a"}, {"name": "b"}) == ["a", "b", "known"]
    new = {"id": ID, "name": "new"}
    assert imported(new, duplicatePolicy="IGNORE") == ["a", "b", "known"]
    assert imported(new, deleteAllNotInImport=True) == ["new"]


def test_stubs_are_found_and_removed_by_their_metadata(engine: Engine) -> None:
    added(engine, name="none")
    added(engine, name="a", metadata={"a": {"b": 1}})
    added(engine, name="b", metadata={"a": {"b": 2}}, times=1)
    matcher = {"matchesJsonPath": "$.a[?(@.b > 1)]"}
    found = value(engine, BY_METADATA, **matcher)
    assert ([each["name"] for each in found["mappings"]], found["meta"]) == (["b"], {"total": 1})
    value(engine, "POST /mappings/remove-by-metadata", **matcher)
    assert names(engine) == ["a", "none"]


def test_stubs_that_acted_on_no_request_are_listed_and_removed(engine: Engine) -> None:
    for name in ("used", "unused"):
        added(engine, name=name, request={"urlPath": f"/{name}"})
    ask(engine, "GET /used")
    found = value(engine, "GET /mappings/unmatched")["mappings"]
    assert [each["name"] for each in found] == ["unused"]
    value(engine, "DELETE /mappings/unmatched")
    assert names(engine) == ["used"]


def test_what_wiremocks_recorder_writes_can_be_posted(engine: Engine) -> None:
    headers = {"Date": "Mon, 01 Jan 2026 00:00:00 GMT", "Content-Type": "a/b"}
    empty: dict[str, Any] = {"bodyPatterns": [], "multipartPatterns": []}
    recorded = {
        **{"id": ID, "uuid": ID, "name": "ds-api", "persistent": True, "insertionIndex": 4},
        "request": {"url": "/ds-api/", "method": "GET", **empty},
        "response": {"status": 200, "body": "{}", "headers": headers, "transformers": []},
        "postServeActions": [],
    }
    (note,) = added(engine, **recorded)["metadata"]["token-mockserver"]["notes"]
    assert note == "response.headers.Date is left out: the server sends its own"
    assert header(ask(engine, HEALTH), "Content-Type") == "a/b"
