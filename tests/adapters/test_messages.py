"""Requests and answers in the process are what they are to and from a server, for each client."""

import asyncio
import gzip
import io
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from cachecontrol import CacheControl
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.adapters.httpx import Transport
from mockserver.model.http import Request, Response
from tests.adapters.clients import CLIENTS, LibraryClient, Send, both, each_client, seen
from tests.adapters.intercepting import saying
from tests.adapters.served import AnswerServer

HELLO = Response(200, (("Content-Type", "text/plain"), ("X-A", "1"), ("X-A", "2")), b"hello")
HOST = "https://vendor.test/"


def check_sent(client: LibraryClient, use: Callable[[Send, str], object]) -> Request:
    """Check that a server and the mock receive the same; return it."""
    requests: list[Request] = []

    def answer(request: Request) -> Response:
        requests.append(request)
        return HELLO

    both(answer, use, client)
    here, there = (
        [(each._replace(headers=None), each.headers.pairs) for each in half]  # type: ignore[arg-type]
        for half in (requests[len(requests) // 2 :], requests[: len(requests) // 2])
    )
    assert [(each[0][:5], each[1]) for each in here] == [(each[0][:5], each[1]) for each in there]
    return requests[-1]


def numbers() -> Iterator[bytes]:
    for number in range(3):
        yield b"part %d;" % number


BODIES: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "empty": lambda: b"",
    "bytes": lambda: bytes(range(256)),
    "str": lambda: "caf\u00e9",
    "generator": numbers,
}
OF_REQUESTS: dict[str, Callable[[], Any]] = {
    "form": lambda: {"a": "1", "b": ["2", "\u00e9"]},
    "file": lambda: io.BytesIO(b"file" * 10_000),
    "text file": lambda: io.StringIO("text"),
    "list of str": lambda: iter(["\u00e9\n", "", "b"]),
    "bytearray": lambda: bytearray(b"array"),
}
OPTIONS: list[dict[str, Any]] = [
    {"json": {"a": [1, "\u00e9"]}},
    {"headers": {"Host": "other.test:81", "api-key": b"\xe9"}, "auth": ("u", "p")},
    {"headers": {"X": b"bytes \xff", "Connection": "close"}},
]


@each_client
def test_far_end_receives_bodies_paths_and_headers(client: LibraryClient) -> None:
    bodies = BODIES | (OF_REQUESTS if client.kind == "requests" else {})
    for body in bodies.values():
        check_sent(client, lambda send, url, body=body: send("POST", url, body()))  # type: ignore[misc]
    for path in (
        *("", "/", "/a/b?c=d", "/%41%2f%C3%A9", "/\u00e9 ?q=\u00e9 +&&", "//double//", "/a;b?"),
        *("/#f", "/a?b=c"),
    ):
        check_sent(client, lambda send, url, path=path: send("GET", url + path))  # type: ignore[misc]
    for options in OPTIONS:
        check_sent(client, lambda send, url, options=options: send("PUT", url, **options))  # type: ignore[misc]
    form = {"data": {"a": "1", "b": ["2", "\u00e9"]}}
    if client.kind != "requests":
        check_sent(client, lambda send, url: send("POST", url, **form))


def test_far_end_receives_an_open_file_from_its_position(tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"0123456789")

    def use(send: Send, url: str) -> None:
        with path.open("rb") as file:
            file.seek(4)
            send("POST", url, file)

    assert check_sent(CLIENTS[0], use).body == b"456789"


@pytest.mark.parametrize("client", CLIENTS[:2], ids=lambda client: client.kind)
@settings(max_examples=25)
@given(path=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20))
def test_any_path_is_received_the_same(client: LibraryClient, path: str) -> None:
    check_sent(client, lambda send, url: send("GET", f"{url}/{path}"))


ANSWERS = {
    "doubled fields": HELLO,
    "json": Response(201, (("content-type", "application/json"),), b'{"a":1}'),
    "no type": Response(200, (), b"\xff"),
    "no body": Response(204, (("X", "1"),), b"ignored"),
    "not modified": Response(304, (), b"ignored"),
    "cookies": Response(200, (("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"))),
    "a false length": Response(200, (("Content-Length", "1"),), b"longer"),
    "a false coding": Response(200, (("Transfer-Encoding", "chunked"),), b"plain"),
    "latin letters": Response(200, (("X", "\u00e9"),), b"x"),
    "unknown status": Response(499, (), b"x"),
    "server error": Response(503, (("Retry-After", "1"),), b""),
    "large": Response(200, (), b"x" * 1_000_000),
    "packed": Response(200, (("Content-Encoding", "gzip"),), gzip.compress(b"unpacked")),
}


@each_client
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_caller_receives_the_answer(client: LibraryClient, answer: Response) -> None:
    for method in ("GET", "HEAD", "POST"):
        here, there = both(lambda _: answer, lambda send, url: seen(send(method, url)), client)  # noqa: B023
        assert here == there


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "BREW"])
def test_every_method_is_answered(method: str) -> None:
    here, there = both(lambda _: HELLO, lambda send, url: seen(send(method, url)))
    assert here == there


def redirecting(request: Request) -> Response:
    """From / over /1 and /2 to /3, which tells what it received."""
    if request.path == "/3":
        return Response(200, (), f"{request.method} {request.headers.get('cookie')}".encode())
    step = int(request.path.strip("/") or 0)
    fields = (("Location", f"/{step + 1}"), ("Set-Cookie", f"step{step}=x"))
    return Response((302, 307, 303)[step], fields)


@each_client
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("follow", [True, False])
def test_redirects_are_followed(client: LibraryClient, method: str, follow: bool) -> None:
    here, there = both(
        redirecting, lambda send, url: seen(send(method, url, follow=follow)), client
    )
    assert here == there


@each_client
def test_other_hosts_are_reached_or_refused(client: LibraryClient) -> None:
    with AnswerServer(saying("network")) as server, client.mocked(saying("ours")) as send:
        for _ in "12":  # the client closed its transport after the first
            assert send("POST", server.url, b"body").text == "network"
            assert send("GET", HOST).text == "ours"
    with client.mocked(saying("ours"), passthrough=False) as send:
        for host in ("vendor.test", "VENDOR.test:81", "vendor.test.", "u:p@vendor.test"):
            assert send("GET", f"http://{host}/").text == "ours"
        kind = requests.ConnectionError if client.kind == "requests" else httpx.ConnectError
        with pytest.raises(kind, match=r"other\.test") as caught:
            send("GET", "https://other.test/?secret")
    error: Any = caught.value
    assert "secret" not in str(error)
    assert "other.test" in str(error.request.url)


@each_client
def test_error_of_an_answer_reaches_the_caller(client: LibraryClient) -> None:
    def answer(_: Request) -> Response:
        raise LookupError("a mistake")

    with client.mocked(answer) as send, pytest.raises(LookupError, match="a mistake"):
        send("GET", HOST)


def test_httpx_reads_an_answer_in_pieces() -> None:
    transport = Transport(lambda _: HELLO, "vendor.test".__eq__)
    with httpx.Client(transport=transport) as client:
        with client.stream("GET", HOST) as response:
            assert not response.is_stream_consumed
            assert list(response.iter_raw(2)) == [b"he", b"ll", b"o"]
        assert response.elapsed.total_seconds() >= 0

    async def read() -> list[bytes]:
        async with (
            httpx.AsyncClient(transport=transport) as later,
            later.stream("GET", HOST) as response,
        ):
            return [piece async for piece in response.aiter_bytes(2)]

    assert asyncio.run(read()) == [b"he", b"ll", b"o"]


def test_one_transport_of_httpx_serves_both_kinds_of_client_in_turn() -> None:
    transport = Transport(saying("ours"), "vendor.test".__eq__)
    with AnswerServer(saying("network")) as server:
        for url, text in ((server.url, "network"), (HOST, "ours")):
            for client in CLIENTS[1:] * 2:
                assert client.send("GET", url, transport=transport).text == text


def test_requests_of_httpx_to_the_network_share_a_connection() -> None:
    with (
        AnswerServer(saying("network")) as server,
        httpx.Client(transport=Transport(saying("ours"), "vendor.test".__eq__)) as client,
    ):
        streams = [client.get(server.url).extensions["network_stream"] for _ in range(2)]
        assert len({stream.get_extra_info("client_addr") for stream in streams}) == 1


def test_cachecontrol_stores_an_answer() -> None:
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.path)
        fields = ("Cache-Control", "max-age=60"), ("Date", formatdate(usegmt=True))
        return Response(200, fields, f"{len(asked)}".encode())

    def use(_: Send, url: str) -> list[Any]:
        asked.clear()
        with CacheControl(requests.Session()) as session:
            answers = [session.get(f"{url}{path}") for path in ("/a", "/a", "/b", "/a")]
            return [(each.text, getattr(each, "from_cache", None)) for each in answers]

    here, there = both(answer, use)
    assert here == there == [("1", False), ("1", True), ("2", False), ("1", True)]
