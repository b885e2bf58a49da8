"""Interceptions of `requests` as context managers, and what answers a request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import requests
import responses

from mockserver.adapters.requests import Interception
from mockserver.model.http import Answer, Response
from tests.adapters.served import Served


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
        by_a_mock = "refused by Responses" in str(error) or "not a vendor's host" in str(error)
        return "refused" if by_a_mock else repr(error)


def error_of(call: Callable[[], object]) -> tuple[type[BaseException], str]:
    """The type and text of what a call raises."""
    try:
        call()
    except Exception as error:
        return type(error), str(error)
    raise AssertionError("it raised nothing")
