"""Calls that take time end in real time, also where a library has stopped or moved it."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import freezegun
import httpx
import pytest
import requests
import time_machine

from mockserver import TokenMock
from tests.testing.conftest import Mock

MOMENT = "2026-01-01T00:00:00Z"

LIBRARIES: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "freezegun": lambda: freezegun.freeze_time(MOMENT),
    "freezegun, ticking": lambda: freezegun.freeze_time(MOMENT, tick=True),
    "time-machine": lambda: time_machine.travel(MOMENT, tick=False),
}


@pytest.fixture(params=LIBRARIES, autouse=True)
def stopped(request: pytest.FixtureRequest, mock: Mock) -> Iterator[None]:
    """Stop time around each test, after its mock was started."""
    with LIBRARIES[request.param]():
        assert time.time() < 1767225700
        yield


def call(mock: Mock, session: requests.Session, timeout: float | None = None) -> requests.Response:
    return session.get(f"{mock.datasentinel.base_url}/ds-api/", timeout=timeout)


@pytest.mark.timeout(60)
def test_waits_delays_and_timeouts_end(mock: Mock, session: requests.Session) -> None:
    with pytest.raises(TimeoutError, match="0 of 1"):
        mock.requests.wait("datasentinel", timeout=0.1)
    call(mock, session)
    mock.requests.wait("datasentinel", timeout=0.1)
    mock.delay("datasentinel", milliseconds=100, times=1)
    assert call(mock, session, timeout=20).status_code == 200
    mock.delay("datasentinel", milliseconds=60_000, times=1)
    with pytest.raises(requests.ReadTimeout):
        call(mock, session, timeout=0.2)
    mock.clock.freeze("2030-01-01T00:00:00Z")
    mock.clock.advance(minutes=30)
    assert mock.clock.now().isoformat() == "2030-01-01T00:30:00+00:00"
    mock.clock.reset()
    assert mock.mint("dstor", expires_in=60).expires is not None


@pytest.mark.timeout(30)
def test_delays_of_httpx_end() -> None:
    own = TokenMock()
    own.delay("datasentinel", milliseconds=200)
    url = f"{own.datasentinel.base_url}/ds-api/"

    async def ask() -> int:
        async with httpx.AsyncClient(transport=own.httpx_transport()) as client:
            return (await client.get(url)).status_code

    with httpx.Client(transport=own.httpx_transport()) as client:
        assert client.get(url).status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            client.get(url, timeout=0.05)
    assert asyncio.run(ask()) == 200
