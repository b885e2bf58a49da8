"""Who waits for requests over HTTP holds up nobody, and is answered when the server ends."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import requests

from mockserver import RemoteMock, TokenServer

MANY = 40  # several times the threads in which other calls are answered


@contextmanager
def waiting(url: str, count: int, wanted: int) -> Iterator[list[Future[requests.Response]]]:
    """So many clients that each wait a minute for so many requests at a server."""
    body: dict[str, Any] = {"pattern": {"url": "/ds-api/"}, "count": wanted, "timeout": 60}
    with ThreadPoolExecutor(count) as threads:
        call = f"{url}/__admin/requests/wait"
        yield [threads.submit(requests.post, call, json=body, timeout=90) for _ in range(count)]


def test_many_that_wait_hold_up_no_other_call() -> None:
    with TokenServer() as server, waiting(server.url, MANY, 30) as waiters:
        for _ in range(29):
            assert requests.get(f"{server.url}/ds-api/", timeout=30).status_code == 200
            assert RemoteMock(server.url).health()["status"] == "healthy"
        assert not any(waiter.done() for waiter in waiters)
        requests.get(f"{server.url}/ds-api/", timeout=30)
        assert {waiter.result().status_code for waiter in waiters} == {200}


def test_who_waits_is_answered_when_the_server_ends() -> None:
    server = TokenServer()
    server.start()
    with waiting(server.url, 3, 2) as waiters:
        begun(server, server.url, 3)
        server.stop()
        answers = [waiter.result(30) for waiter in waiters]
    assert {answer.status_code for answer in answers} == {408}
    assert "1 of 2 requests" in answers[0].json()["detail"]


def test_who_waits_is_answered_when_the_state_is_reset_or_dropped() -> None:
    with TokenServer() as server:
        for end in (RemoteMock.reset, RemoteMock.drop):
            namespace = server.namespace()
            with waiting(namespace.url, 3, 2) as waiters:
                begun(server, namespace.url, 3)
                end(namespace)
                assert {waiter.result(30).status_code for waiter in waiters} == {408}


def begun(server: TokenServer, url: str, count: int) -> None:
    """One request comes, and all wait."""
    assert requests.get(f"{url}/ds-api/", timeout=30).status_code == 200
    journal = server._front.namespaces.get(url.partition("/ns/")[2]).state.journal
    while journal._waiting < count:
        pass
