"""`serve` on a store, killed under load: nothing that was acknowledged is lost."""

import signal
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests

from tests.command_line import Served, serving
from tests.engine_client import bearer
from tests.store_urls import SHARED_STORE_URLS, redis_server
from tests.vendor_tokens import APP_SECRET, DATASENTINEL_LOGIN, exchange_fields

ROUNDS = 2
Stalled = tuple[str, Callable[[], object], Callable[[], object]]
CLIENTS = 6


@dataclass
class Acknowledged:
    """What the server acknowledged before it died."""

    tokens: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    exchanged: list[dict[str, Any]] = field(default_factory=list)
    permanent: list[tuple[str, str]] = field(default_factory=list)
    delinked: list[tuple[str, str]] = field(default_factory=list)
    stubs: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)


class BusyClient:
    """A client that does one thing after another until the server is gone."""

    def __init__(self, url: str, told: Acknowledged, enough: Event) -> None:
        self._url = url
        self._told = told
        self._enough = enough
        self._session = requests.Session()

    def work(self, number: int) -> None:
        acts = (self.buy, self.exchange, self.stub, self.advance, self.visit)
        try:
            for turn in count():
                acts[(turn + number) % len(acts)](f"{number}-{turn}")
                if turn == 10:
                    self._enough.set()
        except requests.RequestException:
            pass  # it was killed

    def buy(self, name: str) -> None:
        token = self.post("/ds-api/user-token", headers=DATASENTINEL_LOGIN)["user-token"]
        self._told.tokens.append(token)
        order = {"vendor": "datasentinel", "claims": {"name": name}}
        order = self.post("/__admin/tokens", json=order)
        self.send("DELETE", f"/__admin/tokens/{order['id']}")
        self._told.revoked.append(order["token"])

    def exchange(self, _: str) -> None:
        for ends in (False, True):
            login = self.post("/__admin/vendors/dapi/connect")
            token = self.post("/v2/auth/ExchangeToken", json=exchange_fields(login))["accessToken"]
            self._told.exchanged.append(login)
            if ends:
                secrets = {**APP_SECRET, "userSecret": login["userSecret"]}
                self.post("/v2/users/DelinkUser", headers=bearer(token), json=secrets)
            kept = self._told.delinked if ends else self._told.permanent
            kept.append((token, login["userSecret"]))

    def stub(self, name: str) -> None:
        mapping = {"request": {"urlPath": f"/stub/{name}"}, "response": {"body": name}, "times": 1}
        self.post("/__admin/mappings", json=mapping)
        self._told.stubs.append(name)

    def advance(self, _: str) -> None:
        self.post("/__admin/clock/advance", json={"seconds": 1})
        self._told.seconds.append(1)

    def visit(self, name: str) -> None:
        self.send("GET", f"/visited/{name}")
        self._told.paths.append(f"/visited/{name}")

    def post(self, path: str, **parts: Any) -> Any:
        return self.send("POST", path, **parts).json()

    def send(self, method: str, path: str, **parts: Any) -> requests.Response:
        answer = self._session.request(method, self._url + path, timeout=30, **parts)
        assert answer.status_code in (200, 201, 404), answer.text
        return answer


def load(server: Served, told: Acknowledged) -> None:
    """Run many clients at once, and kill the server under them."""
    enough = Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        working = [
            pool.submit(BusyClient(server.url, told, enough).work, number)
            for number in range(CLIENTS)
        ]
        assert enough.wait(60)
        server.process.send_signal(signal.SIGKILL)
        for each in working:
            each.result(60)


def check(url: str, told: Acknowledged, began: float) -> None:
    """Check that everything acknowledged is there."""
    session = requests.Session()

    def use(token: str, secret: str) -> int:
        secrets = {**APP_SECRET, "userSecret": secret}
        line = f"{url}/v2/data/identity/get"
        return session.post(line, headers=bearer(token), json=secrets, timeout=30).status_code

    def roles(token: str) -> int:
        headers = {"user-token": token}
        return session.get(f"{url}/ds-api/roles", headers=headers, timeout=30).status_code

    journal = session.get(f"{url}/__admin/requests", timeout=30).json()["requests"]
    seen = {entry["request"]["url"] for entry in journal}
    assert len(journal) == 1000 or set(told.paths) <= seen
    assert {roles(token) for token in told.tokens} == {200}
    assert {roles(token) for token in told.revoked} == {401}
    assert {use(*pair) for pair in told.permanent} == {200}
    assert {use(*pair) for pair in told.delinked} == {401}
    for login in told.exchanged:
        again = session.post(
            f"{url}/v2/auth/ExchangeToken", json=exchange_fields(login), timeout=30
        ).json()
        assert again["type"] == "USED_ACCESS_CODE"
    for name in told.stubs:
        assert session.get(f"{url}/stub/{name}", timeout=30).text == name
    told.stubs.clear()  # each acts once
    clock = session.get(f"{url}/__admin/clock", timeout=30).json()
    assert clock["frozen"]
    assert datetime.fromisoformat(clock["now"]).timestamp() >= began + len(told.seconds)


@pytest.mark.parametrize("store", ["sqlite", "redis"])
def test_nothing_acknowledged_is_lost(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    flags = ("--port", "0", "--store", SHARED_STORE_URLS[store](request))
    told, began = Acknowledged(), 1_900_000_000
    with serving(*flags, cwd=tmp_path) as server:
        requests.put(f"{server.url}/__admin/clock", json={"now": began}, timeout=30)
    for _ in range(ROUNDS):
        with serving(*flags, cwd=tmp_path) as server:
            load(server, told)
        with serving(*flags, cwd=tmp_path) as server:
            check(server.url, told, began)


@contextmanager
def stalled_sqlite(
    folder: Path,
) -> Iterator[Stalled]:
    """Give a store, and what locks and unlocks it."""
    path = folder / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        yield (
            f"sqlite:///{path}",
            partial(other.execute, "BEGIN IMMEDIATE"),
            partial(other.execute, "ROLLBACK"),
        )


@contextmanager
def stalled_redis(folder: Path) -> Iterator[Stalled]:
    """Give a store, and what pauses and continues it."""
    with redis_server(folder) as server:
        pause, go_on = (partial(server.signal, each) for each in (signal.SIGSTOP, signal.SIGCONT))
        yield server.url(), pause, go_on


@pytest.mark.parametrize("stalled", [stalled_sqlite, stalled_redis])
def test_nothing_is_acknowledged_before_it_is_kept(
    stalled: Callable[..., Any], tmp_path: Path
) -> None:
    """The server is killed while it answers many requests together."""

    def exchange(login: dict[str, Any]) -> str:
        target = f"{server.url}/v2/auth/ExchangeToken"
        fields = requests.post(target, json=exchange_fields(login), timeout=30).json()
        return str(fields.get("type", fields["status"]))

    with stalled(tmp_path) as (store, stall, go_on), ThreadPoolExecutor(40) as pool:
        flags = ("--port", "0", "--store", store)
        with serving(*flags, cwd=tmp_path) as server:
            connect = f"{server.url}/__admin/vendors/dapi/connect"
            logins = [requests.post(connect, timeout=30).json() for _ in range(40)]
            assert exchange(logins[0]) == "done"
            stall()
            told = [pool.submit(exchange, login) for login in logins]
            wait(told, 0.5)  # the first of them waits for the store, the others for it
            server.process.send_signal(signal.SIGKILL)
            assert all(isinstance(each.exception(30), requests.ConnectionError) for each in told)
        go_on()
        with serving(*flags, cwd=tmp_path) as server:
            first = [*pool.map(exchange, logins)]
            assert set(first[1:]) <= {"done", "USED_ACCESS_CODE"}  # Redis had received a turn
            assert first[0] == "USED_ACCESS_CODE"
            assert {*pool.map(exchange, logins)} == {"USED_ACCESS_CODE"}
