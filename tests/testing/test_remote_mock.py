"""What only controls from afar have: an address, namespaces, and servers that are none of ours."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from mockserver import RemoteMock, TokenServer
from mockserver.admin.openapi import document
from mockserver.admin.routes import ROUTES
from mockserver.model.errors import ConfigurationError, ControlError, MockServerError
from mockserver.model.http import Request, Response
from mockserver.testing import remote_mock
from mockserver.testing.remote_mock import FIELDS
from tests.adapters.served import Served

CALLS: dict[str, Callable[[RemoteMock], object]] = {
    "health": lambda mock: mock.health(),
    "tokens": lambda mock: mock.tokens(),
    "clock": lambda mock: mock.clock.now(),
    "mint": lambda mock: mock.mint("dstor"),
    "requests": lambda mock: mock.requests.all(),
    "reset": lambda mock: mock.reset(),
    "vendors": lambda mock: mock.vendors,
    "accounts": lambda mock: mock.fail("dstor"),
    "wait": lambda mock: mock.requests.wait(),
}
TEXT = (("Content-Type", "text/html"),)
FOREIGN = {
    "a page": Response(200, TEXT, b"<h1>It works!</h1>"),
    "nothing": Response(200, TEXT),
    "a list": Response(200, TEXT, b"[]"),
    "a text": Response(200, TEXT, b'"fine"'),
    "an object": Response(200, TEXT, b'{"status": "ok"}'),
    "elsewhere": Response(302, (("Location", "/login"),), b""),
}


@pytest.fixture(params=["", "/ns/team", "/ns/team/"])
def shared(request: pytest.FixtureRequest) -> Iterator[RemoteMock]:
    with TokenServer() as server:
        yield RemoteMock(server.url + request.param)


def test_a_namespace_of_a_namespace_is_one_beside_it(shared: RemoteMock) -> None:
    first, second = shared.namespace(), shared.namespace().namespace()
    assert len({shared.url, first.url, second.url}) == 3
    for mock in (shared, first, second):
        assert requests.get(f"{mock.datasentinel.base_url}/ds-api/", timeout=10).ok
    for mock in (shared, first, second):
        assert mock.requests.count() == 1
        mock.requests.clear()


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("call", CALLS)
def test_another_server_is_told_from_ours(kind: str, call: str) -> None:
    with Served(lambda _: FOREIGN[kind]) as other, pytest.raises(ControlError) as refused:
        CALLS[call](RemoteMock(other.url))
    assert f"{other.url} is no token-mockserver" in str(refused.value)


@pytest.mark.parametrize("token", ["a\nb", "a\r\nX-Evil: 1", "two words", "", "é", "a\0"])
def test_an_admin_token_that_no_header_carries_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ConfigurationError, match="admin token") as refused:
        RemoteMock("http://127.0.0.1:7401", token)
    assert not token or token not in str(refused.value)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_mock, "_PATIENCE", 0.2)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("call", [call for call in CALLS if call != "wait"])
def test_a_silent_server_is_not_waited_for_for_ever(call: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mock = RemoteMock(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(ControlError, match=r"does not answer within 0\.2 s"):
            CALLS[call](mock)


@pytest.mark.usefixtures("impatient")
def test_wait_is_given_the_time_that_the_server_may_take() -> None:
    with TokenServer() as server, pytest.raises(TimeoutError, match="0 of 1"):
        RemoteMock(server.url).requests.wait(timeout=0.6)


def test_an_answer_that_comes_late_is_an_answer() -> None:
    def slow(_: Request) -> Response:
        time.sleep(0.3)
        return Response(200, TEXT, b'{"status": "healthy", "version": "1"}')

    with Served(slow) as late:
        assert RemoteMock(late.url).health()["status"] == "healthy"


def test_what_tells_an_answer_of_ours_is_in_its_schema() -> None:
    schemas = document(ROUTES)["components"]["schemas"]
    for name, fields in FIELDS.items():
        assert set(fields) <= set(schemas[name]["properties"]), name
    assert schemas["Nothing"] == {"type": "object", "additionalProperties": False}


@pytest.mark.parametrize("url", ["http://user:s3cret@127.0.0.1:9", "ftp://user:s3cret@a"])
def test_no_error_shows_the_password_of_an_address(url: str) -> None:
    with pytest.raises(MockServerError) as error:
        RemoteMock(url).clock.now()
    assert "s3cret" not in str(error.value)
    assert "//" in str(error.value)
