"""The target of the request line reaches the journal and the stubs through every adapter."""

import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests

from mockserver import TokenMock, TokenServer
from mockserver.adapters.flask import app_for
from mockserver.admin.application import new_application
from mockserver.model.http import Request
from mockserver.wiremock.request_values import url_of

HOST = "platform-server"
TARGETS = ["/a%2Fb", "/a?b=%2F+c", "/%C3%BC;x", "/"]


def by_requests(target: str) -> str:
    with TokenMock() as mock:
        requests.get(f"https://{HOST}{target}", timeout=5)
        return mock.requests.all()[0].url


def by_httpx(target: str) -> str:
    with TokenMock() as mock, httpx.Client(transport=mock.httpx_transport()) as client:
        client.get(f"https://{HOST}{target}")
        return mock.requests.all()[0].url


def by_wire(target: str, **raw: bytes) -> str:
    with TokenServer() as server:
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as client:
            line = b"GET " + raw.get("raw", target.encode()) + b" HTTP/1.0\r\n\r\n"
            client.sendall(line)
            while client.recv(4096):
                pass
        return server.requests.all()[0].url


def by_flask(target: str, **environ: Any) -> str:
    """As a client of Werkzeug's sends it; `environ`: what another server says."""
    front = new_application({})
    with app_for(front).test_client() as client:
        client.get(target, environ_overrides=environ)
    return url_of(front.engine.state.journal.all()[0].routed.request)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("adapter", [by_requests, by_httpx, by_wire, by_flask])
def test_target_is_shown_as_it_was_sent(adapter: Callable[[str], str], target: str) -> None:
    assert adapter(target) == target


def test_stub_at_an_escaped_path_answers_there() -> None:
    with TokenServer() as server:
        for path in ("/a%2Fb", "/zz?"):
            where = {"url": path}
            server.stub({"request": where, "response": {"status": 204}})
        port = int(server.url.rpartition(":")[2])
        for target in (b"/a%2Fb", b"/zz?"):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"GET " + target + b" HTTP/1.0\r\n\r\n")
                assert client.recv(4096).startswith(b"HTTP/1.1 204 ")


@pytest.mark.parametrize(("raw", "shown"), [
    (b"http://kitegateway.com/a%2Fb?c", "/a%2Fb?c"),
    (b"http://kitegateway.com", "/"),
    (b"/zz?", "/zz?"),
    (b"/a?b=%2f", "/a?b=%2f"),
    (b"http://kitegateway.com?a", "/?a"),
    (b"//a#b", "//a"),
    ("/ü".encode(), "/%C3%BC"),
])  # fmt: skip
def test_target_may_have_any_form_on_the_wire(raw: bytes, shown: str) -> None:
    assert by_wire("", raw=raw) == shown


@pytest.mark.parametrize(("environ", "shown"), [
    ({"RAW_URI": "/a%2Fb", "REQUEST_URI": "/c"}, "/a%2Fb"),
    ({"RAW_URI": "", "REQUEST_URI": "/a%2Fb"}, "/a%2Fb"),
    ({"RAW_URI": "", "REQUEST_URI": ""}, "/a/b"),
    ({"RAW_URI": "http://h/a%2Fb#c"}, "/a%2Fb"),
    ({"RAW_URI": "/below/a%2Fb", "SCRIPT_NAME": "/below"}, "/a%2Fb"),
    ({"RAW_URI": "/elsewhere/a%2Fb", "SCRIPT_NAME": "/below"}, "/a/b"),
    ({"RAW_URI": "/\xfc"}, "/a/b"),
])  # fmt: skip
def test_target_is_found_in_what_the_server_below_flask_says(
    environ: dict[str, str], shown: str
) -> None:
    assert by_flask("/a%2Fb", **environ) == shown


def test_printed_request_does_not_show_its_target() -> None:
    assert "s3cret" not in repr(Request("GET", "/", target="/?token=s3cret"))
