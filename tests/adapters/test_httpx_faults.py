"""Broken connections and delays: what `httpx` makes of a server's, and of ours."""

import asyncio
import time
from contextlib import AbstractContextManager, nullcontext

import anyio
import freezegun
import httpx
import pytest
import time_machine

from mockserver.adapters.httpx import Transport
from mockserver.model.http import Answer, Fault, Request, Response
from tests.adapters.httpx_clients import KINDS, Codec, Send, asynchronous, blocking, both
from tests.adapters.intercepting import error_of

URL = "https://vendor.test/"
RAISED = {
    Fault.EMPTY_RESPONSE: httpx.RemoteProtocolError,
    Fault.CONNECTION_RESET_BY_PEER: httpx.ReadError,
    Fault.MALFORMED_RESPONSE_CHUNK: httpx.RemoteProtocolError,
    Fault.RANDOM_DATA_THEN_CLOSE: httpx.RemoteProtocolError,
}
CLOCKS: dict[str, AbstractContextManager[object]] = {
    "as it is": nullcontext(),
    "freezegun": freezegun.freeze_time("2026-01-01"),
    "time-machine": time_machine.travel("2026-01-01T00:00:00Z", tick=False),
}

clock = time.perf_counter  # itself: freezegun replaces the one in `time`
of_both_kinds = pytest.mark.parametrize("kind", KINDS)


def broken(fault: Fault) -> Answer:
    return lambda _: Response(200, fault=fault)


def late(delay: float) -> Answer:
    return lambda _: Response(200, (), b"late", delay)


def vendor(kind: Codec, answer: Answer) -> Send:
    return kind(Transport(answer, "vendor.test".__eq__))


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_fault_raises_what_a_servers_raises(fault: Fault, method: str) -> None:
    here, there = both(
        blocking, broken(fault), lambda send, url: error_of(lambda: send(method, url))
    )
    assert here[0] is there[0] is RAISED[fault]
    assert here[1][:40] == there[1][:40]


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_raises_what_a_servers_raises_later(fault: Fault) -> None:
    """A reset has no text there: the one difference."""
    here, there = both(
        asynchronous, broken(fault), lambda send, url: error_of(lambda: send("GET", url))
    )
    assert here[0] is there[0] is RAISED[fault]
    assert here[1][:40] == there[1][:40] or not there[1]


@of_both_kinds
@pytest.mark.parametrize("fault", Fault)
def test_a_fault_names_its_request(kind: Codec, fault: Fault) -> None:
    with pytest.raises(httpx.TransportError) as caught:
        vendor(kind, broken(fault))("GET", URL)
    assert caught.value.request.url == URL


def test_a_malformed_chunk_comes_after_a_good_head() -> None:
    way = Transport(broken(Fault.MALFORMED_RESPONSE_CHUNK), "vendor.test".__eq__)
    with httpx.Client(transport=way) as client, client.stream("GET", URL) as response:
        assert response.status_code == 200
        assert response.headers.raw == [(b"Transfer-Encoding", b"chunked")]
        with pytest.raises(httpx.RemoteProtocolError, match="illegal chunk header"):
            response.read()


@of_both_kinds
@pytest.mark.parametrize("timeout", [0.05, httpx.Timeout(30, read=0.05)])
def test_a_delay_longer_than_the_timeout_raises_a_read_timeout(
    kind: Codec, timeout: float | httpx.Timeout
) -> None:
    begin = clock()
    here, there = both(
        kind, late(1), lambda send, url: error_of(lambda: send("GET", url, timeout=timeout))
    )
    assert here[0] is there[0] is httpx.ReadTimeout
    assert here[1] == there[1] or not there[1]
    assert 0.1 <= clock() - begin < 7


@of_both_kinds
@pytest.mark.parametrize("frozen", CLOCKS.values(), ids=CLOCKS)
@pytest.mark.parametrize("timeout", [None, 30, httpx.Timeout(0.001, read=None)])
def test_a_delay_is_waited_for(
    kind: Codec, frozen: AbstractContextManager[object], timeout: float | httpx.Timeout | None
) -> None:
    begin = clock()
    with frozen:
        assert vendor(kind, late(0.1))("GET", URL, timeout=timeout).text == "late"
    assert 0.1 <= clock() - begin < 10


@of_both_kinds
def test_a_fault_comes_after_its_delay(kind: Codec) -> None:
    def answer(_: Request) -> Response:
        return Response(200, delay=0.1, fault=Fault.EMPTY_RESPONSE)

    begin = clock()
    with pytest.raises(httpx.RemoteProtocolError):
        vendor(kind, answer)("GET", URL)
    assert clock() - begin >= 0.1


def test_delays_hold_up_neither_the_loop_nor_each_other() -> None:
    async def ask() -> int:
        ticks = 0
        way = Transport(late(0.3), "vendor.test".__eq__)
        async with httpx.AsyncClient(transport=way) as client:
            asked = [asyncio.create_task(client.get(URL)) for _ in range(100)]
            while not all(task.done() for task in asked):
                ticks += 1
                await asyncio.sleep(0.01)
        assert {task.result().text for task in asked} == {"late"}
        return ticks

    begin = clock()
    assert asyncio.run(ask()) > 5
    assert clock() - begin < 15, "one after the other they take 30 s"


@of_both_kinds
def test_who_does_not_wait_for_ever_is_not_kept_longer(kind: Codec) -> None:
    begin = clock()
    with pytest.raises(httpx.ReadTimeout, match="timed out"):
        vendor(kind, late(60))("GET", URL, timeout=0.05)
    assert clock() - begin < 30


def test_who_gives_up_is_not_kept_longer() -> None:
    async def ask() -> None:
        way = Transport(late(60), "vendor.test".__eq__)
        async with httpx.AsyncClient(transport=way, timeout=None) as client:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.get(URL), 0.05)
            with anyio.move_on_after(0.05) as scope:
                await client.get(URL)
        assert scope.cancelled_caught

    begin = clock()
    asyncio.run(ask())
    assert clock() - begin < 30
