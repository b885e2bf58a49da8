"""Calls about the journal, in WireMock's words: listed, found, removed, waited for."""

from threading import Thread
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.emulator.journal import LENGTH
from tests.admin.journalled import asked, found, got, listed, refused, urls
from tests.call_counter import count_calls
from tests.engine_client import (
    admin,
    ask,
    content,
)
from tests.vendor_tokens import (
    DSTOR_KEY,
)


def test_requests_are_listed_newest_first_and_so_many_as_are_wanted(engine: Engine) -> None:
    asked(engine, "/a", "/b", "/c")
    assert urls(engine) == ["/c", "/b", "/a"]
    assert urls(engine, "?limit=2") == ["/c", "/b"]
    assert urls(engine, "?limit=0") == []
    assert urls(engine, "?limit=999999999") == ["/c", "/b", "/a"]
    assert got(engine, "GET /requests?limit=1")["meta"] == {"total": 3}


def test_requests_are_listed_from_a_moment_on(engine: Engine) -> None:
    for path in ("/a", "/b", "/c"):
        asked(engine, path)
        engine.state.clock.advance(minutes=1)
    assert urls(engine, "?since=2026-01-01T00:01:00Z") == ["/c", "/b"]
    assert urls(engine, "?since=2026-01-01T01:01:00%2B01:00") == ["/c", "/b"]
    assert urls(engine, "?since=2026-01-01T00:01:00Z&limit=1") == ["/c"]
    assert urls(engine, "?since=0001-01-01T00:00:00%2B23:59") == ["/c", "/b", "/a"]
    assert urls(engine, "?since=9999-12-31T23:59:59-23:59") == []
    assert got(engine, "GET /requests?since=2026-01-01T00:01:00Z")["meta"] == {"total": 2}


@pytest.mark.parametrize("query", [
    "limit=-1", "limit=x", "limit=1.5", "limit=%D9%A1", "limit=9999999999", "limit=+1",
    "since=yesterday", "since=2026-01-01T00:00:00", "since=1767225600", "since=2026-13-01",
])  # fmt: skip
def test_a_bad_query_is_refused_and_named(engine: Engine, query: str) -> None:
    assert query.partition("=")[0] in refused(admin(engine, f"GET /requests?{query}"))


def test_one_request_is_got_by_its_id(engine: Engine) -> None:
    asked(engine, "/a", "/b")
    entries = listed(engine)
    for entry in entries:
        assert got(engine, f"GET /requests/{entry['id']}") == entry
    gone = f"GET /requests/{entries[0]['id']}"
    admin(engine, "DELETE /requests")
    assert refused(admin(engine, gone), 404) == "there is no such request"
    asked(engine, "/c", "/d")
    assert admin(engine, gone).status == 404


@pytest.mark.parametrize("line", ["DELETE /requests", "POST /requests/reset"])
def test_all_requests_are_forgotten(engine: Engine, line: str) -> None:
    asked(engine, "/a")
    assert (admin(engine, line).status, listed(engine)) == (200, [])


def test_requests_are_counted_and_found_oldest_first(engine: Engine) -> None:
    asked(engine, "/ds-api/", "/nowhere", "/v1/dev/temp-token", "/datasentinel/ds-api/")
    assert [shown["url"] for shown in found(engine, vendor="datasentinel")] == [
        "/ds-api/",
        "/datasentinel/ds-api/",
    ]
    assert len(found(engine, vendor="datasentinel", endpoint="health")) == 2
    assert len(found(engine, method="GET", urlPath="/ds-api/")) == 2
    assert len(found(engine)) == 4
    assert found(engine, method="POST") == []


def test_requests_are_found_by_what_was_sent_not_by_what_is_shown(engine: Engine) -> None:
    ask(engine, "GET /v1/dev/temp-token", DSTOR_KEY)
    (shown,) = found(engine, headers={"api-key": {"equalTo": DSTOR_KEY["api-key"]}})
    assert shown["headers"]["api-key"].startswith("[redacted:")
    assert found(engine, headers={"api-key": {"equalTo": shown["headers"]["api-key"]}}) == []


def test_requests_are_removed_and_told(engine: Engine) -> None:
    asked(engine, "/ds-api/", "/nowhere", "/ds-api/")
    entries = listed(engine)
    pattern = {"urlPath": "/ds-api/"}
    removed = got(engine, "POST /requests/remove", **pattern)["serveEvents"]
    assert removed == [entries[2], entries[0]]
    assert listed(engine) == [entries[1]]


def test_what_reached_no_endpoint_and_no_stub_is_unmatched(engine: Engine) -> None:
    admin(engine, "POST /mappings", json={"request": {"urlPath": "/stubbed"}})
    asked(engine, "/ds-api/", "/stubbed", "/nowhere", "/dapi/nowhere")
    ask(engine, "DELETE /v1/auth/token")
    ask(engine, "GET /ds-api/roles")
    answer = got(engine, "GET /requests/unmatched")
    assert answer["requestJournalDisabled"] is False
    shown = [(each["url"], each["vendor"], each["status"]) for each in answer["requests"]]
    assert shown == [
        ("/nowhere", None, 404),
        ("/dapi/nowhere", "dapi", 404),
        ("/v1/auth/token", "kitegateway", 400),
    ]


@pytest.mark.parametrize("call", ["count", "find", "remove", "wait"])
def test_a_bad_pattern_is_refused_and_the_field_named(engine: Engine, call: str) -> None:
    pattern = {"headers": {"A": {"matches": "("}}}
    body = {"pattern": pattern} if call == "wait" else pattern
    asked(engine, "/a")
    detail = refused(admin(engine, f"POST /requests/{call}", json=body))
    where = "pattern.headers" if call == "wait" else "headers"
    assert detail.startswith(f"{where}.A.matches is no regular expression")
    assert len(listed(engine)) == 1


def test_a_long_body_is_cut_and_says_nothing_that_stood_behind(engine: Engine) -> None:
    ask(engine, "POST /ds-api/", body=b"a" * (16 << 10) + b"b")
    assert listed(engine)[0]["request"]["body"] == "a" * (14 << 10)


def test_health_tells_how_many_requests_made_room(engine: Engine) -> None:
    asked(engine, *["/a"] * (LENGTH + 2))
    assert content(admin(engine, "GET /health"))["journal"] == {"dropped": 2}
    assert len(listed(engine)) == LENGTH


@pytest.mark.parametrize(("body", "status", "count"), [
    ({}, 200, 2),
    ({"count": 2, "timeout": 0}, 200, 2),
    ({"count": 0, "timeout": 0, "pattern": {"vendor": "dapi"}}, 200, 0),
    ({"pattern": None, "count": None, "timeout": None}, 200, 2),
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
        detail = f"{count} of {wanted} requests came in {seconds} s"
        assert content(response)["detail"] == detail


def test_waiting_ends_when_the_requests_have_come(engine: Engine) -> None:
    body, answers = {"pattern": {"vendor": "datasentinel"}, "count": 2, "timeout": 60}, []

    def waits() -> None:
        answers.append(content(admin(engine, "POST /requests/wait", json=body)))

    waiter = Thread(target=waits, daemon=True)
    waiter.start()
    asked(engine, "/ds-api/", "/nowhere")
    assert answers == []
    asked(engine, "/ds-api/")
    waiter.join(30)
    assert answers == [{"count": 2}]


@pytest.mark.parametrize(("body", "name"), [
    ({"count": -1}, "count"),
    ({"count": 1.5}, "count"),
    ({"count": True}, "count"),
    ({"count": "1"}, "count"),
    ({"timeout": -0.1}, "timeout"),
    ({"timeout": 60.1}, "timeout"),
    ({"timeout": "1"}, "timeout"),
    ({"timeout": True}, "timeout"),
    ({"pattern": []}, "pattern"),
    ({"urlPath": "/"}, "urlPath"),
], ids=str)  # fmt: skip
def test_what_nobody_can_wait_for_is_refused(
    engine: Engine, body: dict[str, Any], name: str
) -> None:
    assert name in refused(admin(engine, "POST /requests/wait", json=body))


def test_the_journal_costs_no_more_with_many_accounts(engine: Engine) -> None:
    asked(engine, *(["/ds-api/"] * 20))
    costs = []
    for _ in range(2):
        listed(engine)  # secrets that are new are collected once
        costs.append(count_calls(lambda: listed(engine)))
        for _ in range(100):
            assert admin(engine, "POST /accounts", json={"vendor": "dapi"}).status == 201
    assert costs[0] == pytest.approx(costs[1], rel=0.01)
