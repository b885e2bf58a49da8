"""Broken connections and delays: clients see the mock's as they see a server's."""

import asyncio
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import anyio
import freezegun
import httpx
import pytest
import requests
import responses
import time_machine
from urllib3 import Timeout
from urllib3.exceptions import InvalidHeader

from mockserver.adapters.httpx import Transport
from mockserver.adapters.requests import Interception
from mockserver.adapters.requests_exchange import IS_URLLIB3_FUTURE
from mockserver.model.http import Answer, Fault, Response
from tests.adapters.clients import LibraryClient, Send, both, each_client
from tests.adapters.intercepting import error_of

URL = "https://vendor.test/"
RAISED: dict[Fault, tuple[type[Exception], type[Exception], str]] = {
    Fault.EMPTY_RESPONSE: (
        httpx.RemoteProtocolError,
        requests.ConnectionError,
        "RemoteDisconnected",
    ),
    Fault.CONNECTION_RESET_BY_PEER: (
        httpx.ReadError,
        requests.ConnectionError,
        "ConnectionResetError",
    ),
    Fault.MALFORMED_RESPONSE_CHUNK: (
        httpx.RemoteProtocolError,
        requests.exceptions.ChunkedEncodingError,
        "InvalidChunkLength",
    ),
    Fault.RANDOM_DATA_THEN_CLOSE: (
        httpx.RemoteProtocolError,
        requests.ConnectionError,
        "BadStatusLine",
    ),
}
if IS_URLLIB3_FUTURE:
    for each, (of_httpx, kind, _) in [*RAISED.items()]:
        RAISED[each] = (of_httpx, kind, "Remote end closed connection")
    RAISED[Fault.MALFORMED_RESPONSE_CHUNK] = (
        httpx.RemoteProtocolError,
        InvalidHeader,
        "illegal chunk header",
    )
CLOCKS: dict[str, AbstractContextManager[object]] = {
    "as it is": nullcontext(),
    "freezegun": freezegun.freeze_time("2026-01-01"),
    "time-machine": time_machine.travel("2026-01-01T00:00:00Z", tick=False),
}
clock = time.perf_counter  # itself: freezegun replaces the one in `time`


def broken(fault: Fault, delay: float = 0) -> Answer:
    return lambda _: Response(200, fault=fault, delay=delay)


def late(delay: float) -> Answer:
    return lambda _: Response(200, (), b"late", delay)


@each_client
@pytest.mark.parametrize("fault", Fault)
def test_fault_raises_what_a_servers_raises(client: LibraryClient, fault: Fault) -> None:
    """A reset has no text in asynchronous `httpx`: the one difference."""
    for method in ("GET", "POST"):

        def use(send: Send, url: str, method: str = method) -> tuple[type[BaseException], str]:
            return error_of(lambda: send(method, url, b"x"))

        here, there = both(broken(fault), use, client)
        if client.kind == "requests":
            assert here == there
            assert here[0] is RAISED[fault][1]
            assert RAISED[fault][2] in here[1]
        else:
            assert here[0] is there[0] is RAISED[fault][0]
            assert here[1][:40] == there[1][:40] or not there[1]
    with client.mocked(broken(fault)) as send, pytest.raises(RAISED[fault][:2]) as caught:
        send("GET", URL)
    asked: Any = caught.value
    # `requests` does not name it in this one, whoever answers.
    unnamed = client.kind == "requests" and fault is Fault.MALFORMED_RESPONSE_CHUNK
    request: Any = getattr(asked, "request", None)
    assert request is None if unnamed else request.url == URL


def test_malformed_chunk_comes_after_a_good_head() -> None:
    answer = broken(Fault.MALFORMED_RESPONSE_CHUNK)

    def use(_: Send, url: str) -> object:
        with requests.get(url, stream=True) as response:
            head = response.status_code, dict(response.headers)
            return head, error_of(lambda: list(response.iter_content(10)))

    here, there = both(answer, use)
    assert here == there
    here, there = both(answer, lambda send, url: send("HEAD", url).content)
    assert here == there == b""
    transport = Transport(answer, "vendor.test".__eq__)
    with httpx.Client(transport=transport) as client, client.stream("GET", URL) as response:
        assert response.status_code == 200
        assert response.headers.raw == [(b"Transfer-Encoding", b"chunked")]
        with pytest.raises(httpx.RemoteProtocolError, match="illegal chunk header"):
            response.read()


@each_client
def test_delay_longer_than_the_timeout_raises_a_read_timeout(client: LibraryClient) -> None:
    own = (5, 0.05) if client.kind == "requests" else httpx.Timeout(30, read=0.05)
    for timeout in (0.05, own):
        here, there = both(
            late(1),
            lambda send, url: error_of(lambda: send("GET", url, timeout=timeout)),  # noqa: B023
            client,
        )
        assert here[0] is there[0]
        assert here[0] in (requests.ReadTimeout, httpx.ReadTimeout)
        assert here[1] == there[1] or not there[1]


@each_client
@pytest.mark.parametrize("frozen", CLOCKS.values(), ids=CLOCKS)
def test_delay_is_real(
    client: LibraryClient, frozen: AbstractContextManager[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client with a longer timeout waits for it, also for a fault, whatever the clock says."""
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("that is for the code under test"))
    own: Any = (0.001, 30) if client.kind == "requests" else httpx.Timeout(0.001, read=None)
    for timeout in (None, 30, own):
        with client.mocked(late(0.1)) as send:
            begin = clock()
            with frozen:
                assert send("GET", URL, timeout=timeout).text == "late"
            assert clock() - begin >= 0.1
    with client.mocked(broken(Fault.EMPTY_RESPONSE, 0.1)) as send:
        begin = clock()
        with pytest.raises(RAISED[Fault.EMPTY_RESPONSE][:2]):
            send("GET", URL)
        assert clock() - begin >= 0.1
        with pytest.raises((requests.ReadTimeout, httpx.ReadTimeout), match="timed out"):
            send("GET", URL, timeout=0.01)


def test_timeout_for_all_of_a_request_holds() -> None:
    timeout: Any = Timeout(total=0.05)
    for _ in "12":
        with LibraryClient("requests").mocked(late(30)), pytest.raises(requests.ReadTimeout):
            requests.get(URL, timeout=timeout)


def test_asynchronous_delays_block_neither_the_loop_nor_each_other() -> None:
    """A client that gives up, or is cancelled, does not wait for the end of the delay."""

    async def ask() -> list[str]:
        def answer(request: Any) -> Response:
            return Response(200, (), b"late", 60 if request.path == "/long" else 0.01)

        transport = Transport(answer, "vendor.test".__eq__)
        async with httpx.AsyncClient(transport=transport, timeout=None) as client:
            pending = asyncio.create_task(client.get(f"{URL}long"))
            texts = [(await client.get(URL)).text for _ in range(3)]
            assert not pending.done()
            pending.cancel()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.get(f"{URL}long"), 0.05)
            with anyio.move_on_after(0.05) as scope:
                await client.get(f"{URL}long")
        assert scope.cancelled_caught
        return texts

    assert asyncio.run(ask()) == ["late"] * 3


def test_fault_and_timeout_are_raised_through_a_users_mock() -> None:
    for fault, (_, kind, text) in RAISED.items():
        with responses.RequestsMock() as users:
            users.add(Interception(broken(fault), "vendor.test".__eq__).response)
            raised = error_of(lambda: requests.get(URL))
        assert (raised[0], text in raised[1]) == (kind, True)
    with responses.RequestsMock() as users:
        users.add(Interception(late(30), "vendor.test".__eq__).response)
        for scheme, port in (("https", 443), ("http", 80)):
            pool = rf"{scheme.upper()}ConnectionPool\(host='vendor.test', port={port}\)"
            with pytest.raises(requests.ReadTimeout, match=rf"{pool}.*timeout=0\.05"):
                requests.get(f"{scheme}://vendor.test/", timeout=0.05)
