"""The journal as server-sent events, from real servers."""

import os
import signal
import socket
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3

from mockserver import ControlError, TokenServer, create_app
from mockserver.admin.application import new_application
from mockserver.server import WireServer, listen
from mockserver.server.limits import Limits
from mockserver.testing.remote_mock import follow
from tests.command_line import serving
from tests.server.servers import behind_werkzeug
from tests.store_urls import SHARED_STORE_URLS

PATH = "/__admin/requests/events"
UNKNOWN = "4c1d5f6e-0000-4000-8000-000000000000"


@contextmanager
def stream(url: str, last: str = "") -> Iterator[Iterator[dict[str, str]]]:
    """Give the events of a server; the stream is open when this begins."""
    headers = {"Last-Event-ID": last} if last else {}
    with urllib3.PoolManager(retries=False) as pool:
        timeout = urllib3.Timeout(10)
        answer = pool.request(
            "GET", url + PATH, headers=headers, preload_content=False, timeout=timeout
        )
        assert answer.headers["Content-Type"] == "text/event-stream"
        events = blocks(answer)
        assert next(events) == {"retry": "1000"}
        yield events
        answer.close()


def blocks(answer: Any) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    while line := answer.readline().decode():
        name, _, value = line.rstrip("\n").partition(": ")
        if line == "\n":
            yield fields
            fields = {}
        elif name:
            fields[name] = value


def get(url: str, path: str) -> None:
    urllib3.PoolManager(retries=False).request("GET", url + path)


def test_each_request_is_an_event_and_an_id_resumes() -> None:
    with TokenServer() as server:
        with stream(server.url) as events:
            get(server.url, "/first?api_key=not-to-be-shown")
            first = next(events)
            assert '"/first?' in first["data"]
            assert "not-to-be-shown" not in first["data"]
        for number in range(150):
            get(server.url, f"/later/{number}")
        with stream(server.url, last=first["id"]) as events:
            came = [next(events)["data"] for _ in range(150)]
        assert all(f"/later/{number}" in data for number, data in enumerate(came))


def test_a_reset_a_lost_id_and_a_moved_clock_are_said() -> None:
    with TokenServer() as server, stream(server.url, last=UNKNOWN) as events:
        assert next(events)["event"] == "reset"
        server.clock.advance(days=1)
        assert next(events)["event"] == "clock"
        server.reset()
        assert next(events)["event"] == "reset"
        get(server.url, "/after")
        assert any("/after" in next(events)["data"] for _ in range(2))


def test_it_works_through_a_shared_store_and_ends_with_the_server(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/state.db"
    servers = TokenServer(store=store), TokenServer(store=store)
    with servers[0] as one, servers[1] as other, stream(one.url) as events:
        get(other.url, "/from/the/other")
        assert "/from/the/other" in next(events)["data"]
        one.stop()
        assert list(events) == []


@pytest.mark.parametrize("store_kind", ["sqlite", "redis"])
def test_it_goes_on_at_another_worker(
    request: pytest.FixtureRequest, tmp_path: Path, store_kind: str
) -> None:
    store = SHARED_STORE_URLS[store_kind](request)
    with serving("--port", "0", "--workers", "2", "--store", store, cwd=tmp_path) as server:
        with stream(server.url) as events:
            for number in range(20):
                get(server.url, f"/first/{number}")
            came = [next(events) for _ in range(20)]
            assert all(f"/first/{number}" in each["data"] for number, each in enumerate(came))
            for pid in server.workers():
                os.kill(pid, signal.SIGKILL)
            assert list(events) == []
        for number in range(20):
            get(server.url, f"/second/{number}")
        with stream(server.url, last=came[-1]["id"]) as events:
            assert all(f"/second/{number}" in next(events)["data"] for number in range(20))


def test_flask_sends_the_events() -> None:
    with behind_werkzeug(create_app()) as server:
        url = f"http://127.0.0.1:{server.port}"
        with stream(url) as events:
            get(url, "/first")
            first = next(events)
        get(url, "/second")
        with stream(url, last=first["id"]) as events:
            assert "/second" in next(events)["data"]


def test_one_who_does_not_read_is_cut_off_and_catches_up() -> None:
    application = new_application({})
    server = WireServer(
        application.answer,
        listener=listen("127.0.0.1", 0),
        in_thread=application.may_block,
        http_date=application.http_date,
        limits=Limits(take=0.5),
    )
    server.start()
    url = f"http://127.0.0.1:{server.port}"
    try:
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", server.port))
        slow.sendall(f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        pool = urllib3.PoolManager(retries=False)
        connections = server._state.connections
        while len(connections) < 2:
            pool.request("GET", f"{url}/x")
        while len(connections) == 2:  # the pool's and the slow one
            pool.request("POST", f"{url}/x", body=b"x" * 16_000)
        with stream(url, last=UNKNOWN) as events:
            assert next(events)["event"] == "reset"
        slow.close()
    finally:
        server.stop()


@pytest.mark.parametrize("port", [9, 99_999])  # refused; not a port, an error that shows the URL
def test_follow_says_what_is_wrong_without_the_password(port: int) -> None:
    password = "hunter2"  # not in the line below, which the traceback shows
    with pytest.raises(ControlError, match=r"127\.0\.0\.1:.*cannot be reached") as caught:
        next(follow(f"http://user:{password}@127.0.0.1:{port}"))
    assert password not in "".join(traceback.format_exception(caught.value))
