"""Through `httpx` an answer in the process is what it is from a server, for both clients."""

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.adapters.httpx import Transport
from mockserver.model.http import Request, Response
from tests.adapters.httpx_clients import KINDS, Codec, Send, blocking, both
from tests.adapters.intercepting import plain, saying
from tests.adapters.served import Served

HELLO = Response(200, (("Content-Type", "text/plain"), ("X-A", "1"), ("X-A", "2")), b"hello")

of_both_kinds = pytest.mark.parametrize("kind", KINDS)


def sent(kind: Codec, use: Callable[[Send, str], object]) -> tuple[list[Any], list[Any]]:
    """What the far end receives of a call: in the process, and as a server."""
    seen: list[Any] = []

    def answer(request: Request) -> Response:
        seen.append(plain(request))
        return HELLO

    both(kind, answer, use)
    return seen[len(seen) // 2 :], seen[: len(seen) // 2]


def seen(response: httpx.Response) -> tuple[object, ...]:
    """All that a caller sees of a response."""
    return (
        response.status_code,
        response.reason_phrase,
        response.headers.raw,
        response.content,
        response.encoding,
        response.cookies.get("a", None),
        response.http_version,
        response.is_stream_consumed,
        response.num_bytes_downloaded,
        [step.status_code for step in response.history],
        response.url,
    )


BODIES: dict[str, Callable[[], dict[str, Any]]] = {
    "nothing": dict,
    "bytes": lambda: {"content": bytes(range(256))},
    "str": lambda: {"content": "caf\u00e9"},
    "form": lambda: {"data": {"a": "1", "b": ["2", "\u00e9"]}},
    "json": lambda: {"json": {"a": [1, "\u00e9"]}},
    "iterator": lambda: {"content": iter([b"one", b"two"])},
}


@of_both_kinds
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_far_end_receives_every_kind_of_body(
    kind: Codec, body: Callable[[], dict[str, Any]]
) -> None:
    here, there = sent(kind, lambda send, url: send("POST", url, **body()))
    assert here == there


@of_both_kinds
@pytest.mark.parametrize("path", ["", "/a?b=c", "/%41%2f", "/\u00e9 ?q=\u00e9 +", "//two//", "/#f"])
def test_the_far_end_receives_path_and_query(kind: Codec, path: str) -> None:
    here, there = sent(kind, lambda send, url: send("GET", url + path))
    assert here == there


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20))
def test_any_path_is_received_the_same(path: str) -> None:
    here, there = sent(blocking, lambda send, url: send("GET", f"{url}/{path}"))
    assert here == there


@of_both_kinds
def test_the_far_end_receives_the_headers(kind: Codec) -> None:
    headers = [(b"Host", b"other.test:81"), (b"X", b"1"), (b"X", b"2"), (b"api-key", b"\xe9")]
    here, there = sent(kind, lambda send, url: send("GET", url, headers=headers, auth=("u", "p")))
    assert here == there


ANSWERS = {
    "doubled fields": HELLO,
    "json": Response(201, (("content-type", "application/json"),), b'{"a":1}'),
    "no type": Response(200, (), b"\xff"),
    "no body": Response(204, (("X", "1"),), b"ignored"),
    "not modified": Response(304, (), b"ignored"),
    "cookies": Response(200, (("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"))),
    "a false length": Response(200, (("Content-Length", "1"),), b"longer"),
    "latin letters": Response(200, (("X", "\u00e9"),), b"x"),
    "server error": Response(503, (("Retry-After", "1"),), b""),
    "packed": Response(200, (("Content-Encoding", "gzip"),), gzip.compress(b"unpacked")),
}


@of_both_kinds
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_caller_receives_the_answer(kind: Codec, answer: Response, method: str) -> None:
    here, there = both(kind, lambda _: answer, lambda send, url: seen(send(method, url)))
    assert here == there


@of_both_kinds
def test_redirects_are_followed(kind: Codec) -> None:
    def answer(request: Request) -> Response:
        if request.path == "/2":
            return Response(200, (), f"{request.method} {request.headers.get('cookie')}".encode())
        step = "/1" if request.path == "/" else "/2"
        return Response(302, (("Location", step), ("Set-Cookie", "a=1")))

    here, there = both(
        kind, answer, lambda send, url: seen(send("POST", url, follow_redirects=True))
    )
    assert here == there


@of_both_kinds
def test_other_hosts_are_reached(kind: Codec) -> None:
    way = Transport(saying("ours"), "vendor.test".__eq__)
    send = kind(way)
    with Served(saying("network")) as server:
        for _ in "12":  # the client closed the way after the first
            assert send("POST", server.url, content=b"body").text == "network"
            assert send("GET", "https://vendor.test/").text == "ours"


@of_both_kinds
def test_other_hosts_are_refused_without_passthrough(kind: Codec) -> None:
    send = kind(Transport(saying("ours"), "vendor.test".__eq__, passthrough=False))
    assert send("GET", "https://vendor.test/").text == "ours"
    with pytest.raises(httpx.ConnectError, match=r"other\.test") as caught:
        send("GET", "https://other.test/?secret")
    assert "secret" not in str(caught.value)
    assert caught.value.request.url.host == "other.test"


@pytest.mark.parametrize(
    "host", ["vendor.test", "VENDOR.test:81", "vendor.test.", "u:p@vendor.test"]
)
def test_a_host_is_ours_however_it_is_written(host: str) -> None:
    send = blocking(Transport(saying("ours"), "vendor.test".__eq__, passthrough=False))
    assert send("GET", f"http://{host}/").text == "ours"


def test_an_answer_is_read_in_pieces() -> None:
    with httpx.Client(transport=Transport(lambda _: HELLO, "vendor.test".__eq__)) as client:
        with client.stream("GET", "https://vendor.test/") as response:
            assert not response.is_stream_consumed
            assert list(response.iter_raw(2)) == [b"he", b"ll", b"o"]
        assert response.elapsed.total_seconds() < 5


def test_an_answer_is_read_in_pieces_later() -> None:
    async def read() -> list[bytes]:
        way = Transport(lambda _: HELLO, "vendor.test".__eq__)
        async with (
            httpx.AsyncClient(transport=way) as client,
            client.stream("GET", "https://vendor.test/") as response,
        ):
            return [piece async for piece in response.aiter_bytes(2)]

    assert asyncio.run(read()) == [b"he", b"ll", b"o"]


def test_one_transport_serves_both_kinds_of_client_in_turn() -> None:
    way = Transport(saying("ours"), "vendor.test".__eq__)
    with Served(saying("network")) as server:
        for url, text in ((server.url, "network"), ("https://vendor.test/", "ours")):
            assert [kind(way)("GET", url).text for kind in KINDS + KINDS] == [text] * 4


@of_both_kinds
def test_what_an_answer_raises_reaches_the_caller(kind: Codec) -> None:
    def answer(_: Request) -> Response:
        raise LookupError("a mistake")

    with pytest.raises(LookupError, match="a mistake"):
        kind(Transport(answer, "vendor.test".__eq__))("GET", "https://vendor.test/")


def test_requests_to_the_network_share_a_connection() -> None:
    with (
        Served(saying("network")) as server,
        httpx.Client(transport=Transport(saying("ours"), "vendor.test".__eq__)) as client,
    ):
        streams = [client.get(server.url).extensions["network_stream"] for _ in range(2)]
        assert len({stream.get_extra_info("client_addr") for stream in streams}) == 1
