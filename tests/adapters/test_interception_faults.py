"""Broken connections and delays: what `requests` makes of a server's, and of ours."""

import time
from typing import Any

import freezegun
import pytest
import requests
import responses
import time_machine
from urllib3 import Timeout

from mockserver.adapters.requests import Interception
from mockserver.model.http import Answer, Fault, Request, Response
from tests.adapters.intercepting import active, both, error_of

RAISED = {
    Fault.EMPTY_RESPONSE: (requests.ConnectionError, "RemoteDisconnected"),
    Fault.CONNECTION_RESET_BY_PEER: (requests.ConnectionError, "ConnectionResetError"),
    Fault.MALFORMED_RESPONSE_CHUNK: (
        requests.exceptions.ChunkedEncodingError,
        "InvalidChunkLength",
    ),
    Fault.RANDOM_DATA_THEN_CLOSE: (requests.ConnectionError, "BadStatusLine"),
}


def broken(fault: Fault) -> Answer:
    return lambda _: Response(200, fault=fault)


def late(delay: float) -> Answer:
    return lambda _: Response(200, (), b"late", delay)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_fault_raises_what_a_servers_raises(fault: Fault, method: str) -> None:
    here, there = both(
        broken(fault), lambda url: error_of(lambda: requests.request(method, url, data=b"x"))
    )
    assert here == there
    assert here[0] is RAISED[fault][0]
    assert RAISED[fault][1] in here[1]


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_names_its_request(fault: Fault) -> None:
    def use(url: str) -> object:
        with pytest.raises(requests.RequestException) as caught:
            requests.get(url)
        return caught.value.request and caught.value.request.url

    here, there = both(broken(fault), use)
    assert here == there


def test_a_malformed_chunk_comes_after_a_good_head() -> None:
    def use(url: str) -> object:
        with requests.get(url, stream=True) as response:
            head = response.status_code, dict(response.headers)
            return head, error_of(lambda: list(response.iter_content(10)))

    here, there = both(broken(Fault.MALFORMED_RESPONSE_CHUNK), use)
    assert here == there


def test_a_malformed_chunk_after_a_head_request_is_not_seen() -> None:
    here, there = both(
        broken(Fault.MALFORMED_RESPONSE_CHUNK), lambda url: requests.head(url).content
    )
    assert here == there == b""


@pytest.mark.parametrize("timeout", [0.05, (5, 0.05)])
def test_a_delay_longer_than_the_timeout_raises_a_read_timeout(timeout: Any) -> None:
    begin = time.monotonic()
    here, there = both(late(1), lambda url: error_of(lambda: requests.get(url, timeout=timeout)))
    assert here == there
    assert here[0] is requests.ReadTimeout
    assert 0.1 <= time.monotonic() - begin < 2 + 5, "both waited their 0.05 s"


@pytest.mark.parametrize("timeout", [None, 30, (0.001, None), (0.001, 30)])
def test_a_delay_is_waited_for(timeout: Any) -> None:
    with active(Interception(late(0.2), "vendor.test".__eq__)):
        begin = time.monotonic()
        assert requests.get("https://vendor.test/", timeout=timeout).text == "late"
        assert 0.2 <= time.monotonic() - begin < 5


def test_a_timeout_for_all_of_a_request_holds_too() -> None:
    timeout: Any = Timeout(total=0.05)
    mock = Interception(late(30), "vendor.test".__eq__)
    with active(mock):
        for _ in "12":
            with pytest.raises(requests.ReadTimeout):
                requests.get("https://vendor.test/", timeout=timeout)


def test_a_fault_comes_after_its_delay() -> None:
    def answer(_: Request) -> Response:
        return Response(200, delay=0.2, fault=Fault.EMPTY_RESPONSE)

    with active(Interception(answer, "vendor.test".__eq__)):
        begin = time.monotonic()
        with pytest.raises(requests.ConnectionError, match="Remote end closed"):
            requests.get("https://vendor.test/")
        assert time.monotonic() - begin >= 0.2
        with pytest.raises(requests.ReadTimeout):
            requests.get("https://vendor.test/", timeout=0.01)


def test_a_delay_is_real_though_the_clock_and_sleep_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("that is for the code under test"))
    clock = time.perf_counter
    with active(Interception(late(0.2), "vendor.test".__eq__)):
        for frozen in (
            freezegun.freeze_time("2026-01-01"),
            time_machine.travel("2026-01-01T00:00:00Z", tick=False),
        ):
            begin = clock()
            with frozen:
                assert requests.get("https://vendor.test/", timeout=30).text == "late"
            assert 0.2 <= clock() - begin < 5


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_is_raised_through_a_users_mock_too(fault: Fault) -> None:
    mock = Interception(broken(fault), "vendor.test".__eq__)
    with responses.RequestsMock() as users:
        users.add(mock.response)
        kind, text = error_of(lambda: requests.get("https://vendor.test/"))
    assert (kind, RAISED[fault][1] in text) == (RAISED[fault][0], True)


def test_a_timeout_is_kept_through_a_users_mock_too() -> None:
    mock = Interception(late(30), "vendor.test".__eq__)
    with responses.RequestsMock() as users:
        users.add(mock.response)
        for url in ("https://vendor.test/", "http://vendor.test/"):
            pool = rf"{url[: url.index(':')].upper()}ConnectionPool\(host='vendor.test', port="
            port = 443 if url.startswith("https") else 80
            with pytest.raises(requests.ReadTimeout, match=rf"{pool}{port}\).*timeout=0\.05"):
                requests.get(url, timeout=0.05)
