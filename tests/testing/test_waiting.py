"""Calls that wait for requests block no other call, and end with the server or the state."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import requests

from mockserver.testing.remote_mock import RemoteMock
from mockserver.testing.token_server import TokenServer

MANY = 40  # several times the threads in which other calls are answered


@contextmanager
def waiting(url: str, count: int, wanted: int) -> Iterator[list[Future[requests.Response]]]:
    """Run `count` clients that each wait a minute for `wanted` requests at a server."""
    body: dict[str, Any] = {"pattern": {"url": "/ds-api/"}, "count": wanted, "timeout": 60}
    with ThreadPoolExecutor(count) as threads:
        call = f"{url}/__admin/requests/wait"
        yield [threads.submit(requests.post, call, json=body, timeout=90) for _ in range(count)]


def test_many_waiting_calls_block_no_other_call() -> None:
    with TokenServer() as server, waiting(server.url, MANY, 30) as waiters:
        for _ in range(29):
            assert requests.get(f"{server.url}/ds-api/", timeout=30).status_code == 200
            assert RemoteMock(server.url).health()["status"] == "healthy"
        assert not any(waiter.done() for waiter in waiters)
        requests.get(f"{server.url}/ds-api/", timeout=30)
        assert {waiter.result().status_code for waiter in waiters} == {200}


def test_waiting_call_ends_when_the_server_stops() -> None:
    server = TokenServer()
    server.start()
    with waiting(server.url, 3, 2) as waiters:
        send_one_request(server, server.url, 3)
        server.stop()
        answers = [waiter.result(30) for waiter in waiters]
    assert {answer.status_code for answer in answers} == {408}
    assert "1 of 2 requests" in answers[0].json()["detail"]


def test_waiting_call_ends_when_the_state_is_reset_or_dropped() -> None:
    with TokenServer() as server:
        for end in (RemoteMock.reset, RemoteMock.drop):
            namespace = server.namespace()
            with waiting(namespace.url, 3, 2) as waiters:
                send_one_request(server, namespace.url, 3)
                end(namespace)
                assert {waiter.result(30).status_code for waiter in waiters} == {408}


def send_one_request(server: TokenServer, url: str, count: int) -> None:
    """Send one request, and return when `count` calls wait for the next."""
    assert requests.get(f"{url}/ds-api/", timeout=30).status_code == 200
    journal = server._application.namespaces.get(url.partition("/ns/")[2]).state.journal
    while journal._waiting < count:
        pass
