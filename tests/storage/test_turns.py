"""Requests that a server answers together, with one transaction: as if each were alone."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from mockserver.admin.application import Application, new_application
from mockserver.model.http import Answer, Request, Response
from mockserver.model.state_store import Codec
from mockserver.model.token_registry import token_id
from mockserver.server.server_state import Patience
from mockserver.storage import open_backend
from tests.command_line import serving
from tests.engine_client import content, header, request
from tests.storage.exchanging_processes import EXCHANGE
from tests.storage.outage import ask, in_one_turn, server_state
from tests.store_urls import SHARED_STORE_URLS, RedisServer
from tests.vendor_tokens import DATASENTINEL_LOGIN, exchange_fields

FREE = Codec[Any](until=lambda _: 0)
BUY = request("POST /ds-api/user-token", DATASENTINEL_LOGIN)


@pytest.fixture(params=SHARED_STORE_URLS)
def url(request: pytest.FixtureRequest) -> str:
    return SHARED_STORE_URLS[request.param](request)


@pytest.fixture
def front(url: str) -> Application:
    return new_application({}, store=url)


def calls(server: RedisServer) -> int:
    """How many scripts a server has executed."""
    found: int = server.client.info("commandstats")["cmdstat_evalsha"]["calls"]
    return found


def paths(front: Application, namespace: str = "") -> list[str]:
    """The paths in the journal, the oldest first."""
    entries = content(ask(front, f"GET {namespace}/__admin/requests"))["requests"]
    return [entry["request"]["url"] for entry in reversed(entries)]


def test_a_code_is_exchanged_once_in_a_turn(front: Application) -> None:
    login = content(ask(front, "POST /__admin/vendors/dapi/connect"))
    exchanges = [request(EXCHANGE, json=exchange_fields(login))] * 10
    told = [content(each) for each in in_one_turn(front, exchanges)]
    assert Counter(each.get("type", each["status"]) for each in told) == {
        "done": 1,
        "USED_ACCESS_CODE": 9,
    }


def test_a_turn_is_in_the_journal_in_its_order_and_in_its_namespaces(front: Application) -> None:
    lines = [f"GET {prefix}/{number}" for number in range(5) for prefix in ("", "/ns/a", "/ns/b")]
    assert {each.status for each in in_one_turn(front, map(request, lines))} == {404}
    for namespace in ("", "/ns/a", "/ns/b"):
        assert [path[-2:] for path in paths(front, namespace)] == [f"/{n}" for n in range(5)]


def test_a_stub_takes_its_number_of_a_turn(front: Application) -> None:
    ask(front, "POST /__admin/mappings", error=502, times=2, skip=1)
    statuses = [each.status for each in in_one_turn(front, [request("GET /ds-api/")] * 5)]
    assert statuses == [200, 502, 502, 200, 200]


def test_a_request_that_fails_does_not_fail_its_neighbors(front: Application, url: str) -> None:
    token = content(front.answer(BUY))["user-token"]
    store = open_backend(url).store("", lambda _: None)
    unreadable: Codec[Any] = Codec(encode=lambda _: "not an entry")
    store.collection("issued", unreadable).put(token_id(token), None)
    use = request("GET /ds-api/roles", {"user-token": token})
    bad = request("GET /ns/%20/ds-api/")
    for turn, expected in (
        ([request("GET /1"), use, request("GET /2")], [404, 500, 404]),
        ([request("GET /3"), bad, request("GET /ds-api/")], [404, 400, 200]),
    ):
        assert [each.status for each in in_one_turn(front, turn)] == expected
    assert paths(front)[1:] == ["/1", "/2", "/3", "/ds-api/"]


def test_requests_that_come_while_the_file_is_locked_are_answered_after_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with serving("--port", "0", "--store", f"sqlite:///{path}", cwd=tmp_path) as server:
        connected = requests.post(f"{server.url}/__admin/vendors/dapi/connect", timeout=30)
        body = exchange_fields(connected.json())

        def exchange(_: int) -> str:
            target = f"{server.url}/v2/auth/ExchangeToken"
            fields = requests.post(target, json=body, timeout=30).json()
            return str(fields.get("type", fields["status"]))

        with ThreadPoolExecutor(30) as pool, closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            told = [pool.submit(exchange, number) for number in range(30)]
            other.execute("ROLLBACK")
            answers = Counter(each.result(30) for each in told)
        assert answers == {"done": 1, "USED_ACCESS_CODE": 29}


def test_what_another_worker_changes_between_turns_is_seen(front: Application, url: str) -> None:
    (token, *_) = {content(each)["user-token"] for each in in_one_turn(front, [BUY] * 3)}
    use = request("GET /ds-api/roles", {"user-token": token})
    assert {each.status for each in in_one_turn(front, [use] * 3)} == {200}
    other = new_application({}, store=url)
    assert ask(other, f"DELETE /__admin/tokens/{token_id(token)}").status in (200, 204)
    for _ in range(2):
        assert {each.status for each in in_one_turn(front, [use] * 3)} == {401}
    page = request("GET /dapi/connect")  # is not in the journal, so that nothing is written
    for year in ("2030", "2031"):
        in_one_turn(front, [page] * 3)
        ask(other, "PUT /__admin/clock", now=f"{year}-01-01T00:00:00Z")
        assert year in str(header(in_one_turn(front, [page] * 3)[1], "Date"))
    ask(other, "POST /__admin/reset")
    assert {each.status for each in in_one_turn(front, [use] * 3)} == {401}
    assert len(paths(other)) == 3


def test_requests_that_arrive_one_after_another_are_one_turn() -> None:
    turns: list[int] = []

    def answer_all(requests: Sequence[Request], alone: Answer) -> list[Response]:
        turns.append(len(requests))
        return [*map(alone, requests)]

    async def ask_in_turns_of_the_loop(*numbers: int) -> None:
        state = server_state(lambda _: Response(204), answer_all)
        loop = asyncio.get_running_loop()
        state.open(loop)
        answers: list[Response | asyncio.Future[Response]] = []
        for number in numbers:
            answers += [state.ask(BUY) for _ in range(number)]
            await asyncio.sleep(0)
        assert [(await each).status for each in answers if not isinstance(each, Response)]
        await state.end(Patience())

    asyncio.run(ask_in_turns_of_the_loop(2, 3, 4))
    asyncio.run(ask_in_turns_of_the_loop(70))
    assert turns == [9, 64, 6]


def test_a_turn_is_one_script(shared_redis: RedisServer) -> None:
    front = new_application({}, store=shared_redis.url())
    in_one_turn(front, [BUY] * 3)
    before = calls(shared_redis)
    assert {each.status for each in in_one_turn(front, [BUY] * 20)} == {201}
    assert calls(shared_redis) - before == 1


def test_a_write_with_a_limit_is_one_script(shared_redis: RedisServer) -> None:
    words = open_backend(shared_redis.url()).store("a", lambda _: None).collection("w", FREE)
    words.put("0", 0, most=2)
    before = calls(shared_redis)
    words.put("1", 1, most=2)
    words.update("2", lambda _: 2, is_new=True, most=2)
    assert (calls(shared_redis) - before, words.items()) == (2, [("1", 1), ("2", 2)])


def test_turns_of_two_workers_that_write_the_same_records(front: Application, url: str) -> None:
    """What one of them has read is outdated again and again."""
    ask(front, "POST /__admin/mappings", error=502, times=150)
    logins = [content(ask(front, "POST /__admin/vendors/dapi/connect")) for _ in range(20)]
    exchanges = [request(EXCHANGE, json=exchange_fields(login)) for login in logins]

    def work(worker: Application) -> Counter[str]:
        statuses = Counter[str]()
        for _ in range(10):
            turn = in_one_turn(worker, [request("GET /ds-api/")] * 16)
            statuses.update(str(each.status) for each in turn)
        told = [content(each) for each in in_one_turn(worker, exchanges)]
        statuses.update(str(each.get("type", each["status"])) for each in told)
        return statuses

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(work, [front, new_application({}, store=url)])
    assert one + other == {"502": 150, "200": 170, "done": 20, "USED_ACCESS_CODE": 20}


def test_a_turn_is_repeated_after_a_change_of_another_worker(shared_redis: RedisServer) -> None:
    url = shared_redis.url()
    fronts = [new_application({}, store=url) for _ in range(2)]
    ask(fronts[0], "POST /__admin/mappings", error=502, times=1000)
    turns = Counter[str]()
    for number in range(6):
        before = calls(shared_redis)
        for each in in_one_turn(fronts[number % 2], [request("GET /ds-api/")] * 20):
            turns[str(each.status)] += 1
        # It finds the state, is refused with the new records, and writes 10, and 10.
        assert calls(shared_redis) - before <= 7
    assert turns == {"502": 120}
