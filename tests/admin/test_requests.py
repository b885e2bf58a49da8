"""Calls about the journal, in WireMock's words: listed, found, removed, waited for."""

from threading import Thread
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.emulator.journal import LENGTH
from tests.call_counter import count_calls
from tests.engine_client import admin, ask, content, refused, value
from tests.vendor_tokens import DSTOR_KEY


def listed(engine: Engine, query: str = "") -> list[dict[str, Any]]:
    answer = value(engine, f"GET /requests{query}")
    assert answer["requestJournalDisabled"] is False
    entries: list[dict[str, Any]] = answer["requests"]
    return entries


def urls(engine: Engine, query: str = "") -> list[str]:
    return [entry["request"]["url"] for entry in listed(engine, query)]


def asked(engine: Engine, *paths: str) -> None:
    for path in paths:
        ask(engine, f"GET {path}")


def found(engine: Engine, **pattern: Any) -> list[dict[str, Any]]:
    answer = value(engine, "POST /requests/find", **pattern)
    assert answer["requestJournalDisabled"] is False
    count = value(engine, "POST /requests/count", **pattern)
    assert count == {"count": len(answer["requests"]), "requestJournalDisabled": False}
    requests: list[dict[str, Any]] = answer["requests"]
    return requests


@pytest.mark.parametrize(("query", "expected", "total"), [
    ("", "/c /b /a", 3), ("?limit=2", "/c /b", 3), ("?limit=0", "", 3), ("?limit=1", "/c", 3),
    ("?limit=999999999", "/c /b /a", 3),
    ("?since=2026-01-01T00:01:00Z", "/c /b", 2),
    ("?since=2026-01-01T01:01:00%2B01:00", "/c /b", 2),
    ("?since=2026-01-01T00:01:00Z&limit=1", "/c", 2),
    ("?since=0001-01-01T00:00:00%2B23:59", "/c /b /a", 3),
    ("?since=9999-12-31T23:59:59-23:59", "", 0),
])  # fmt: skip
def test_requests_are_listed_newest_first_from_a_moment_on_and_so_many_as_are_wanted(
    engine: Engine, query: str, expected: str, total: int
) -> None:
    for path in ("/a", "/b", "/c"):
        asked(engine, path)
        engine.state.clock.advance(minutes=1)
    assert urls(engine, query) == expected.split()
    assert value(engine, f"GET /requests{query}")["meta"] == {"total": total}


def test_those_of_one_stub_and_those_that_matched_nothing_are_listed(engine: Engine) -> None:
    stub = value(engine, "POST /mappings", request={"url": "/a"}, response={"status": 204})
    asked(engine, "/a", "/b", "/ds-api/", "/c", "/a")
    assert urls(engine, f"?matchingStub={stub['id']}") == ["/a", "/a"]
    assert urls(engine, f"?matchingStub={stub['id']}&limit=1") == ["/a"]
    assert urls(engine, "?matchingStub=x") == []
    assert urls(engine, "?unmatched=true") == ["/c", "/b"]
    assert urls(engine, "?unmatched=false") == ["/a", "/c", "/ds-api/", "/b", "/a"]


@pytest.mark.parametrize("line", ["DELETE /requests", "POST /requests/reset"])
def test_a_request_is_got_by_its_id_until_it_is_forgotten(engine: Engine, line: str) -> None:
    asked(engine, "/a", "/b", "/c")
    entries = listed(engine)
    for entry in entries:
        assert value(engine, f"GET /requests/{entry['id']}") == entry
    for _ in range(2):
        value(engine, f"DELETE /requests/{entries[1]['id']}")
        assert urls(engine) == ["/c", "/a"]
    assert (admin(engine, line).status, listed(engine)) == (200, [])
    asked(engine, "/d", "/e")
    for entry in entries:
        assert admin(engine, f"GET /requests/{entry['id']}").status == 404


def test_requests_are_counted_and_found_oldest_first(engine: Engine) -> None:
    asked(engine, "/ds-api/", "/nowhere", "/v1/dev/temp-token", "/datasentinel/ds-api/")
    health = ["/ds-api/", "/datasentinel/ds-api/"]
    for pattern in (
        {"vendor": "datasentinel"},
        {"vendor": "datasentinel", "endpoint": "health"},
        {"method": "GET", "urlPath": "/ds-api/"},
    ):
        assert [shown["url"] for shown in found(engine, **pattern)] == health
    assert (len(found(engine)), found(engine, method="POST")) == (4, [])


def test_requests_are_found_by_what_was_sent_not_by_what_is_shown(engine: Engine) -> None:
    ask(engine, "GET /v1/dev/temp-token", DSTOR_KEY)
    (shown,) = found(engine, headers={"api-key": {"equalTo": DSTOR_KEY["api-key"]}})
    assert shown["headers"]["api-key"].startswith("[redacted:")
    assert found(engine, headers={"api-key": {"equalTo": shown["headers"]["api-key"]}}) == []


def test_requests_are_removed_and_told(engine: Engine) -> None:
    asked(engine, "/ds-api/", "/nowhere", "/ds-api/")
    entries = listed(engine)
    removed = value(engine, "POST /requests/remove", urlPath="/ds-api/")["serveEvents"]
    assert (removed, listed(engine)) == ([entries[2], entries[0]], [entries[1]])


def test_what_reached_no_endpoint_and_no_stub_is_unmatched(engine: Engine) -> None:
    value(engine, "POST /mappings", request={"urlPath": "/stubbed"})
    asked(engine, "/ds-api/", "/stubbed", "/nowhere", "/dapi/nowhere")
    ask(engine, "DELETE /v1/auth/token")
    asked(engine, "/ds-api/roles")
    answer = value(engine, "GET /requests/unmatched")
    assert answer["requestJournalDisabled"] is False
    assert [(each["url"], each["vendor"], each["status"]) for each in answer["requests"]] == [
        ("/nowhere", None, 404),
        ("/dapi/nowhere", "dapi", 404),
        ("/v1/auth/token", "kitegateway", 400),
    ]


def test_health_tells_how_many_requests_made_room(engine: Engine) -> None:
    asked(engine, *["/a"] * (LENGTH + 2))
    assert value(engine, "GET /health")["journal"] == {"dropped": 2}
    assert len(listed(engine)) == LENGTH


@pytest.mark.parametrize(("body", "status", "count"), [
    ({}, 200, 2),
    ({"count": 2, "timeout": 0}, 200, 2),
    ({"count": 0, "timeout": 0, "pattern": {"vendor": "dapi"}}, 200, 0),
    ({"count": 3, "timeout": 0}, 408, 2),
    ({"pattern": {"method": "PUT"}, "timeout": 0}, 408, 0),
    ({"count": 3, "timeout": 0.01}, 408, 2),
    ({"pattern": {"urlPath": "/a"}, "count": 2, "timeout": 0}, 408, 1),
], ids=str)  # fmt: skip
def test_waiting_tells_how_many_came(
    engine: Engine, body: dict[str, Any], status: int, count: int
) -> None:
    asked(engine, "/a", "/b")
    response = admin(engine, "POST /requests/wait", json=body)
    assert (response.status, content(response)["count"]) == (status, count)
    if status == 408:
        wanted, seconds = body.get("count", 1), body["timeout"]
        assert refused(response, 408) == f"{count} of {wanted} requests came in {seconds} s"


def test_waiting_ends_when_the_requests_have_come(engine: Engine) -> None:
    body, answers = {"pattern": {"vendor": "datasentinel"}, "count": 2, "timeout": 60}, []

    def waits() -> None:
        answers.append(value(engine, "POST /requests/wait", **body))

    waiter = Thread(target=waits, daemon=True)
    waiter.start()
    asked(engine, "/ds-api/", "/nowhere")
    assert answers == []
    asked(engine, "/ds-api/")
    waiter.join(30)
    assert answers == [{"count": 2}]


def test_the_journal_costs_no_more_with_many_accounts(engine: Engine) -> None:
    asked(engine, *(["/ds-api/"] * 20))
    costs = []
    for _ in range(2):
        listed(engine)  # secrets that are new are collected once
        costs.append(count_calls(lambda: listed(engine)))
        for _ in range(100):
            value(engine, "POST /accounts", vendor="dapi")
    assert costs[0] == pytest.approx(costs[1], rel=0.01)
