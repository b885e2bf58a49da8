"""Interceptions of `requests` as context managers, and tests of what answers a request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import requests
import responses

from mockserver.adapters.requests import Interception
from mockserver.model.http import Answer, Response
from tests.adapters.served import AnswerServer


def saying(text: str) -> Answer:
    """Return a function that answers every request with this body."""
    return lambda request: Response(200, (("Content-Type", "text/plain"),), text.encode())


def mock_of(host: str, text: str = "ours", *, passthrough: bool = True) -> Interception:
    """Return a mock that is not started, and that answers `text` for one host."""
    return Interception(saying(text), host.__eq__, passthrough=passthrough)


@contextmanager
def active(mock: Interception) -> Iterator[Interception]:
    """Start `mock` for the block."""
    mock.start()
    try:
        yield mock
    finally:
        mock.stop()


def users(**options: Any) -> responses.RequestsMock:
    """Return a `responses` mock such as a user has."""
    return responses.RequestsMock(assert_all_requests_are_fired=False, **options)


class Network(NamedTuple):
    """The URLs of a server that answers "network", at a vendor's host ("localhost") and another."""

    vendor: str
    other: str


@contextmanager
def networked() -> Iterator[Network]:
    """Run the server that represents the network for the block."""
    with AnswerServer(saying("network")) as server:
        yield Network(f"http://localhost:{server.port}/", f"{server.url}/")


def ask(url: str) -> str:
    """Return the body of the response to a GET; "refused" if a mock refuses the request."""
    try:
        return requests.get(url, timeout=5).text
    except requests.ConnectionError as error:
        is_refused = "refused by Responses" in str(error) or "not a vendor's host" in str(error)
        return "refused" if is_refused else repr(error)


def error_of(call: Callable[[], object]) -> tuple[type[BaseException], str]:
    """Return the type and text of the exception that a call raises."""
    try:
        call()
    except Exception as error:
        return type(error), str(error)
    raise AssertionError("the call raised nothing")
