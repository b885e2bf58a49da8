"""Calls that take a time end in real time, also where a library has stopped or moved it."""

import asyncio
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import freezegun
import httpx
import pytest
import requests
import time_machine

from mockserver import RemoteMock, TokenMock, TokenServer, mock_tokens
from tests.testing.conftest import Mock

MOMENT = "2026-01-01T00:00:00Z"

LIBRARIES: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "freezegun": lambda: freezegun.freeze_time(MOMENT),
    "time-machine": lambda: time_machine.travel(MOMENT, tick=False),
}
StopTime = Callable[[], AbstractContextManager[object]]


@pytest.fixture(params=LIBRARIES)
def stop_time(request: pytest.FixtureRequest) -> StopTime:
    return LIBRARIES[request.param]


@pytest.fixture
def stopped(mock: Mock, stop_time: StopTime) -> Iterator[Mock]:
    """Stop time after the mock was started."""
    with stop_time():
        assert time.time() < 1767225700
        yield mock


def health(mock: Mock) -> str:
    return f"{mock.datasentinel.base_url}/ds-api/"


def wait_in_vain(mock: Mock) -> None:
    with pytest.raises(TimeoutError, match="0 of 1"):
        mock.requests.wait("datasentinel", timeout=0.2)


def wait(mock: Mock) -> None:
    requests.get(health(mock))
    mock.requests.wait("datasentinel", timeout=0.2)


def move_the_clock(mock: Mock) -> None:
    mock.clock.freeze("2030-01-01T00:00:00Z")
    mock.clock.advance(minutes=30)
    assert mock.clock.now().isoformat() == "2030-01-01T00:30:00+00:00"
    assert mock.mint("dstor", expires_in=60).expires == 1893457860
    mock.clock.unfreeze()
    mock.clock.reset()
    assert not mock.clock.frozen


def delay(mock: Mock) -> None:
    mock.delay("datasentinel", milliseconds=200)
    assert requests.get(health(mock), timeout=20).status_code == 200
    assert httpx.get(health(mock), timeout=20).status_code == 200
    assert urllib.request.urlopen(health(mock), timeout=20).status == 200
    assert asyncio.run(get_async(mock)) == 200


async def get_async(mock: Mock) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.get(health(mock))).status_code


def time_out(mock: Mock) -> None:
    mock.delay("datasentinel", milliseconds=60_000)
    with pytest.raises(requests.ReadTimeout):
        requests.get(health(mock), timeout=0.1)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(health(mock), timeout=0.1)
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(health(mock), timeout=0.1)


def fail_and_reset(mock: Mock) -> None:
    mock.fail("datasentinel", fault="EMPTY_RESPONSE")
    with pytest.raises(requests.ConnectionError):
        requests.get(health(mock))
    mock.requests.assert_called("datasentinel", "health", times=1)
    mock.reset()
    assert mock.health()["status"] == "healthy"


def tokens(mock: Mock) -> None:
    token = mock.mint("kitegateway")
    mock.revoke(token)
    assert mock.explain("kitegateway", token).reason == "revoked"
    assert mock.tokens()[0]["state"] == "revoked"


CALLS = (wait_in_vain, wait, move_the_clock, delay, time_out, fail_and_reset, tokens)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_a_call_ends(call: Callable[[Mock], None], stopped: Mock) -> None:
    call(stopped)


@pytest.mark.timeout(30)
def test_a_transport_of_httpx_ends(
    stop_time: StopTime,
) -> None:
    own = TokenMock()
    own.delay("datasentinel", milliseconds=200)
    with stop_time(), httpx.Client(transport=own.httpx_transport()) as client:
        assert client.get(health(own)).status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            client.get(health(own), timeout=0.05)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("store", ["memory:", "sqlite"])
def test_a_mock_starts_and_stops(stop_time: StopTime, store: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db" if store == "sqlite" else store
    with stop_time():
        with TokenServer(store=url, freeze=MOMENT) as server, requests.Session() as session:
            remote = RemoteMock(server.url).namespace()
            assert session.get(health(remote)).status_code == 200  # kept open until the end
            wait_in_vain(server)
            remote.drop()
        assert mock_tokens(requests.get)("https://platform-server/ds-api/").status_code == 200
