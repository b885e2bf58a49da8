"""The clients `requests` and `httpx` as one function, on the network and in the process."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

import httpx
import pytest
import requests

from mockserver.adapters.httpx import Transport
from mockserver.adapters.requests import Interception
from mockserver.adapters.requests_exchange import IS_URLLIB3_FUTURE
from mockserver.model.http import Answer
from tests.adapters.intercepting import active
from tests.adapters.served import AnswerServer

T = TypeVar("T")
Reply = requests.Response | httpx.Response
Send = Callable[..., Any]
"""Return the response to a request; the options are `body`, `follow` and those of the library."""

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reading the list of authorities is slow


class LibraryClient:
    """One kind of client."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    @contextmanager
    def mocked(
        self, answer: Answer, host: str = "vendor.test", *, passthrough: bool = True
    ) -> Iterator[Send]:
        """Yield a function that sends requests; those to `host` are answered in the process."""
        if self.kind == "requests":
            with active(Interception(answer, host.__eq__, passthrough=passthrough)):
                yield self.send
        else:
            transport = Transport(answer, host.__eq__, passthrough=passthrough)
            yield lambda *args, **options: self.send(*args, transport=transport, **options)

    def send(self, method: str, url: str, body: Any = None, **options: Any) -> Any:
        """Send a request with a new client, and return the response."""
        if self.kind == "requests":
            follow = options.pop("follow", True)
            return requests.request(method, url, data=body, allow_redirects=follow, **options)
        options["follow_redirects"] = options.pop("follow", False)
        transport = options.pop("transport", None)
        if self.kind == "httpx":
            with httpx.Client(transport=transport, verify=_NO_TLS) as client:
                return client.request(method, url, content=body, **options)
        return asyncio.run(self._later(transport, method, url, body, options))

    async def _later(
        self, transport: Transport | None, method: str, url: str, body: Any, options: Any
    ) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, verify=_NO_TLS) as client:
            content = _parts(body) if isinstance(body, Iterator) else body
            return await client.request(method, url, content=content, **options)


async def _parts(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


CLIENTS = [LibraryClient(kind) for kind in ("requests", "httpx", "httpx async")]
each_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.kind)


def both(
    answer: Answer, use: Callable[[Send, str], T], client: LibraryClient = CLIENTS[0]
) -> tuple[T, T]:
    """Return the results of `use` with answers in the process, and with a real server.

    Args:
        answer: Answers the requests.
        use: Sends requests with the given function to the given URL, and returns a result.
        client: The client that sends the requests.
    """
    with AnswerServer(answer) as server:
        there = use(client.send, server.url)
    # A second server at the same port counts the requests that reach it.
    with AnswerServer(answer, server.port) as unused:
        mocked: AbstractContextManager[Send] = client.mocked(answer, "127.0.0.1")
        with mocked as send:
            here = use(send, server.url)
        assert unused.count == 0, "in the process, no request may reach the server"
    return here, there


def seen(response: Reply) -> tuple[object, ...]:
    """Return everything that a caller can see of a response."""
    common = (response.status_code, response.content, response.encoding, str(response.url))
    steps = [step.status_code for step in response.history]
    if isinstance(response, httpx.Response):
        return (
            *common,
            steps,
            response.reason_phrase,
            response.headers.raw,
            response.cookies.get("a", None),
            response.http_version,
            response.is_stream_consumed,
            response.num_bytes_downloaded,
        )
    return (
        *common,
        steps,
        response.reason,
        list(response.raw.headers.items()),
        dict(response.headers),
        response.cookies.get_dict(),
        response.raw.version,
        getattr(response.raw, "version_string", None),
        response.raw.geturl(),
        None if IS_URLLIB3_FUTURE else type(response.raw._fp),  # a class of its own
        response.raw.length_remaining,
        response.is_redirect,
    )
