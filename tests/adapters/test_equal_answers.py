"""Answers through each adapter are those of the engine, byte for byte."""

import json
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any
from urllib.parse import quote

import flask
import httpx
import pytest
import requests
from werkzeug.test import TestResponse

from mockserver import TokenMock, create_app
from mockserver.adapters.flask import app_for
from mockserver.admin.application import Application
from mockserver.emulator.engine import Engine
from mockserver.model.errors import ConfigurationError
from mockserver.model.http import Fault, Headers, Request, Response
from tests.engine_client import NOW, basic, fresh_engine, request
from tests.sample_requests import RANDOM, sample_requests
from tests.vendor_tokens import DATASENTINEL_LOGIN, DSTOR_KEY

OTHERS = {
    "unknown path": request("GET /dstor/nowhere"),
    "nobody's path": request("GET /nowhere"),
    "the root": request("GET /"),
    "wrong method": request("DELETE /ds-api/user-token"),
    "wrong method, by prefix": request("PUT /kitegateway/v1/auth/token"),
    "a slash at the end": request("GET /v1/dev/temp-token/", DSTOR_KEY),
    "an escaped path": request("GET /dstor/%C3%A9%20%2F"),
    "a query": request("GET /ds-api/user-token?token=%41&user-token=&x", DATASENTINEL_LOGIN),
    "a head": request("HEAD /v1/dev/temp-token", DSTOR_KEY),
    "a preflight": request("OPTIONS /dstor/", {"Origin": "https://a.test"}),
    "options elsewhere": request("OPTIONS /v1/auth/token"),
    "bad json": request("POST /v2/auth/ExchangeToken", body=b"{"),
    "bytes": request("POST /v1/auth/token", body=bytes(range(256))),
    "a form": request(
        "POST /v1/auth/token",
        {"Content-Type": "application/x-www-form-urlencoded"},
        body=b"api_key=x&expires_in=1",
    ),
    "a multipart body": request(
        "POST /v1/auth/token", {"Content-Type": "multipart/form-data; boundary=x"}, body=b"--x--"
    ),
    "a body on a get": request("GET /ds-api/", body=b"{}"),
    "a long body": request("POST /v1/auth/token", body=b" " * ((1 << 20) + 1)),
    "basic of latin letters": request("POST /ds-api/user-token", basic("\u00e9", "\u00e8")),
    "a header of latin letters": request("GET /v1/dev/temp-token", {"api-key": "\u00e9" * 64}),
    "a weird method": request("BREW /v1/auth/token"),
    "control": request("GET /__admin/clock", {"Host": "localhost"}),
    "control, refused": request("GET /__admin/clock", {"Host": "evil.test"}),
    "control, unknown": request("GET /__admin/nonsense", {"Host": "localhost"}),
    "control, from elsewhere": request("GET /__admin/clock", {"Host": "localhost"}, peer="8.8.8.8"),
}
HOSTS = [
    *("api.dapi.com", "API.DAPI.COM", "api.dapi.com.", "api.dapi.com:8443", "platform-server"),
    *("", "a b", "a..b", "\u00e9.test", "x" * 300, "[::1", "[::1]:99999", "a:b:c", "a/b", "@"),
    *("localhost:70000", "localhost:", ":80", "127.0.0.1:abc", "xn--\u00ff", "a,b", "%00", "-"),
]


def through_flask(app: flask.Flask, asked: Request) -> TestResponse:
    """The same request, sent to the application."""
    headers = [(name, value) for name, value in asked.headers.pairs if name.lower() != "host"]
    return app.test_client().open(
        quote(asked.path),
        method=asked.method,
        query_string=asked.query,
        headers=headers,
        data=asked.body,
        environ_overrides={
            "REMOTE_ADDR": asked.peer,
            "HTTP_HOST": asked.headers.get("host") or "",
            "PATH_INFO": asked.path.encode().decode("latin-1"),
        },
    )


def shown(response: TestResponse | Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, header fields without the length, and the body without its random parts."""
    if isinstance(response, Response):
        status, pairs, body = response.status, response.headers, response.body
    else:
        status, pairs, body = response.status_code, tuple(response.headers), response.data
    return (
        status,
        [pair for pair in pairs if pair[0] != "Content-Length"],
        RANDOM.sub(b"<random>", body),
    )


@pytest.fixture(scope="module")
def engine() -> Engine:
    return fresh_engine()


@pytest.fixture(scope="module")
def app(engine: Engine) -> flask.Flask:
    return app_for(Application(lambda _: engine))


def check_equal(engine: Engine, app: flask.Flask, asked: Request) -> TestResponse:
    """Check that Flask answers a request as the engine does; return its answer."""
    expected = Application(lambda _: engine).answer(asked)
    if asked.method == "HEAD":
        expected = expected._replace(body=b"")
    answered = through_flask(app, asked)
    assert shown(answered) == shown(expected)
    return answered


@pytest.mark.parametrize("name", sample_requests(fresh_engine()))
def test_endpoint_answers_as_through_the_engine(
    engine: Engine, app: flask.Flask, name: str
) -> None:
    expected = engine.answer(sample_requests(engine)[name])
    answered = through_flask(app, sample_requests(engine)[name])
    assert shown(answered) == shown(expected)
    assert answered.status_code in (200, 201)
    assert int(answered.headers["Content-Length"]) == len(answered.data)


@pytest.mark.parametrize("name", OTHERS)
def test_anything_else_is_answered_as_through_the_engine(
    engine: Engine, app: flask.Flask, name: str
) -> None:
    check_equal(engine, app, OTHERS[name])


@pytest.mark.parametrize("host", HOSTS)
def test_any_host_is_answered_as_through_the_engine(
    engine: Engine, app: flask.Flask, host: str
) -> None:
    for path in ("/v2/auth/ExchangeToken", "/nowhere", "/__admin/health"):
        check_equal(engine, app, request(f"GET {path}", {"Host": host.encode().decode("latin-1")}))


def by_requests(_mock: TokenMock, url: str, asked: Request) -> tuple[int, Any, bytes]:
    answer = requests.request(
        asked.method, url, headers=dict(asked.headers.pairs), data=asked.body, timeout=5
    )
    return answer.status_code, answer.headers.items(), answer.content


def by_httpx(mock: TokenMock, url: str, asked: Request) -> tuple[int, Any, bytes]:
    with httpx.Client(transport=mock.httpx_transport()) as client:
        headers = dict(asked.headers.pairs)
        answer = client.request(asked.method, url, headers=headers, content=asked.body)
        return answer.status_code, answer.headers.multi_items(), answer.content


@pytest.mark.parametrize("name", sample_requests(fresh_engine()))
@pytest.mark.parametrize("ask", [by_requests, by_httpx])
def test_clients_in_the_process_get_the_answers_of_the_engine(
    ask: Callable[[TokenMock, str, Request], tuple[int, Any, bytes]], name: str
) -> None:
    def named(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        pairs = sorted((name.lower(), value) for name, value in headers)
        return [pair for pair in pairs if pair[0] != "content-length"]

    with TokenMock(freeze="2026-01-01T00:00:00Z") as mock:
        host = mock.vendors[name.partition(".")[0]].hosts[0]
        plain = sample_requests(mock.engine)[name]
        hosted = plain._replace(headers=Headers([*plain.headers.pairs, ("Host", host)]))
        expected = mock.engine.answer(hosted)
        asked = sample_requests(mock.engine)[name]
        status, headers, body = ask(mock, f"https://{host}{asked.path}?{asked.query}", asked)
        assert (status, named(headers)) == (expected.status, named(expected.headers))
        assert RANDOM.sub(b"*", body) == RANDOM.sub(b"*", expected.body)


def test_head_and_204_have_no_body(app: flask.Flask) -> None:
    answered = through_flask(app, request("HEAD /v1/dev/temp-token", DSTOR_KEY))
    assert (answered.status_code, answered.data) == (200, b"")
    assert int(answered.headers["Content-Length"]) > 100
    answered = through_flask(app, request("OPTIONS /v1/dev/temp-token"))
    assert answered.status_code == 204
    assert {"Content-Length", "Content-Type"}.isdisjoint(dict(answered.headers))


@pytest.mark.parametrize("length", ["abc", "-1", "1.5", "", "\u00b2"])
def test_bad_length_is_answered_by_the_vendor(app: flask.Flask, length: str) -> None:
    answered = app.test_client().post(
        "/v1/auth/token", data=b"{}", environ_overrides={"CONTENT_LENGTH": length}
    )
    assert answered.status_code == 400
    assert json.loads(answered.data)["status"] == "error"


def test_chunked_body_is_read_to_its_end(app: flask.Flask) -> None:
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answered = app.test_client().post(
        "/v1/dev/temp-token",
        data=b'{"email": "dev@example.com", "password": "dstor-password"}',
        environ_overrides={**environ, "CONTENT_LENGTH": ""},
    )
    assert answered.status_code == 200


def test_path_that_is_no_text_is_not_found(app: flask.Flask) -> None:
    answered = app.test_client().get("/x", environ_overrides={"PATH_INFO": "/\xff"})
    assert answered.status_code == 404
    assert answered.content_type == "application/problem+json"


def test_fault_is_a_501_that_names_it() -> None:
    client = create_app().test_client()
    for fault in Fault:
        stub = {"vendor": "datasentinel", "response": {"fault": fault}, "times": 1}
        client.post("/__admin/mappings", json=stub)
        answered = client.get("/ds-api/")
        assert (answered.status_code, answered.content_type) == (501, "application/problem+json")
        assert fault in json.loads(answered.data)["detail"]
        assert answered.headers["Date"]
        assert client.get("/ds-api/").status_code == 200


def test_delayed_answer_comes_late() -> None:
    client = create_app().test_client()
    stub = {"vendor": "datasentinel", "response": {"fixedDelayMilliseconds": 200}}
    client.post("/__admin/mappings", json=stub)
    began = monotonic()
    assert client.get("/ds-api/").status_code == 200
    assert monotonic() - began >= 0.2


def test_chance_repeats_with_the_seed() -> None:
    def statuses() -> list[int]:
        client = create_app(seed=7).test_client()
        stub = {"vendor": "datasentinel", "error": 500, "probability": 0.5}
        client.post("/__admin/mappings", json=stub)
        return [client.get("/ds-api/").status_code for _ in range(32)]

    first = statuses()
    assert set(first) == {200, 500}
    assert statuses() == first


def test_applications_share_nothing() -> None:
    client, other = create_app().test_client(), create_app().test_client()
    statuses = [client.get(path).status_code for path in ("/ds-api/", "/dapi/", "/__admin/health")]
    assert statuses == [200, 404, 200]
    token = client.post("/ds-api/user-token", headers=DATASENTINEL_LOGIN).json["user-token"]  # type: ignore[index]
    assert client.get("/ds-api/roles", headers={"user-token": token}).status_code == 200
    assert other.get("/ds-api/roles", headers={"user-token": token}).status_code == 401
    client.put("/__admin/clock", json={"now": NOW})
    assert client.get("/ds-api/").headers["Date"] == "Thu, 01 Jan 2026 00:00:00 GMT"


def test_application_takes_settings() -> None:
    client = create_app({"dapi": {"response": "page"}, "dstor": {"default_ttl": 1}}).test_client()
    printed = {
        "appSecret": "app_secret_value",
        "accessCode": "access_code_value",
        "connectionID": "connection_id_value",
    }
    assert len(json.loads(client.post("/v2/auth/ExchangeToken", json=printed).data)) == 2
    assert create_app(settings={}).test_client().get("/ds-api/").status_code == 200
    with pytest.raises(ConfigurationError, match=r"dstor\.ttl is not a setting"):
        create_app({"dstor": {"ttl": 1}})
