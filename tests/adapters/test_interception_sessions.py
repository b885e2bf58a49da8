"""What `requests` does around an answer: reading, redirects, cookies, hooks, retries, sessions."""

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
from tests.adapters.intercepting import active, both, mock_of
from tests.adapters.served import Served

TEXT = Response(200, (("Content-Type", "text/plain"),), b"first line\nsecond line\nthird line")


def streamed(read: Callable[[requests.Response], object]) -> Callable[[str], object]:
    def use(url: str) -> object:
        with requests.get(url, stream=True) as response:
            return read(response)

    return use


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


@pytest.mark.parametrize("read", READINGS.values(), ids=READINGS)
def test_an_answer_is_read_as_from_a_server(read: Callable[[requests.Response], object]) -> None:
    here, there = both(lambda _: TEXT, streamed(read))
    assert here == there


def test_a_compressed_answer_is_unpacked() -> None:
    packed = Response(200, (("Content-Encoding", "gzip"),), gzip.compress(b"unpacked"))

    def use(url: str) -> tuple[bytes, bytes]:
        return requests.get(url).content, requests.get(url, stream=True).raw.read()

    here, there = both(lambda _: packed, use)
    assert here == there == (b"unpacked", packed.body)


def redirecting(request: Request) -> Response:
    """From / over /1 and /2 to /3, which tells what it received."""
    if request.path == "/3":
        return Response(200, (), f"{request.method} {request.headers.get('cookie')}".encode())
    step = int(request.path.strip("/") or 0)
    fields = (("Location", f"/{step + 1}"), ("Set-Cookie", f"step{step}=x"))
    return Response((302, 307, 303)[step], fields)


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("follow", [True, False])
def test_redirects_are_followed(method: str, follow: bool) -> None:
    def use(url: str) -> object:
        with Session() as session:
            response = session.request(method, url, allow_redirects=follow)
            steps = [(step.status_code, step.url) for step in response.history]
            return steps, response.status_code, response.text, session.cookies.get_dict()

    here, there = both(redirecting, use)
    assert here == there


def test_redirects_lead_from_ours_to_the_network_and_back() -> None:
    def to(url: str) -> Response:
        return Response(302, (("Location", url),))

    with Served(lambda _: to("https://vendor.test/end")) as network:
        ends = {"/end": TEXT, "/": to(network.url)}
        with active(Interception(lambda request: ends[request.path], "vendor.test".__eq__)):
            response = requests.get("https://vendor.test/")
    assert response.text.startswith("first line")
    assert [step.status_code for step in response.history] == [302, 302]


def test_cookies_of_ours_are_sent_back_to_ours() -> None:
    def answer(request: Request) -> Response:
        cookie = request.headers.get("cookie") or "none"
        return Response(200, (("Set-Cookie", "a=1; Path=/; Secure"),), cookie.encode())

    with active(Interception(answer, "vendor.test".__eq__)), Session() as session:
        assert [session.get("https://vendor.test/").text for _ in "12"] == ["none", "a=1"]


def test_hooks_elapsed_and_the_request_are_there() -> None:
    seen: list[str] = []

    def hook(response: requests.Response, *_: Any, **__: Any) -> None:
        seen.append(response.text)

    with active(mock_of("vendor.test")):
        response = requests.get("https://vendor.test/", hooks={"response": hook})
    assert seen == ["ours"]
    assert timedelta() < response.elapsed < timedelta(seconds=5)
    assert response.request.url == "https://vendor.test/"


def test_a_prepared_request_is_sent_with_and_without_a_session() -> None:
    prepared = PreparedRequest()
    prepared.prepare("GET", "https://vendor.test/", headers={})
    with active(mock_of("vendor.test")), Session() as session:
        assert session.send(prepared).text == "ours"
        assert HTTPAdapter().send(prepared, False, 1).text == "ours"


def test_an_adapter_of_ones_own_has_its_say() -> None:
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


def test_digest_authentication_asks_again() -> None:
    def answer(request: Request) -> Response:
        if "authorization" in request.headers:
            return TEXT
        return Response(401, (("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"'),))

    auth = HTTPDigestAuth("u", "p")
    here, there = both(answer, lambda url: requests.get(url, auth=auth).text)
    assert here == there == TEXT.body.decode()


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_no_proxy_is_asked(proxy: str) -> None:
    def answer(request: Request) -> Response:
        return Response(200, (), f"{request.path}?{request.query}".encode())

    with active(Interception(answer, "vendor.test".__eq__)):
        for url in ("http://vendor.test/a?b", "https://vendor.test/a?b"):
            assert requests.get(url, proxies={"all": proxy}).text == "/a?b"


@pytest.mark.parametrize("verify", [True, False, "/no/such/file"])
def test_no_certificate_is_looked_at(verify: bool | str) -> None:
    with active(mock_of("vendor.test")):
        assert requests.get("https://vendor.test/", verify=verify, cert="/none").text == "ours"


def test_an_answer_that_is_not_read_is_left_behind() -> None:
    with active(mock_of("vendor.test")), Session() as session:
        for _ in range(30):
            session.get("https://vendor.test/", stream=True)
        assert session.get("https://vendor.test/").text == "ours"


def test_many_threads_share_a_session() -> None:
    def answer(request: Request) -> Response:
        return Response(200, (), request.body)

    with active(Interception(answer, "vendor.test".__eq__)), Session() as session:

        def echo(number: int) -> bool:
            body = str(number)
            return session.post(f"https://vendor.test/{number}", data=body).text == body

        with ThreadPoolExecutor(16) as pool:
            assert all(pool.map(echo, range(300)))


def test_what_an_answer_raises_reaches_the_caller() -> None:
    def answer(_: Request) -> Response:
        raise LookupError("a mistake")

    mock = Interception(answer, "vendor.test".__eq__)
    with active(mock), pytest.raises(LookupError, match="a mistake"):
        requests.get("https://vendor.test/")
