"""A thousand namespaces: none waits for another, and none costs the others anything."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from mockserver.admin.application import Application
from mockserver.emulator.engine import Engine
from mockserver.emulator.namespaces import engine_factory
from mockserver.model.http import Response
from tests.call_counter import count_calls
from tests.engine_client import NOW, content, fresh_engine, request
from tests.vendor_tokens import DATASENTINEL_LOGIN

MANY = 1000


@pytest.fixture(scope="module")
def crowd() -> Application:
    """A front of which so many namespaces are in use, each with a stub and a request."""
    front = Application(engine_factory({}))
    for number in range(MANY):
        stub = {"request": {"url": f"/{number}"}, "response": {"status": 204}}
        assert asked(front, f"POST /ns/{number}/__admin/mappings", json=stub).status == 201
        assert asked(front, f"GET /ns/{number}/{number}").status == 204
    return front


def asked(front: Application, line: str, **sent: object) -> Response:
    return front.answer(request(line, {"Host": "localhost", **DATASENTINEL_LOGIN}, **sent))  # type: ignore[arg-type]


@pytest.mark.parametrize("line", [
    "GET /ns/7/7", "GET /ns/7/ds-api/", "POST /ns/7/__admin/requests/count",
    "GET /ns/7/__admin/mappings", "GET /ns/7/__admin/health", "GET /ds-api/",
])  # fmt: skip
def test_a_request_costs_the_same_however_many_namespaces_there_are(
    crowd: Application, line: str
) -> None:
    alone = Application(engine_factory({}))
    for front in (alone, crowd):
        asked(front, "POST /ns/7/__admin/reset")
        for prefix in ("", "/ns/7"):
            asked(front, f"PUT {prefix}/__admin/clock", json={"now": NOW})  # each second costs
        stub = {"request": {"url": "/7"}, "response": {"status": 204}}
        asked(front, "POST /ns/7/__admin/mappings", json=stub)
        for _ in range(3):  # what is made on first use is there
            asked(front, line)
        asked(front, "POST /ns/7/__admin/requests/reset")
        asked(front, "GET /ns/7/7")
    costs = [count_calls(lambda front=front: asked(front, line)) for front in (alone, crowd)]  # type: ignore[misc]
    assert costs[0] == costs[1] > 10


def test_each_has_kept_its_own(crowd: Application) -> None:
    numbers = (5, 500, MANY - 1)
    for number, other in product(numbers, numbers):
        count = f"POST /ns/{number}/__admin/requests/count"
        found = content(asked(crowd, count, json={"url": f"/{other}"}))["count"]
        assert found == (number == other)


def test_none_waits_for_one_that_waits(crowd: Application) -> None:
    body = {"pattern": {"url": "/at-last"}, "timeout": 60}
    with ThreadPoolExecutor(20) as threads:
        waiting = [
            threads.submit(asked, crowd, f"POST /ns/{number}/__admin/requests/wait", json=body)
            for number in range(20)
        ]
        for number in range(20):
            assert asked(crowd, f"POST /ns/{number}/ds-api/user-token").status == 201
            assert asked(crowd, f"GET /ns/{number}/at-last").status == 404
        assert [done.result().status for done in waiting] == [200] * 20


def test_none_waits_for_one_that_is_just_made() -> None:
    begins, goes_on = threading.Event(), threading.Event()
    engines = [fresh_engine(), fresh_engine()]

    def begin(_name: str) -> Engine:
        if engines:
            return engines.pop()
        begins.set()
        assert goes_on.wait(60)
        return fresh_engine()

    front = Application(begin)
    asked(front, "GET /ns/a/ds-api/")
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(asked, front, "GET /ns/slow/ds-api/")
        assert begins.wait(60)
        for prefix in ("", "/ns/a"):
            assert asked(front, f"GET {prefix}/ds-api/").status == 200
            assert asked(front, f"GET {prefix}/__admin/clock").status == 200
        goes_on.set()
        assert slow.result().status == 200
