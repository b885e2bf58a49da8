"""`requests` inside a mock where niquests is installed: urllib3-future is then urllib3."""

import asyncio
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import niquests
import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from token_mockserver import TokenMock

HEALTH = "https://platform-server/ds-api/"


@pytest.fixture
def mock() -> Iterator[TokenMock]:
    with TokenMock() as mock:
        yield mock


def test_urllib3_is_that_of_niquests() -> None:
    assert version("niquests")
    assert hasattr(__import__("urllib3"), "AsyncPoolManager")


def test_niquests_itself_is_answered(mock: TokenMock) -> None:
    async def send() -> Any:
        async with niquests.AsyncSession() as session:
            return (await session.get(HEALTH)).status_code

    assert niquests.get(HEALTH).status_code == asyncio.run(send()) == 200
    mock.requests.assert_called("datasentinel", "health", times=2)


@pytest.mark.parametrize("timeout", [None, 5, (3, 5)])
def test_every_kind_of_timeout(mock: TokenMock, timeout: float | tuple[float, float]) -> None:
    assert requests.get(HEALTH, timeout=timeout).json()
    mock.requests.assert_called("datasentinel", "health", times=1)


def test_a_delay_is_waited_for_or_times_out(mock: TokenMock) -> None:
    mock.delay("datasentinel", milliseconds=200)
    assert requests.get(HEALTH, timeout=30).ok
    with pytest.raises(requests.ReadTimeout):
        requests.get(HEALTH, timeout=(3, 0.05))


@pytest.mark.parametrize(
    "fault", ["EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER", "RANDOM_DATA_THEN_CLOSE"]
)
def test_a_fault_is_a_connection_error(mock: TokenMock, fault: str) -> None:
    mock.stub({"request": {}, "response": {"fault": fault}})
    with pytest.raises(requests.ConnectionError):
        requests.get(HEALTH)


def test_retries_are_made(mock: TokenMock) -> None:
    mock.fail("datasentinel", status=503, times=2)
    with requests.Session() as session:
        retry = Retry(total=3, status_forcelist=[503], backoff_factor=0)
        session.mount("https://", HTTPAdapter(max_retries=retry))
        assert session.get(HEALTH).status_code == 200
    mock.requests.assert_called("datasentinel", "health", times=3)


def test_a_body_is_sent_in_pieces(mock: TokenMock) -> None:
    account = mock.kitegateway.account
    body = iter([b'{"api_key":', f'"{account.api_key}"}}'.encode()])
    answer = requests.post(
        f"{mock.kitegateway.base_url}/v1/auth/token",
        data=body,
        headers={"Secret-Key": account.secret_key, "Content-Type": "application/json"},
    )
    assert answer.status_code == 200, answer.text
