"""Calls about stubs and scenarios."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from tests.engine_client import admin, ask, content, header

ID = "01234567-89ab-4cde-8f01-23456789abcd"
HEALTH = "GET /ds-api/"


def added(engine: Engine, **mapping: Any) -> dict[str, Any]:
    response = admin(engine, "POST /mappings", json=mapping)
    assert response.status == 201, content(response)
    shown: dict[str, Any] = content(response)
    return shown


def listed(engine: Engine) -> list[dict[str, Any]]:
    answer = content(admin(engine, "GET /mappings"))
    assert answer["meta"] == {"total": len(answer["mappings"])}
    mappings: list[dict[str, Any]] = answer["mappings"]
    return mappings


def test_a_mapping_is_added_and_answers(engine: Engine) -> None:
    mapping = {"request": {"urlPath": "/ds-api/"}, "response": {"status": 418, "body": "tea"}}
    shown = added(engine, name="tea", **mapping)
    assert shown == {"id": shown["id"], "uuid": shown["id"], "name": "tea", **mapping}
    assert ask(engine, HEALTH).body == b"tea"
    assert content(admin(engine, f"GET /mappings/{shown['id']}")) == shown
    assert listed(engine) == [shown]


def test_mappings_are_listed_newest_first(engine: Engine) -> None:
    for name in ("a", "b", "c"):
        added(engine, name=name)
    assert [shown["name"] for shown in listed(engine)] == ["c", "b", "a"]


def test_an_id_may_be_given_and_a_second_with_it_replaces_the_first(engine: Engine) -> None:
    added(engine, id=ID, name="first", priority=1)
    added(engine, name="other")
    added(engine, uuid=ID.upper(), name="second")
    assert [(shown["name"], "priority" in shown) for shown in listed(engine)] == [
        ("other", False),
        ("second", False),
    ]


def test_what_is_ours_is_listed_in_the_metadata_alone(engine: Engine) -> None:
    ours = {"vendor": "dapi", "endpoint": "identity", "times": 2, "phase": "after", "error": 500}
    shown = added(engine, **ours, skip=None, metadata={"mine": 1})
    assert set(shown) == {"id", "uuid", "metadata"}
    assert shown["metadata"] == {"mine": 1, "token-mockserver": ours}


def test_a_mapping_is_replaced_in_its_place(engine: Engine) -> None:
    first = added(engine, name="first", response={"body": "1"}, times=1)
    added(engine, name="second", request={"method": "PUT"})
    assert ask(engine, HEALTH).body == b"1"
    path = f"PUT /mappings/{first['id']}"
    changed = {"name": "changed", "response": {"body": "2"}, "times": 1, "id": ID}
    response = admin(engine, path, json=changed)
    assert (response.status, content(response)["id"]) == (200, first["id"])
    assert [shown["name"] for shown in listed(engine)] == ["second", "changed"]
    assert ask(engine, HEALTH).body == b"2"
    assert admin(engine, f"GET /mappings/{ID}").status == 404


def test_what_is_got_can_be_put_back(engine: Engine) -> None:
    shown = added(
        engine,
        vendor="dstor",
        times=3,
        request={"method": "GET", "headers": {"A": {"absent": True}}},
        response={"jsonBody": [1, {"a": None}], "headers": {"B": ["1", "2"]}},
        scenarioName="s",
        newScenarioState="t",
        metadata={"deep": {"er": [1]}},
    )
    response = admin(engine, f"PUT /mappings/{shown['id']}", json=shown)
    assert (response.status, content(response)) == (200, shown)


def test_a_bad_mapping_replaces_nothing(engine: Engine) -> None:
    shown = added(engine, name="good")
    path = f"PUT /mappings/{shown['id']}"
    assert admin(engine, path, json={"name": "bad", "times": 0}).status == 400
    assert admin(engine, path, json={"vendor": "nobody"}).status == 400
    assert listed(engine) == [shown]


def test_a_mapping_is_removed(engine: Engine) -> None:
    kept, gone = added(engine, request={"method": "PUT"}), added(engine, error=500)
    assert admin(engine, f"DELETE /mappings/{gone['id']}").status == 200
    assert listed(engine) == [kept]
    assert ask(engine, HEALTH).status == 200


def test_a_mapping_is_removed_by_its_id_or_else_by_its_request(engine: Engine) -> None:
    first, second = (added(engine, request={"method": "PUT"}, name=name) for name in "ab")
    third = added(engine, request={"method": "DELETE"})
    call = "POST /mappings/remove"
    assert admin(engine, call, json={**first, "name": "c"}).status == 200
    assert listed(engine) == [third, second]
    assert admin(engine, call, json={"id": ID, "request": {"method": "PUT"}}).status == 200
    assert listed(engine) == [third]
    assert admin(engine, call, json={"request": {"method": "PUT"}}).status == 404
    assert admin(engine, call, json={"id": third["id"], "nonsense": 1}).status == 400
    assert listed(engine) == [third]


def test_what_is_for_one_vendor_is_not_removed_for_another(engine: Engine) -> None:
    dstor, dapi = added(engine, vendor="dstor", error=500), added(engine, vendor="dapi", error=500)
    one = added(engine, vendor="dapi", endpoint="balance", error=500)
    removed = {"vendor": "dstor", "error": 500}
    assert admin(engine, "POST /mappings/remove", json=removed).status == 200
    assert dstor not in listed(engine)
    assert listed(engine) == [one, dapi]


def test_a_scenario_may_have_a_slash_in_its_name(engine: Engine) -> None:
    added(engine, scenarioName="a/b ü", newScenarioState="on")
    line = "PUT /scenarios/a%2Fb%20%C3%BC/state"
    assert admin(engine, line, json={"state": "on"}).status == 200
    (scenario,) = content(admin(engine, "GET /scenarios"))["scenarios"]
    assert (scenario["name"], scenario["state"]) == ("a/b ü", "on")


@pytest.mark.parametrize("line", ["DELETE /mappings", "POST /mappings/reset"])
def test_a_reset_forgets_stubs_and_scenarios(engine: Engine, line: str) -> None:
    added(engine, error=500, scenarioName="s", newScenarioState="t")
    assert ask(engine, HEALTH).status == 500
    assert admin(engine, line).status == 200
    assert listed(engine) == []
    assert content(admin(engine, "GET /scenarios")) == {"scenarios": []}
    assert ask(engine, HEALTH).status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("id_", [ID, "x", "%20"])
def test_a_mapping_that_is_not_there_is_a_404(engine: Engine, method: str, id_: str) -> None:
    response = admin(engine, f"{method} /mappings/{id_}")
    assert (response.status, content(response)["detail"]) == (404, "there is no such mapping")
    assert header(response, "Content-Type") == "application/problem+json"


@pytest.mark.parametrize(("mapping", "status", "detail"), [
    ({"vendor": "nobody"}, 400, "vendor must be one of dapi, "),
    ({"vendor": 1}, 400, "vendor must be a text"),
    ({"vendor": "dapi", "endpoint": "login"}, 400, "endpoint must be one of exchange_token, "),
    ({"vendor": "dapi", "endpoint": 1}, 400, "endpoint must be a text"),
    ({"endpoint": "nothing"}, 400, "endpoint must be one of exchange_token, "),
    ({"nonsense": 1}, 400, "nonsense is not supported"),
    ({"request": {"clientIp": "a"}}, 400, "request.clientIp is not supported"),
    ({"response": {"transformers": ["a"]}}, 400, "response.transformers is not supported"),
    ({"error": 500, "response": {"body": ""}}, 400, "response.body is not supported beside"),
], ids=str)  # fmt: skip
def test_a_bad_mapping_is_refused_and_the_field_named(
    engine: Engine, mapping: dict[str, Any], status: int, detail: str
) -> None:
    response = admin(engine, "POST /mappings", json=mapping)
    assert response.status == status
    assert detail in content(response)["detail"]
    assert header(response, "Content-Type") == "application/problem+json"
    assert listed(engine) == []


def scenario(engine: Engine) -> dict[str, Any]:
    (shown,) = content(admin(engine, "GET /scenarios"))["scenarios"]
    found: dict[str, Any] = shown
    return found


def test_a_scenario_is_shown_set_and_reset(engine: Engine) -> None:
    first = added(engine, scenarioName="s 1", newScenarioState="on", error=503)
    second = added(engine, scenarioName="s 1", requiredScenarioState="on", error=502)
    added(engine, request={"method": "PUT"})
    begun = {
        "id": "s 1",
        "name": "s 1",
        "state": "Started",
        "possibleStates": ["Started", "on"],
        "mappings": [second, first],
    }
    assert scenario(engine) == begun
    assert ask(engine, HEALTH).status == 503
    assert scenario(engine) == {**begun, "state": "on"}
    assert ask(engine, HEALTH).status == 502
    assert admin(engine, "POST /scenarios/reset").status == 200
    assert scenario(engine) == begun
    path = "PUT /scenarios/s%201/state"
    assert admin(engine, path, json={"state": "on"}).status == 200
    assert scenario(engine)["state"] == "on"
    assert admin(engine, path).status == 200
    assert scenario(engine)["state"] == "Started"


@pytest.mark.parametrize(
    ("name", "state", "status"),
    [("s", "off", 422), ("s", 1, 422), ("s", [], 422), ("s", None, 422), ("t", "on", 404)],
)
def test_no_scenario_goes_where_no_stub_waits(
    engine: Engine, name: str, state: object, status: int
) -> None:
    added(engine, scenarioName="s", newScenarioState="on")
    response = admin(engine, f"PUT /scenarios/{name}/state", json={"state": state})
    assert response.status == status
    assert scenario(engine)["state"] == "Started"


def names(engine: Engine) -> list[str]:
    return [shown["name"] for shown in listed(engine)]


def imported(engine: Engine, *mappings: dict[str, Any], **options: Any) -> int:
    body = {"mappings": [*mappings], "importOptions": options}
    return admin(engine, "POST /mappings/import", json=body).status


def test_of_imported_stubs_the_first_acts(engine: Engine) -> None:
    added(engine, name="old")
    assert imported(engine, {"name": "a"}, {"name": "b"}) == 200
    assert names(engine) == ["a", "b", "old"]


def test_an_import_can_keep_known_stubs_and_remove_others(engine: Engine) -> None:
    added(engine, id=ID, name="known")
    added(engine, name="other")
    assert imported(engine, {"id": ID, "name": "new"}, duplicatePolicy="IGNORE") == 200
    assert names(engine) == ["other", "known"]
    assert imported(engine, {"id": ID, "name": "new"}, deleteAllNotInImport=True) == 200
    assert names(engine) == ["new"]


@pytest.mark.parametrize(("body", "detail"), [
    ({"mappings": [{"name": "a"}, {"nonsense": 1}]}, "nonsense is not supported"),
    ({"mappings": {}}, "mappings must be a list"),
    ({"mappings": [], "importOptions": {"a": 1}}, "importOptions.a is not supported"),
    ({"importOptions": {"duplicatePolicy": "X"}}, "importOptions.duplicatePolicy must be"),
])  # fmt: skip
def test_a_bad_import_adds_nothing(engine: Engine, body: object, detail: str) -> None:
    response = admin(engine, "POST /mappings/import", json=body)
    assert (response.status, listed(engine)) == (400, [])
    assert detail in content(response)["detail"]


def test_stubs_are_found_and_removed_by_their_metadata(engine: Engine) -> None:
    added(engine, name="none")
    added(engine, name="a", metadata={"a": {"b": 1}})
    added(engine, name="b", metadata={"a": {"b": 2}}, times=1)
    matcher = {"matchesJsonPath": "$.a[?(@.b > 1)]"}
    found = content(admin(engine, "POST /mappings/find-by-metadata", json=matcher))
    assert ([each["name"] for each in found["mappings"]], found["meta"]) == (["b"], {"total": 1})
    assert admin(engine, "POST /mappings/remove-by-metadata", json=matcher).status == 200
    assert names(engine) == ["a", "none"]
    assert admin(engine, "POST /mappings/find-by-metadata", json={"is": 1}).status == 400


def test_stubs_that_acted_on_no_request_are_listed_and_removed(engine: Engine) -> None:
    for name in ("used", "unused"):
        added(engine, name=name, request={"urlPath": f"/{name}"})
    ask(engine, "GET /used")
    found = content(admin(engine, "GET /mappings/unmatched"))
    assert [each["name"] for each in found["mappings"]] == ["unused"]
    assert admin(engine, "DELETE /mappings/unmatched").status == 200
    assert names(engine) == ["used"]


def test_what_wiremocks_recorder_writes_can_be_posted(engine: Engine) -> None:
    recorded = {
        "id": ID,
        "name": "ds-api",
        "request": {
            "url": "/ds-api/",
            "method": "GET",
            "bodyPatterns": [],
            "multipartPatterns": [],
        },
        "response": {
            "status": 200,
            "body": "{}",
            "headers": {"Date": "Mon, 01 Jan 2026 00:00:00 GMT", "Content-Type": "a/b"},
            "transformers": [],
        },
        "uuid": ID,
        "persistent": True,
        "insertionIndex": 4,
        "postServeActions": [],
    }
    shown = added(engine, **recorded)
    (note,) = shown["metadata"]["token-mockserver"]["notes"]
    assert note == "response.headers.Date is left out: the server sends its own"
    assert header(ask(engine, HEALTH), "Content-Type") == "a/b"
