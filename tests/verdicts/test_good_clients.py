"""Well-behaved clients, written in different manners: no rule is broken by any of them."""

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import time_machine

from mockserver import RemoteMock, TokenMock, TokenServer
from tests.verdicts.kite_client import HOST, Failed, KiteClient

FOUR = ("dstor", "datasentinel", "dapi", "kitegateway")


def broken(mock: TokenMock | TokenServer | RemoteMock) -> list[str]:
    return [verdict.report() for verdict in mock.verdicts() if verdict.state == "broken"]


def state(mock: TokenMock, rule: str) -> str:
    return next(verdict.state for verdict in mock.verdicts() if verdict.id == rule)


@pytest.fixture
def client(token_mock: TokenMock) -> KiteClient:
    return KiteClient(token_mock)


@pytest.mark.parametrize("life", [None, 60, 300, 3600])
def test_renews_ahead(token_mock: TokenMock, life: int | None) -> None:
    client = KiteClient(token_mock, life)
    client.leeway = (life or 900) / 10
    for _ in range(60):
        client.call()
        token_mock.clock.advance(seconds=(life or 900) / 25)
    assert broken(token_mock) == []
    assert state(token_mock, "late-renewal") == "kept"


@pytest.mark.parametrize("leeway", [300, 225, 120])
def test_the_leeways_of_large_sdks(token_mock: TokenMock, leeway: float) -> None:
    client = KiteClient(token_mock)
    client.leeway = leeway
    for _ in range(30):
        client.call()
        token_mock.clock.advance(seconds=70)
    assert broken(token_mock) == []


class ByStatus(KiteClient):
    """Knows no time: renews when the vendor says 401."""

    def current(self) -> str:
        if self.token is None:
            self.buy()
        return str(self.token)


def test_renews_on_401(token_mock: TokenMock) -> None:
    client = ByStatus(token_mock)
    for _ in range(3):
        client.call()
        client.call()
        token_mock.clock.advance(minutes=16)
    token_mock.revoke(str(client.token))
    client.call()
    assert broken(token_mock) == []


@pytest.mark.parametrize("kind", [KiteClient, ByStatus])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401},
        {"status": 401, "times": 1},
        {"status": 403, "times": 2},
        {"status": 429, "times": 1},
        {"status": 500, "times": 2},
        {"status": 503},
        {"fault": "EMPTY_RESPONSE", "times": 1},
        {"fault": "MALFORMED_RESPONSE_CHUNK"},
    ],
    ids=str,
)
@pytest.mark.parametrize("endpoint", ["balances", "create_token"])
def test_errors(
    token_mock: TokenMock, kind: type[KiteClient], fault: dict[str, Any], endpoint: Any
) -> None:
    client = kind(token_mock)
    client.call()
    token_mock.fail("kitegateway", endpoint=endpoint, **fault)
    if endpoint == "create_token":
        token_mock.clock.advance(seconds=850)
    with suppress(Failed):
        client.call()
    assert broken(token_mock) == []


@pytest.mark.parametrize("after", ["1", "date"])
def test_waits_as_it_is_told(token_mock: TokenMock, client: KiteClient, after: str) -> None:
    if after == "date":
        after = "Wed, 01 Jan 2070 00:00:10 GMT"
        token_mock.clock.freeze("2070-01-01T00:00:00Z")
    client.sleep = lambda seconds: token_mock.clock.advance(seconds=seconds)
    client.call()
    response = {"status": 429, "headers": {"Retry-After": after}, "jsonBody": {}}
    stub = {"vendor": "kitegateway", "endpoint": "balances", "response": response, "times": 1}
    token_mock.stub(stub)
    client.call()
    assert broken(token_mock) == []
    assert state(token_mock, "retry-after-ignored") == "kept"


def test_retries_of_urllib3(token_mock: TokenMock, client: KiteClient) -> None:
    retry = requests.adapters.Retry(total=2, backoff_factor=0.1, status_forcelist=[503])
    client.session.mount("https://", requests.adapters.HTTPAdapter(max_retries=retry))
    client.pauses = ()
    token_mock.fail("kitegateway", endpoint="balances", status=503, times=2)
    client.call()
    assert broken(token_mock) == []
    assert state(token_mock, "retry-at-once") == "kept"


def test_a_failed_renewal_keeps_the_old_token(token_mock: TokenMock, client: KiteClient) -> None:
    client.call()
    token_mock.clock.advance(seconds=850)
    token_mock.fail("kitegateway", endpoint="create_token", status=500)
    client.call()
    assert broken(token_mock) == []
    assert state(token_mock, "failed-renewal-fatal") == "kept"


@pytest.mark.parametrize("life", [None, 2])
def test_threads_share_a_token(token_mock: TokenMock, life: int | None) -> None:
    client = KiteClient(token_mock, life)
    client.leeway = 0.5
    with ThreadPoolExecutor(6) as pool:
        for _ in range(5):
            list(pool.map(lambda _: client.call(), range(12)))
            token_mock.clock.advance(seconds=1)
    token_mock.revoke(str(client.token))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: client.call(), range(12)))
    assert broken(token_mock) == []


class Tasks:
    """A client on asyncio and httpx; also over a real connection."""

    def __init__(self, url: str, mock: Any) -> None:
        self.url, self.mock = url, mock
        self.lock = asyncio.Lock()
        self.http = httpx.AsyncClient()
        self.token = ""

    async def call(self) -> None:
        token = self.token or await self.renew("")
        answer = await self.get(token)
        if answer.status_code == 401:
            answer = await self.get(await self.renew(token))
        answer.raise_for_status()

    async def get(self, token: str) -> httpx.Response:
        url = f"{self.url}/v1/data/wallets/balances"
        return await self.http.get(url, headers={"Authorization": token})

    async def renew(self, old: str) -> str:
        async with self.lock:
            if self.token == old:
                account = self.mock.kitegateway.account
                answer = await self.http.post(
                    f"{self.url}/v1/auth/token",
                    json={"api_key": account.api_key},
                    headers={"Secret-Key": account.secret_key},
                )
                answer.raise_for_status()
                self.token = answer.json()["data"]["token"]
            return self.token


async def _in_tasks(url: str, mock: Any) -> None:
    client = Tasks(url, mock)
    async with client.http:
        for _ in range(3):
            await asyncio.gather(*(client.call() for _ in range(8)))
            mock.clock.advance(minutes=16)
        await client.call()
        mock.revoke(client.token)
        await asyncio.gather(*(client.call() for _ in range(8)))


def test_tasks_share_a_token(token_mock: TokenMock) -> None:
    asyncio.run(_in_tasks(HOST, token_mock))
    assert broken(token_mock) == []


@pytest.mark.parametrize("store", ["memory:", "sqlite:///{folder}/state.db"])
def test_tasks_over_connections(store: str, tmp_path: Path) -> None:
    with TokenServer(store=store.format(folder=tmp_path)) as server:
        asyncio.run(_in_tasks(f"{server.url}/kitegateway", server))
        assert broken(server) == []
        space = server.namespace()
        asyncio.run(_in_tasks(f"{space.url}/kitegateway", space))
        assert broken(space) == []
        kept = {verdict.id for verdict in space.verdicts() if verdict.state == "kept"}
        assert {"no-cache", "wrong-scheme", "no-renewal-after-401"} <= kept


class CachedInFile(KiteClient):
    """One of several processes that share a file; each object stands for a process."""

    guard = threading.Lock()

    def __init__(self, mock: TokenMock, file: Path) -> None:
        super().__init__(mock)
        self.file = file

    def current(self) -> str:
        with self.guard:
            if self.file.exists():
                self.token, self.expires = json.loads(self.file.read_text())
            token = super().current()
            self.file.write_text(json.dumps([self.token, self.expires]))
            return token


def test_processes_share_a_cache(token_mock: TokenMock, tmp_path: Path) -> None:
    for _ in range(20):
        CachedInFile(token_mock, tmp_path / "token.json").call()
        token_mock.clock.advance(minutes=2)
    assert broken(token_mock) == []


def test_short_lives_in_real_time(token_mock: TokenMock) -> None:
    client = KiteClient(token_mock, 1, now=time.time)
    client.leeway = 0.2
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        client.call()
        time.sleep(0.05)
    assert broken(token_mock) == []
    assert state(token_mock, "late-renewal") == "kept"


@pytest.mark.parametrize("hours", [1, 24])
def test_batch_jobs_buy_once(token_mock: TokenMock, hours: int) -> None:
    account = token_mock.datasentinel.account
    for _ in range(3):
        url = "https://platform-server/ds-api"
        bought = requests.post(f"{url}/user-token", auth=(account.user, account.password))
        token = bought.json()["user-token"]
        for _ in range(3):
            requests.get(f"{url}/roles", headers={"user-token": token})
        requests.get(f"{url}/user-token", params={"token": token}, auth=("myUser", "myPassword"))
        token_mock.clock.advance(hours=hours)
    assert broken(token_mock) == []


def test_one_login_after_another(token_mock: TokenMock) -> None:
    secret = token_mock.dapi.account.app_secret
    url = "https://api.dapi.com/v2"
    for _ in range(2):
        login = token_mock.dapi.connect()
        body = {
            "appSecret": secret,
            "accessCode": login.accessCode,
            "connectionID": login.connectionID,
        }
        token = requests.post(f"{url}/auth/ExchangeToken", json=body).json()["accessToken"]
        data = {"appSecret": secret, "userSecret": login.userSecret}
        headers = {"Authorization": f"bearer {token}"}
        requests.post(f"{url}/data/identity/get", json=data, headers=headers)
        requests.post(f"{url}/users/DelinkUser", json=data, headers=headers)
    assert broken(token_mock) == []
    assert {state(token_mock, rule) for rule in ("code-twice", "code-late")} == {"kept"}


def test_under_a_clock_of_the_machine_that_moves(token_mock: TokenMock) -> None:
    with time_machine.travel("2030-01-01T00:00:00Z", tick=False) as traveller:
        client = KiteClient(token_mock, now=time.time)
        for _ in range(30):
            client.call()
            traveller.shift(timedelta(minutes=1))
    assert broken(token_mock) == []


def test_nothing_is_kept_without_a_request(token_mock: TokenMock) -> None:
    assert {verdict.state for verdict in token_mock.verdicts()} == {"not-exercised"}
