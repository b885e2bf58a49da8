"""Interceptions as context managers, and the same calls with and without one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

import requests
import responses

from mockserver.adapters.requests import Interception
from mockserver.model.http import Answer, Request, Response
from tests.adapters.served import Served

T = TypeVar("T")


def saying(text: str) -> Answer:
    """An answer with this body to everything."""
    return lambda request: Response(200, (("Content-Type", "text/plain"),), text.encode())


def mock_of(host: str, text: str = "ours", *, passthrough: bool = True) -> Interception:
    """A mock, not started, that answers `text` for one host."""
    return Interception(saying(text), host.__eq__, passthrough=passthrough)


@contextmanager
def active(mock: Interception) -> Iterator[Interception]:
    """`mock`, started."""
    mock.start()
    try:
        yield mock
    finally:
        mock.stop()


def users(**options: Any) -> responses.RequestsMock:
    """A `responses` mock of a user's own."""
    return responses.RequestsMock(assert_all_requests_are_fired=False, **options)


class Network(NamedTuple):
    """A server that says "network", under a vendor's host ("localhost") and under another."""

    vendor: str
    other: str


@contextmanager
def networked() -> Iterator[Network]:
    """The network, while it is there."""
    with Served(saying("network")) as server:
        yield Network(f"http://localhost:{server.port}/", f"{server.url}/")


def ask(url: str) -> str:
    """Who answers a GET."""
    try:
        return requests.get(url, timeout=5).text
    except requests.ConnectionError as error:
        by_a_mock = "refused by Responses" in str(error) or "no vendor's host" in str(error)
        return "refused" if by_a_mock else repr(error)


def both(answer: Answer, use: Callable[[str], T]) -> tuple[T, T]:
    """What `use` makes of a URL whose server is answered for in the process, and of the server."""
    with Served(answer) as server:
        there = use(server.url)
        count = server.count
        with active(Interception(answer, "127.0.0.1".__eq__)):
            here = use(server.url)
        assert server.count == count > 0, "in the process, no request may reach the server"
    return here, there


def error_of(call: Callable[[], object]) -> tuple[type[BaseException], str]:
    """The type and text of what a call raises."""
    try:
        call()
    except Exception as error:
        return type(error), str(error)
    raise AssertionError("it raised nothing")


def plain(request: Request) -> tuple[object, ...]:
    """All of a request, comparable."""
    return request.method, request.path, request.query, request.headers.pairs, request.body
