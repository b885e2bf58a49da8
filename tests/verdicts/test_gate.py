"""A gate proves that requests overlap: threads, tasks, connections, shared stores."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

from mockserver import ControlError, RemoteMock, TokenMock, TokenServer
from tests.verdicts.kite_client import KiteClient
from tests.verdicts.test_good_clients import Tasks, broken, state


class NoLock(KiteClient):
    """Each thread buys what it needs."""

    def __init__(self, mock: TokenMock) -> None:
        super().__init__(mock)
        self.lock: Any = threading.Semaphore(100)


class OwnTokens(KiteClient):
    """Each thread has a token of its own."""

    def call(self) -> Any:
        one = KiteClient(self.mock)
        return one.call()


class UnlockedTasks(Tasks):
    async def renew(self, old: str) -> str:
        self.lock = asyncio.Lock()
        return await super().renew(old)


def together(call: Callable[[], object], count: int = 5) -> None:
    with ThreadPoolExecutor(count) as pool:
        for future in [pool.submit(call) for _ in range(count)]:
            future.result()


@pytest.mark.parametrize("kind", [NoLock, OwnTokens])
def test_threads_that_buy_at_once(token_mock: TokenMock, kind: type[KiteClient]) -> None:
    token_mock.gate("kitegateway", "create_token", callers=5, seconds=30)
    together(kind(token_mock).call)
    assert [one.id for one in token_mock.verdicts() if one.state == "broken"] == ["stampede"]
    with pytest.raises(AssertionError, match="single flight"):
        token_mock.assert_verdicts()


def test_tasks_that_buy_at_once(token_mock: TokenMock) -> None:
    token_mock.gate("kitegateway", "create_token", callers=4, seconds=30)
    asyncio.run(_gathered(UnlockedTasks("https://kitegateway.com", token_mock), 4))
    assert [one.id for one in token_mock.verdicts() if one.state == "broken"] == ["stampede"]


async def _gathered(client: Tasks, count: int) -> None:
    async with client.http:
        await asyncio.gather(*(client.call() for _ in range(count)))


def test_single_flight_is_not_blamed(token_mock: TokenMock) -> None:
    token_mock.gate("kitegateway", "create_token", callers=5, seconds=0.3)
    together(KiteClient(token_mock).call)
    assert broken(token_mock) == []
    assert state(token_mock, "stampede") == "kept"
    token_mock.reset()
    token_mock.gate("kitegateway", "create_token", callers=4, seconds=0.3)
    asyncio.run(_gathered(Tasks("https://kitegateway.com", token_mock), 4))
    assert broken(token_mock) == []
    assert state(token_mock, "stampede") == "kept"


@pytest.mark.parametrize("store", ["memory:", "sqlite:///{folder}/state.db"])
def test_over_connections(store: str, tmp_path: Path) -> None:
    with TokenServer(store=store.format(folder=tmp_path)) as server:
        mock = RemoteMock(server.url).namespace()
        url = f"{mock.url}/kitegateway"
        mock.gate("kitegateway", "create_token", callers=3, seconds=30)
        asyncio.run(_gathered(UnlockedTasks(url, mock), 3))
        assert [one.id for one in mock.verdicts() if one.state == "broken"] == ["stampede"]


def test_a_timeout_of_the_client_ends_its_waiting(token_mock: TokenMock) -> None:
    token_mock.gate("datasentinel", callers=2, seconds=30)
    with pytest.raises(requests.ReadTimeout):
        requests.get("https://platform-server/ds-api/", timeout=0.05)
    token_mock.reset()
    token_mock.gate("datasentinel", callers=2, seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get("https://platform-server/ds-api/", timeout=0.05)


def test_a_gate_that_is_removed_holds_nobody(token_mock: TokenMock) -> None:
    gate = token_mock.gate("datasentinel", "health", callers=2, seconds=30)
    timer = threading.Timer(0.1, gate.remove)
    timer.start()
    assert requests.get("https://platform-server/ds-api/", timeout=20).ok
    timer.join()


def test_an_open_gate_holds_nobody(token_mock: TokenMock) -> None:
    token_mock.gate("datasentinel", "health", callers=1, seconds=30)
    for _ in "12":
        assert requests.get("https://platform-server/ds-api/", timeout=20).ok


@pytest.mark.parametrize("gate", [{"callers": 0}, {"callers": 2, "seconds": 61}, {"caller": 2}])
def test_a_gate_that_cannot_be(token_mock: TokenMock, gate: dict[str, Any]) -> None:
    with pytest.raises(ControlError, match="gate"):
        token_mock.stub({"vendor": "dapi", "gate": gate})
