"""A function for each client library that sends a POST, without any set-up for a mock."""

import asyncio
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
import anyio
import httplib2
import httpx
import httpx2
import requests
import tornado.httpclient
import trio
import urllib3

TIMEOUT = 10  # seconds, so that no client waits forever


class Reply(NamedTuple):
    """The status of an answer and its JSON."""

    status: int
    json: Any


Post = Callable[[str, dict[str, str], bytes], Reply]
"""Return the response to a POST of a body with header fields."""


def with_requests(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by requests."""
    reply = requests.post(url, data=body, headers=headers, timeout=TIMEOUT)
    return Reply(reply.status_code, reply.json())


def with_httpx(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by httpx."""
    reply = httpx.post(url, content=body, headers=headers, timeout=TIMEOUT)
    return Reply(reply.status_code, reply.json())


def with_httpx2(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by httpx2."""
    reply = httpx2.post(url, content=body, headers=headers, timeout=TIMEOUT)
    return Reply(reply.status_code, reply.json())


def with_urllib3(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by a pool of urllib3."""
    with urllib3.PoolManager(timeout=TIMEOUT) as pools:
        reply = pools.request("POST", url, body=body, headers=headers)
        return Reply(reply.status, reply.json())


def with_urllib(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by urllib.request."""
    request = urllib.request.Request(url, body, headers)
    try:
        reply = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        reply = error
    with reply:
        return Reply(reply.status, json.load(reply))


def with_http_client(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by http.client."""
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=TIMEOUT)
    connection.request("POST", parts.path, body, headers)
    reply = connection.getresponse()
    found = Reply(reply.status, json.load(reply))
    connection.close()
    return found


def with_httplib2(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by httplib2."""
    connections = httplib2.Http(timeout=TIMEOUT)
    reply, content = connections.request(url, "POST", body, headers)
    connections.close()
    return Reply(reply.status, json.loads(content))


def asynchronous(send: Callable[..., Awaitable[Reply]], run: Callable[..., Reply]) -> Post:
    """Return a function that sends by a coroutine function, in a new event loop."""

    def post(url: str, headers: dict[str, str], body: bytes) -> Reply:
        return run(send, url, headers, body)

    return post


def in_asyncio(send: Callable[..., Coroutine[Any, Any, Reply]], *args: Any) -> Reply:
    """Run a coroutine function in asyncio's own loop."""
    return asyncio.run(send(*args))


async def send_httpx(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by the asynchronous client of httpx."""
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        reply = await client.post(url, content=body, headers=headers)
    return Reply(reply.status_code, reply.json())


async def send_httpx2(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by the asynchronous client of httpx2."""
    async with httpx2.AsyncClient(timeout=TIMEOUT) as client:
        reply = await client.post(url, content=body, headers=headers)
    return Reply(reply.status_code, reply.json())


async def send_aiohttp(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by aiohttp."""
    limit = aiohttp.ClientTimeout(TIMEOUT)
    async with (
        aiohttp.ClientSession(timeout=limit) as session,
        session.post(url, data=body, headers=headers) as reply,
    ):
        return Reply(reply.status, await reply.json())


async def send_tornado(url: str, headers: dict[str, str], body: bytes) -> Reply:
    """Send a POST by tornado's own client."""
    client = tornado.httpclient.AsyncHTTPClient(force_instance=True)
    reply = await client.fetch(
        url,
        method="POST",
        headers=headers,
        body=body,
        request_timeout=TIMEOUT,
        raise_error=False,
    )
    client.close()
    return Reply(reply.code, json.loads(reply.body))


def in_anyio(send: Callable[..., Awaitable[Reply]], *args: Any) -> Reply:
    """Run a coroutine function by anyio, on asyncio."""
    return anyio.run(send, *args)


def in_trio(send: Callable[..., Awaitable[Reply]], *args: Any) -> Reply:
    """Run a coroutine function in trio."""
    return trio.run(send, *args)


POSTS: dict[str, Post] = {
    "requests": with_requests,
    "httpx": with_httpx,
    "httpx2": with_httpx2,
    "urllib3": with_urllib3,
    "urllib": with_urllib,
    "http.client": with_http_client,
    "httplib2": with_httplib2,
    "httpx asyncio": asynchronous(send_httpx, in_asyncio),
    "httpx trio": asynchronous(send_httpx, in_trio),
    "httpx2 asyncio": asynchronous(send_httpx2, in_asyncio),
    "httpx2 anyio": asynchronous(send_httpx2, in_anyio),
    "aiohttp": asynchronous(send_aiohttp, in_asyncio),
    "tornado": asynchronous(send_tornado, in_asyncio),
}
"""By name of the client, its function."""
