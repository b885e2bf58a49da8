"""What only remote controls have: an address, namespaces, and other servers."""

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
from tests.adapters.served import AnswerServer

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


def test_namespace_of_a_namespace_is_a_sibling(shared: RemoteMock) -> None:
    first, second = shared.namespace(), shared.namespace().namespace()
    assert len({shared.url, first.url, second.url}) == 3
    for mock in (shared, first, second):
        assert requests.get(f"{mock.datasentinel.base_url}/ds-api/", timeout=10).ok
    for mock in (shared, first, second):
        assert mock.requests.count() == 1
        mock.requests.clear()


def test_a_namespace_may_be_named(shared: RemoteMock) -> None:
    first, again = (
        shared.namespace("team-2"),
        RemoteMock(f"{shared.url}/__admin").namespace("team-2"),
    )
    first.clock.freeze("2030-01-01")
    assert (again.url, again.clock.now().year) == (first.url, 2030)
    with pytest.raises(ControlError, match="a namespace is 1 to 100 letters"):
        shared.namespace("a b").clock.now()


def test_what_answers_no_call_is_named_with_a_cure() -> None:
    with TokenServer() as server:
        for path in ("/dapi", "/nowhere"):
            with pytest.raises(ControlError, match=r"address must be that of|No vendor has"):
                RemoteMock(server.url + path).clock.now()
        with pytest.raises(ControlError, match="Use http://, or let SSL_CERT_FILE name"):
            RemoteMock(server.url.replace("http", "https")).clock.now()
    with pytest.raises(
        ControlError, match=r"\. Is a server running there\? `token-mockserver serve`"
    ):
        RemoteMock("http://127.0.0.1:9").clock.now()


@pytest.mark.parametrize("kind", FOREIGN)
def test_another_server_is_recognized(kind: str) -> None:
    with AnswerServer(lambda _: FOREIGN[kind]) as other:
        for call in CALLS.values():
            with pytest.raises(ControlError) as refused:
                call(RemoteMock(other.url))
            assert f"{other.url} is not a token-mockserver" in str(refused.value)


@pytest.mark.parametrize("token", ["a\nb", "a\r\nX-Evil: 1", "two words", "", "é", "a\0"])
def test_admin_token_that_no_header_carries_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ConfigurationError, match="admin token") as refused:
        RemoteMock("http://127.0.0.1:7401", token)
    assert not token or token not in str(refused.value)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_mock, "_TIMEOUT", 0.2)


@pytest.mark.usefixtures("impatient")
def test_silent_server_is_an_error_after_a_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mock = RemoteMock(f"http://127.0.0.1:{silent.getsockname()[1]}")
        for name, call in CALLS.items():
            if name != "wait":
                with pytest.raises(ControlError, match=r"does not answer within 0\.2 s"):
                    call(mock)


@pytest.mark.usefixtures("impatient")
def test_wait_has_the_time_of_the_server() -> None:
    with TokenServer() as server, pytest.raises(TimeoutError, match="0 of 1"):
        RemoteMock(server.url).requests.wait(timeout=0.6)


def test_late_answer_is_an_answer() -> None:
    def slow(_: Request) -> Response:
        time.sleep(0.3)
        return Response(200, TEXT, b'{"status": "healthy", "version": "1"}')

    with AnswerServer(slow) as late:
        assert RemoteMock(late.url).health()["status"] == "healthy"


def test_fields_that_identify_an_answer_are_in_its_schema() -> None:
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
