"""Both kinds of `httpx` client as one function, against a server and in the process."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

import httpx

from mockserver.adapters.httpx import Transport
from mockserver.model.http import Answer
from tests.adapters.served import Served

T = TypeVar("T")
Send = Callable[..., httpx.Response]
Codec = Callable[[Transport | None], Send]

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # to read the list of authorities takes long


def blocking(way: Transport | None) -> Send:
    """Through a fresh `httpx.Client` on `way`, on the network if that is None."""

    def send(method: str, url: str, **options: Any) -> httpx.Response:
        with httpx.Client(transport=way, verify=_NO_TLS) as client:
            return client.request(method, url, **options)

    return send


def asynchronous(way: Transport | None) -> Send:
    """Through a fresh `httpx.AsyncClient` on `way`, on the network if that is None."""

    def send(method: str, url: str, content: Any = None, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=way, verify=_NO_TLS) as client:
                body = _later(content) if isinstance(content, Iterator) else content
                return await client.request(method, url, content=body, **options)

        return asyncio.run(ask())

    return send


KINDS: list[Codec] = [blocking, asynchronous]


def both(kind: Codec, answer: Answer, use: Callable[[Send, str], T]) -> tuple[T, T]:
    """What `use` makes of a URL whose server is answered for in the process, and of the server."""
    with Served(answer) as server:
        there = use(kind(None), server.url)
        count = server.count
        here = use(kind(Transport(answer, "127.0.0.1".__eq__)), server.url)
        assert server.count == count > 0, "in the process, no request may reach the server"
    return here, there


async def _later(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
