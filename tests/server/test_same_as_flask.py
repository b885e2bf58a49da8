"""A request is the same value through our server and through Flask."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import pytest

from mockserver.adapters.flask import app_for
from mockserver.admin.application import Application
from mockserver.server import WireServer
from tests.server import echo
from tests.server.servers import behind_werkzeug, serving_as
from tests.server.socket_client import SocketClient
from tests.server.table.case import request, sized

CLOSE = "Connection: close"


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    with serving_as("plain") as server:
        yield server


@pytest.fixture(scope="module")
def flask() -> Iterator[WireServer]:
    """The echo behind Flask and Werkzeug's server."""
    front = SimpleNamespace(answer=echo.answer, engine=SimpleNamespace(vendors=()))
    with behind_werkzeug(app_for(cast(Application, front))) as server:
        yield cast(WireServer, server)


@pytest.mark.parametrize("sent", [
    request("GET /a?b=%20&c=d?e", CLOSE), request("GET /a?", CLOSE),
    request("GET /a%20b%C3%A9%2f%2e", CLOSE), request("GET /%ff%zz%", CLOSE),
    request("GET /a;b=c/../d", CLOSE), request("GET /%2Fa", CLOSE), request("GET /a#b", CLOSE),
    request("GET http://other:80/a?b", CLOSE), request("GET /a", "X: \xe9", CLOSE),
    sized("POST /a", b"\0\xff\r\n", CLOSE), sized("DELETE /a", b"abc", CLOSE),
    request("OPTIONS /a", CLOSE),
], ids=lambda sent: sent.split(b" HTTP")[0].decode("latin-1"))  # fmt: skip
def test_request_is_the_same_through_flask(
    sent: bytes, wire: WireServer, flask: WireServer
) -> None:
    answers = []
    for server in (wire, flask):
        with SocketClient(server) as client:
            client.send(sent)
            answers.append(client.read_all().partition(b"\r\n\r\n")[2])
    assert answers[0] == answers[1] != b""
