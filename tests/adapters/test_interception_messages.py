"""Through `requests` an answer in the process is what it is from a server: both, side by side."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests import Session

from mockserver.adapters.requests import Interception
from mockserver.model.http import Request, Response
from tests.adapters.intercepting import active, both, plain

HELLO = Response(200, (("Content-Type", "text/plain"), ("X-A", "1"), ("X-A", "2")), b"hello")


def sent(use: Callable[[str], object]) -> tuple[list[Any], list[Any]]:
    """What the far end receives of a call: in the process, and as a server."""
    seen: list[Any] = []

    def answer(request: Request) -> Response:
        seen.append(plain(request))
        return HELLO

    both(answer, use)
    return seen[len(seen) // 2 :], seen[: len(seen) // 2]


def seen(response: requests.Response) -> tuple[object, ...]:
    """All that a caller sees of a response."""
    return (
        response.status_code,
        response.reason,
        list(response.raw.headers.items()),
        dict(response.headers),
        response.content,
        response.encoding,
        response.cookies.get_dict(),
        response.raw.version,
        getattr(response.raw, "version_string", None),
        response.raw.geturl(),
        type(response.raw._fp),
        response.raw.length_remaining,
        response.is_redirect,
        response.url,
    )


def numbers() -> Iterator[bytes]:
    for number in range(3):
        yield b"part %d;" % number


def lines() -> list[str]:
    return ["\u00e9\n", "", "b"]


BODIES: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "empty": lambda: b"",
    "bytes": lambda: bytes(range(256)),
    "str": lambda: "caf\u00e9",
    "form": lambda: {"a": "1", "b": ["2", "\u00e9"]},
    "file": lambda: io.BytesIO(b"file" * 10_000),
    "text file": lambda: io.StringIO("text"),
    "generator": numbers,
    "list of str": lambda: iter(lines()),
    "bytearray": lambda: bytearray(b"array"),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_far_end_receives_every_kind_of_body(body: Callable[[], Any]) -> None:
    here, there = sent(lambda url: requests.post(url, data=body()))
    assert here == there


def test_the_far_end_receives_json() -> None:
    here, there = sent(lambda url: requests.put(url, json={"a": [1, "\u00e9"]}))
    assert here == there


def test_the_far_end_receives_an_open_file_from_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"0123456789")

    def use(url: str) -> None:
        with path.open("rb") as file:
            file.seek(4)
            requests.post(url, data=file)

    here, there = sent(use)
    assert here == there
    assert here[0][-1] == b"456789"


@pytest.mark.parametrize(
    "path",
    ["", "/", "/a/b?c=d", "/%41%2f%C3%A9", "/\u00e9 ?q=\u00e9 +&&", "//double//", "/a;b?", "/#f"],
)
def test_the_far_end_receives_path_and_query(path: str) -> None:
    here, there = sent(lambda url: requests.get(url + path))
    assert here == there


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_path_is_received_the_same(path: str) -> None:
    with Session() as session:
        here, there = sent(lambda url: session.get(f"{url}/{path}"))
    assert here == there


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_every_method_is_answered(method: str) -> None:
    here, there = both(lambda _: HELLO, lambda url: seen(requests.request(method, url)))
    assert here == there
    assert (here[4] == b"") is (method == "HEAD")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "other.test:81"},
        {"api-key": "\u00e9"},
        {"X": b"bytes \xff"},
        {"Accept": None, "Connection": "close"},
    ],
)
def test_the_far_end_receives_the_headers(headers: dict[str, Any]) -> None:
    here, there = sent(lambda url: requests.get(url, headers=headers, auth=("u", "p")))
    assert here == there


ANSWERS = {
    "doubled fields": HELLO,
    "json": Response(201, (("content-type", "application/json"),), b'{"a":1}'),
    "no type": Response(200, (), b"\xff"),
    "no body": Response(204, (("X", "1"),), b"ignored"),
    "not modified": Response(304, (), b"ignored"),
    "cookies": Response(200, (("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"))),
    "a false length": Response(200, (("Content-Length", "1"),), b"longer"),
    "a false coding": Response(200, (("Transfer-Encoding", "chunked"),), b"plain"),
    "unknown status": Response(499, (), b"x"),
    "server error": Response(503, (("Retry-After", "1"),), b""),
    "large": Response(200, (), b"x" * 1_000_000),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_caller_receives_the_answer(answer: Response) -> None:
    here, there = both(lambda _: answer, lambda url: seen(requests.get(url)))
    assert here == there


def test_the_header_fields_are_those_of_the_answer_and_the_length() -> None:
    with active(Interception(lambda _: HELLO, "a.test".__eq__)):
        raw = requests.get("https://a.test").raw
    assert list(raw.headers.items()) == [*HELLO.headers, ("Content-Length", "5")]
