"""Delays pass in real time while a test has stopped the time of its process."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

import freezegun
import pytest
import time_machine

from tests.server.servers import serving_as
from tests.server.socket_client import Client
from tests.server.table.case import LATER, request

Stopped = Callable[[], AbstractContextManager[object]]

stops = pytest.mark.parametrize(
    "stopped",
    [
        lambda: freezegun.freeze_time("2026-01-01"),
        lambda: time_machine.travel("2026-01-01", tick=False),
    ],
    ids=["freezegun", "time-machine"],
)


@stops
@pytest.mark.parametrize("kind", ["plain", "plain uvloop", "tls"])
def test_time_stopped_while_serving(stopped: Stopped, kind: str) -> None:
    with serving_as(kind) as server, Client(server, kind) as client, stopped():
        client.send(request("GET /later"))
        assert client.read(len(LATER)) == LATER


@stops
@pytest.mark.parametrize("kind", ["plain", "plain uvloop", "tls"])
def test_time_stopped_before_serving(stopped: Stopped, kind: str) -> None:
    with stopped(), serving_as(kind) as server, Client(server, kind) as client:
        client.send(request("GET /later"))
        assert client.read(len(LATER)) == LATER


@pytest.mark.parametrize(
    "stopped",
    ["freezegun.freeze_time('2026-01-01')", "time_machine.travel('2026-01-01', tick=False)"],
    ids=["freezegun", "time-machine"],
)
def test_time_stopped_before_import(stopped: str) -> None:
    """The first test that imports the server may have stopped time already."""
    program = f"""
import socket, freezegun, time_machine
with {stopped}:
    from tests.server.servers import make, started
    with started(make()) as server:
        client = socket.create_connection(("127.0.0.1", server.port))
        client.settimeout(10)
        client.sendall(b"GET /later HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n")
        print(client.recv(12))
        client.close()
"""
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert output.stdout == "b'HTTP/1.1 200'\n"
