"""What `requests` does around an answer: reading, retries, cookies, hooks, sessions."""

import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests
from requests import PreparedRequest, Session
from requests.adapters import HTTPAdapter
from requests.auth import HTTPDigestAuth

from mockserver.adapters.requests import Interception
from mockserver.model.http import Request, Response
from tests.adapters.clients import both
from tests.adapters.intercepting import active, mock_of
from tests.adapters.served import AnswerServer

TEXT = Response(200, (("Content-Type", "text/plain"),), b"first line\nsecond line\nthird line")


READINGS: dict[str, Callable[[requests.Response], object]] = {
    "in pieces": lambda response: list(response.iter_content(7)),
    "in lines": lambda response: list(response.iter_lines()),
    "as it comes": lambda response: b"".join(response.iter_content(None)),
    "raw": lambda response: [response.raw.read(5), response.raw.read(), response.raw.read()],
    "raw stream": lambda response: list(response.raw.stream(8)),
    "in part": lambda response: next(response.iter_content(3)),
    "all at last": lambda response: (response.raw.closed, response.text, response.raw.closed),
    "not at all": lambda response: response.status_code,
}


def test_answer_is_read_as_from_a_server() -> None:
    def use(_: object, url: str) -> list[object]:
        found = []
        for read in READINGS.values():
            with requests.get(url, stream=True) as response:
                found.append(read(response))
        return found

    here, there = both(lambda _: TEXT, use)
    assert here == there
    packed = Response(200, (("Content-Encoding", "gzip"),), gzip.compress(b"unpacked"))
    raw, _ = both(lambda _: packed, lambda _, url: requests.get(url, stream=True).raw.read())
    assert raw == packed.body


def test_redirects_cross_the_mock_and_the_network() -> None:
    def to(url: str) -> Response:
        return Response(302, (("Location", url),))

    with AnswerServer(lambda _: to("https://vendor.test/end")) as network:
        ends = {"/end": TEXT, "/": to(network.url)}
        with active(Interception(lambda request: ends[request.path], "vendor.test".__eq__)):
            response = requests.get("https://vendor.test/")
    assert response.text.startswith("first line")
    assert [step.status_code for step in response.history] == [302, 302]


def test_cookies_are_sent_back() -> None:
    def answer(request: Request) -> Response:
        cookie = request.headers.get("cookie") or "none"
        return Response(200, (("Set-Cookie", "a=1; Path=/; Secure"),), cookie.encode())

    with active(Interception(answer, "vendor.test".__eq__)), Session() as session:
        assert [session.get("https://vendor.test/").text for _ in "12"] == ["none", "a=1"]


def test_hooks_elapsed_and_prepared_requests_work() -> None:
    texts: list[str] = []

    def hook(response: requests.Response, *_: Any, **__: Any) -> None:
        texts.append(response.text)

    prepared = PreparedRequest()
    prepared.prepare("GET", "https://vendor.test/", headers={})
    with active(mock_of("vendor.test")), Session() as session:
        response = requests.get("https://vendor.test/", hooks={"response": hook})
        assert session.send(prepared).text == "ours"
        assert HTTPAdapter().send(prepared, False, 1).text == "ours"
        for _ in range(30):  # answers that are not read
            session.get("https://vendor.test/", stream=True)
        assert session.get("https://vendor.test/").text == "ours"
    assert texts == ["ours"]
    assert timedelta() < response.elapsed
    assert response.request.url == "https://vendor.test/"


def test_adapter_of_the_user_is_used() -> None:
    class Adapter(HTTPAdapter):
        def add_headers(self, request: PreparedRequest, **_: Any) -> None:
            request.headers["X-Added"] = "1"

        def get_connection_with_tls_context(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("on its way to the network")

    def answer(request: Request) -> Response:
        return Response(200, (), (request.headers.get("x-added") or "").encode())

    with active(Interception(answer, "vendor.test".__eq__)), Session() as session:
        session.mount("https://", Adapter())
        response = session.get("https://vendor.test/")
    assert response.text == "1"
    assert isinstance(response.connection, Adapter)


def test_digest_authentication_sends_again() -> None:
    def answer(request: Request) -> Response:
        if "authorization" in request.headers:
            return TEXT
        return Response(401, (("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"'),))

    auth = HTTPDigestAuth("u", "p")
    here, there = both(answer, lambda _, url: requests.get(url, auth=auth).text)
    assert here == there == TEXT.body.decode()


@pytest.mark.parametrize("options", [
    *({"proxies": {"all": f"{scheme}://127.0.0.1:1"}} for scheme in ("http", "socks5")),
    *({"verify": verify, "cert": "/none"} for verify in (True, False, "/no/such/file")),
], ids=str)  # fmt: skip
def test_no_proxy_is_asked_and_no_certificate_is_read(options: dict[str, Any]) -> None:
    def answer(request: Request) -> Response:
        return Response(200, (), f"{request.path}?{request.query}".encode())

    with active(Interception(answer, "vendor.test".__eq__)):
        for url in ("http://vendor.test/a?b", "https://vendor.test/a?b"):
            assert requests.get(url, **options).text == "/a?b"


def test_many_threads_share_a_session() -> None:
    def answer(request: Request) -> Response:
        return Response(200, (), request.body)

    with active(Interception(answer, "vendor.test".__eq__)), Session() as session:

        def echo(number: int) -> bool:
            body = str(number)
            return session.post(f"https://vendor.test/{number}", data=body).text == body

        with ThreadPoolExecutor(16) as pool:
            assert all(pool.map(echo, range(300)))
