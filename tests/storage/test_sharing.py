"""Several workers on one store: they answer as one, and a code is exchanged once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from mockserver.admin.application import Application, new_application
from mockserver.emulator import namespaces
from mockserver.emulator.namespaces import engine_factory
from mockserver.model.http import Response
from mockserver.storage import open_backend
from tests.command_line import serving
from tests.engine_client import ask as ask_engine
from tests.engine_client import bearer, content
from tests.storage import exchanging_processes
from tests.storage.outage import ask
from tests.store_urls import SHARED_STORE_URLS
from tests.vendor_tokens import connect, exchange_fields

ONCE = {
    "done": 1,
    "USED_ACCESS_CODE": exchanging_processes.PROCESSES * exchanging_processes.THREADS - 1,
}


@pytest.fixture(params=SHARED_STORE_URLS)
def url(request: pytest.FixtureRequest) -> str:
    return SHARED_STORE_URLS[request.param](request)


@pytest.fixture
def fronts(url: str) -> tuple[Application, Application]:
    """Two workers."""
    return new_application({}, store=url), new_application({}, store=url)


def value(response: Response) -> Any:
    assert response.status in (200, 201), content(response)
    return content(response)


def test_one_of_many_processes_exchanges_a_code(url: str) -> None:
    engine = engine_factory({}, backend=open_backend(url))("")
    bodies = [exchange_fields(connect(engine)) for _ in range(10)]
    for told in exchanging_processes.outcomes(url, bodies):
        assert Counter(told) == ONCE
    issued = content(ask_engine(engine, "GET /nowhere"))
    assert issued["status"] == 404
    kinds = Counter((entry.kind, entry.used) for entry in engine.state.registry.all())
    assert kinds == {
        ("access code", True): 10,
        ("access code", False): 1,
        ("access token", False): 10,
    }


def test_one_of_many_clients_of_two_servers_exchanges_a_code(url: str, tmp_path: Path) -> None:
    flags = ("--port", "0", "--store", url)
    with ExitStack() as stack, ThreadPoolExecutor(40) as pool:
        servers = [stack.enter_context(serving(*flags, cwd=tmp_path)).url for _ in range(2)]

        def exchange(number: int) -> str:
            target = f"{servers[number % 2]}/v2/auth/ExchangeToken"
            fields = requests.post(target, json=body, timeout=30).json()
            return str(fields.get("type", fields["status"]))

        for turn in range(5):
            connected = f"{servers[turn % 2]}/__admin/vendors/dapi/connect"
            body = exchange_fields(requests.post(connected, timeout=30).json())
            told = Counter(pool.map(exchange, range(40)))
            assert told == {"done": 1, "USED_ACCESS_CODE": 39}


def test_clock_is_shared(
    fronts: tuple[Application, Application],
) -> None:
    one, other = fronts
    value(ask(one, "PUT /__admin/clock", now="2030-01-01T00:00:00Z"))
    moved = {"now": "2030-01-01T00:00:00Z", "frozen": True}
    assert value(ask(other, "GET /__admin/clock")) == moved
    assert ("Date", "Tue, 01 Jan 2030 00:00:00 GMT") in ask(other, "GET /ds-api/").headers


def test_tokens_and_codes_are_shared(
    fronts: tuple[Application, Application],
) -> None:
    one, other = fronts
    login = value(ask(one, "POST /__admin/vendors/dapi/connect"))
    token = value(ask(other, exchanging_processes.EXCHANGE, None, **exchange_fields(login)))[
        "accessToken"
    ]
    assert content(ask(one, exchanging_processes.EXCHANGE, None, **exchange_fields(login)))[
        "type"
    ].startswith("USED")
    secrets: dict[str, Any] = {"appSecret": "app_secret_value", "userSecret": login["userSecret"]}
    lines = [f"POST /v2/{path}" for path in ("data/identity/get", "users/DelinkUser")]
    statuses = [
        ask(front, line, bearer(token), **secrets).status for line in lines for front in fronts
    ]
    assert statuses == [200, 200, 200, 401]
    listed = [value(ask(front, "GET /__admin/tokens")) for front in fronts]
    assert listed[0] == listed[1]
    assert [each["state"] for each in listed[0]["tokens"]] == ["revoked", "used", "active"]


def test_accounts_and_delays_are_shared(fronts: tuple[Application, Application]) -> None:
    one, other = fronts
    added = value(ask(one, "POST /__admin/accounts", vendor="dstor"))
    header = {"api-key": added["credentials"]["api-key"]}
    assert ask(other, "GET /v1/dev/temp-token", header).status == 200
    value(ask(other, f"DELETE /__admin/accounts/{added['id']}"))
    assert ask(one, "GET /v1/dev/temp-token", header).status == 401
    value(ask(one, "POST /__admin/settings", fixedDelay=20))
    assert ask(other, "GET /ds-api/").delay == 0.02


def test_stub_counts_and_scenarios_are_shared(fronts: tuple[Application, Application]) -> None:
    one, other = fronts
    value(ask(one, "POST /__admin/mappings", error=502, times=3, skip=1))
    statuses = [ask(fronts[turn % 2], "GET /ds-api/").status for turn in range(6)]
    assert statuses == [200, 502, 502, 502, 200, 200]
    scene: dict[str, Any] = {"scenarioName": "s", "requiredScenarioState": "Started"}
    scene["newScenarioState"] = "on"
    stub = value(ask(other, "POST /__admin/mappings", error=503, **scene))
    assert [ask(front, "GET /ds-api/").status for front in fronts] == [503, 200]
    assert value(ask(one, "GET /__admin/scenarios"))["scenarios"][0]["state"] == "on"
    value(ask(one, "POST /__admin/scenarios/reset"))
    assert ask(other, "GET /ds-api/").status == 503
    value(ask(one, f"DELETE /__admin/mappings/{stub['id']}"))
    assert value(ask(other, "GET /__admin/scenarios"))["scenarios"] == []


def test_stub_answers_its_number_of_concurrent_requests(
    fronts: tuple[Application, Application],
) -> None:
    value(ask(fronts[0], "POST /__admin/mappings", error=502, times=7, skip=5))
    with ThreadPoolExecutor(12) as pool:
        asked = pool.map(lambda n: ask(fronts[n % 2], "GET /ds-api/").status, range(40))
        assert Counter(asked) == {502: 7, 200: 33}


def test_reset_and_drop_are_shared(fronts: tuple[Application, Application]) -> None:
    one, other = fronts
    for namespace in ("", "/ns/a"):
        for front in fronts:
            value(ask(front, f"POST {namespace}/__admin/mappings", error=503))
            assert ask(front, f"GET {namespace}/ds-api/").status == 503
    value(ask(one, "POST /__admin/reset"))
    assert [ask(front, "GET /ds-api/").status for front in fronts] == [200, 200]
    value(ask(other, "DELETE /ns/a/__admin"))
    assert [ask(front, "GET /ns/a/ds-api/").status for front in fronts] == [200, 200]
    assert value(ask(one, "GET /ns/a/__admin/requests"))["meta"]["total"] == 2


def test_a_worker_holds_so_many_namespaces_and_finds_the_others_again(
    fronts: tuple[Application, Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespaces, "_CACHED", 3)
    for number in range(6):
        value(ask(fronts[0], f"PUT /ns/{number}/__admin/clock", now=number))
    held = [fronts[0].namespaces.get(str(number)) for number in range(3, 6)]
    assert [fronts[0].namespaces.get(str(number)) for number in range(3, 6)] == held
    for number in range(6):
        moment = value(ask(fronts[number % 2], f"GET /ns/{number}/__admin/clock"))["now"]
        assert moment == f"1970-01-01T00:00:0{number}Z"


def ended_by(end: str, one: Application, other: Application) -> Response:
    """What is said at one worker to who waits in a namespace that another one ends."""
    body = {"pattern": {"url": "/never"}, "timeout": 60}
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, one, "POST /ns/a/__admin/requests/wait", None, **body)
        for _ in range(300):  # the first may come before it waits
            value(ask(other, end))
            if wait([waiting], 0.1).done:
                break
        assert waiting.done()
        return waiting.result()


@pytest.mark.parametrize("end", ["POST /ns/a/__admin/reset", "DELETE /ns/a/__admin"])
def test_waiting_call_ends_when_another_worker_ends_the_state(
    fronts: tuple[Application, Application], end: str
) -> None:
    answer = ended_by(end, *fronts)
    assert (answer.status, content(answer)["count"]) == (408, 0)
    assert content(answer)["detail"] == "0 of 1 requests came before the state was reset"


def test_dropped_namespace_is_not_made_again_by_a_waiting_call(
    fronts: tuple[Application, Application], url: str
) -> None:
    ended_by("DELETE /ns/a/__admin", *fronts)
    begun: list[object] = []
    open_backend(url).store("a", begun.append)
    assert begun


def test_waiting_call_continues_after_an_error_of_another(
    fronts: tuple[Application, Application],
) -> None:
    one, other = fronts
    body = {"pattern": {"urlPath": "/ds-api/"}, "timeout": 60}
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, one, "POST /__admin/requests/wait", None, **body)
        for _ in range(20):
            assert ask(one, "DELETE /ns/b/__admin/mappings/nowhere").status == 404
            wait([waiting], 0.02)
        assert not waiting.done()
        ask(other, "GET /ds-api/")
        assert waiting.result().status == 200


def test_waiting_call_sees_requests_of_another_worker(
    fronts: tuple[Application, Application],
) -> None:
    one, other = fronts
    body: dict[str, Any] = {"pattern": {"urlPath": "/ds-api/"}, "count": 3, "timeout": 30}
    told: list[int] = []
    waiting = Thread(
        target=lambda: told.append(ask(one, "POST /__admin/requests/wait", None, **body).status)
    )
    waiting.start()
    for _ in range(3):
        assert told == []
        ask(other, "GET /ds-api/")
    waiting.join(30)
    assert told == [200]
    body["timeout"], body["count"] = 0.2, 4
    assert ask(one, "POST /__admin/requests/wait", None, **body).status == 408


def test_redaction_is_shared(
    fronts: tuple[Application, Application],
) -> None:
    one, other = fronts
    login = value(ask(one, "POST /__admin/vendors/dapi/connect"))
    account = value(ask(one, "POST /__admin/accounts", vendor="dstor"))
    secrets = [login["userSecret"], account["credentials"]["api-key"]]
    for secret in secrets:
        ask(other, f"GET /ds-api/?q={secret}", {"X-Odd": secret})
    value(ask(one, f"DELETE /__admin/accounts/{account['id']}"))
    shown = [ask(front, "GET /__admin/requests").body.decode() for front in fronts]
    assert shown[0] == shown[1]
    assert not [secret for secret in secrets if secret in shown[0]]
    assert shown[0].count("[redacted:") >= 4


def test_later_worker_has_the_whole_state(url: str) -> None:
    first = new_application({}, store=url)
    value(ask(first, "PUT /__admin/clock", now=0))
    value(ask(first, "POST /__admin/mappings", error=503, request={"urlPath": "/x"}))
    login = value(ask(first, "POST /__admin/vendors/dapi/connect"))
    ask(first, f"GET /ds-api/?q={login['userSecret']}")
    later = new_application({}, store=url)
    for line in ("clock", "mappings", "requests", "tokens", "accounts", "scenarios", "settings"):
        answers = [value(ask(front, f"GET /__admin/{line}")) for front in (first, later)]
        assert answers[0] == answers[1], line
    assert login["userSecret"] not in ask(later, "GET /__admin/requests").body.decode()
