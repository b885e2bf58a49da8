"""What is there before, beside and after a mock: imports, sessions, connections, names."""

import asyncio
import http.client
import http.server
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import aiohttp
import anyio
import curl_cffi.requests
import httpx
import OpenSSL.SSL
import pycurl
import pytest
import pytest_socket
import requests
import respx
import trio
import twisted.internet._resolver
import twisted.web.client
import urllib3
import uvloop

from mockserver import TokenMock
from mockserver.adapters.socket_redirect import SocketRedirect, hooks
from tests.clients.python.buyers import POSTS, Reply, send_aiohttp, send_httpx, send_tornado

T = TypeVar("T")
ROLES = "https://platform-server/ds-api/"


class Outside(http.server.BaseHTTPRequestHandler):
    """A service that says that it is not the mock."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with one word."""
        self.send_response(200)
        self.send_header("Content-Length", "7")
        self.end_headers()
        self.wfile.write(b"outside")

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture
def outside() -> Iterator[str]:
    """The address of a service at `localhost`."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Outside) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/ds-api/"
        server.shutdown()
        thread.join()


def own_mock() -> TokenMock:
    """Return a mock for which `localhost` is a vendor's host."""
    return TokenMock(hosts={"datasentinel": ["localhost"]})


def replaced() -> dict[str, Any]:
    """Return everything that a mock may replace, by name, and whether the owner has it itself."""
    nowhere = SocketRedirect(lambda host: False, lambda: ("", 0), ssl.create_default_context)
    owners: list[tuple[Any, str]] = [(owner, name) for owner, name, _ in hooks(nowhere)]
    owners += [
        (http.client.HTTPConnection, "putrequest"),
        (urllib3.connection.HTTPConnection, "request"),
        (aiohttp.TCPConnector, "_get"),
        (aiohttp.TCPConnector, "_resolve_host"),
        (uvloop.Loop, "getaddrinfo"),
        (uvloop.Loop, "create_connection"),
        (OpenSSL.SSL.Connection, "set_tlsext_host_name"),
        (twisted.internet._resolver.GAIResolver, "resolveHostName"),
        (twisted.web.client.HTTPConnectionPool, "getConnection"),
        (httpx.HTTPTransport, "handle_request"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
        (requests.adapters.HTTPAdapter, "send"),
    ]
    return {
        f"{owner}.{name}": (getattr(owner, name), name in vars(owner)) for owner, name in owners
    }


def test_afterwards_all_is_as_before() -> None:
    before = replaced()
    threads = threading.active_count()
    with TokenMock() as mock:
        assert all(replaced()[name] != value for name, value in before.items())
        for post in POSTS.values():
            post("https://api.dstor.cloud/v1/dev/temp-token", {}, b"{}")
        port = int(mock.url.rpartition(":")[2])
    assert replaced() == before
    assert threading.active_count() == threads
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0


def test_no_certificate_of_ours_stays_in_a_context_of_the_user() -> None:
    context = ssl.create_default_context()
    before = context.cert_store_stats()
    with TokenMock():
        pools = urllib3.PoolManager(ssl_context=context)
        assert pools.request("GET", ROLES, timeout=5).status == 200
    assert context.cert_store_stats() == before


def test_all_clients_and_the_url_share_one_state() -> None:
    with TokenMock() as mock:
        urllib3.PoolManager().request("GET", ROLES, timeout=5)
        httpx.get(ROLES)
        requests.get(f"{mock.url}/datasentinel/ds-api/", timeout=5)
        assert [seen.endpoint for seen in mock.requests.all()] == ["health"] * 3


def test_threads_are_answered_by_one_server() -> None:
    with TokenMock() as mock, ThreadPoolExecutor(8) as pool:
        get = urllib3.PoolManager(maxsize=8).request
        found = list(pool.map(lambda _: get("GET", ROLES, timeout=10).status, range(24)))
        assert found == [200] * 24
        assert len(mock.requests.all()) == 24


def test_a_delay_is_real_for_a_client_with_a_socket() -> None:
    with TokenMock() as mock:
        mock.delay("datasentinel", milliseconds=30_000)
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            urllib3.PoolManager(retries=False).request("GET", ROLES, timeout=0.2)


def test_a_connection_kept_from_outside_is_not_used_inside(outside: str) -> None:
    pools = urllib3.PoolManager()
    kept = http.client.HTTPConnection(outside.split("/")[2])

    def body() -> bytes:
        kept.putrequest("GET", "/ds-api/")
        kept.endheaders()
        return kept.getresponse().read()

    assert pools.request("GET", outside).data == body() == b"outside"
    with own_mock() as mock:
        assert pools.request("GET", outside).json()["status"] == "OK"
        assert b"OK" in body()
        assert len(mock.requests.all()) == 2
    kept.close()
    assert pools.request("GET", outside).data == b"outside"


def test_a_session_of_aiohttp_keeps_nothing_across(outside: str) -> None:
    async def session() -> list[str]:
        async with aiohttp.ClientSession() as client:

            async def get() -> str:
                async with client.get(outside) as reply:
                    return await reply.text()

            texts = [await get()]
            with own_mock():
                texts.append(await get())
            texts.append(await get())
            return texts

    first, inside, last = asyncio.run(session())
    assert (first, json.loads(inside)["status"], last) == ("outside", "OK", "outside")


def test_the_inner_of_two_mocks_answers() -> None:
    with TokenMock() as outer:
        with TokenMock() as inner:
            urllib3.PoolManager().request("GET", ROLES, timeout=5)
            assert (len(inner.requests.all()), len(outer.requests.all())) == (1, 0)
        urllib3.PoolManager().request("GET", ROLES, timeout=5)
        assert len(outer.requests.all()) == 1


def test_a_transport_of_the_user_wins() -> None:
    own = httpx.MockTransport(lambda request: httpx.Response(418))
    with TokenMock() as mock, httpx.Client(transport=own) as client:
        assert client.get(ROLES).status_code == 418
        assert mock.requests.all() == []


def test_only_the_named_clients_are_answered() -> None:
    before = replaced()
    with TokenMock(clients=("requests",)) as mock:
        changed = {name for name, value in replaced().items() if value != before[name]}
        assert [name for name in changed if "HTTPAdapter" not in name] == []
        assert requests.get(ROLES).ok
        assert len(mock.requests.all()) == 1


def test_an_unknown_client_is_refused() -> None:
    with pytest.raises(ValueError, match="clients: 'curl' is not one of requests, httpx, "):
        TokenMock(clients=("curl",))  # type: ignore[arg-type]


def on_uvloop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in an event loop of uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(coroutine)


async def anyio_get(host: str) -> bytes:
    """Send a GET by anyio's own connections."""
    stream = await anyio.connect_tcp(host, 443, tls=True, tls_standard_compatible=False)
    return await exchanged_by(stream, host)


async def trio_get(host: str) -> bytes:
    """Send a GET by trio's own connections."""
    return await exchanged_by(await trio.open_ssl_over_tcp_stream(host, 443), host)


async def exchanged_by(stream: Any, host: str) -> bytes:
    """Send a GET by a stream of anyio or trio; return the start of the answer."""
    send = getattr(stream, "send_all", None) or stream.send
    receive = getattr(stream, "receive_some", None) or stream.receive
    await send(f"GET /ds-api/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    answer: bytes = await receive(1000)
    await stream.aclose()
    return answer


@pytest.mark.parametrize("get", [
    lambda: anyio.run(anyio_get, "platform-server"),
    lambda: anyio.run(anyio_get, "platform-server", backend="trio"),
    lambda: trio.run(trio_get, "platform-server"),
    lambda: asyncio.run(asyncio_get("platform-server")),
], ids=["anyio on asyncio", "anyio on trio", "trio", "asyncio"])  # fmt: skip
def test_connections_of_an_event_loop_are_answered(get: Callable[[], bytes]) -> None:
    with TokenMock() as mock:
        assert get().startswith(b"HTTP/1.1 200 ")
        mock.requests.assert_called("datasentinel", "health", times=1)


async def asyncio_get(host: str) -> bytes:
    """Send a GET by the event loop's own connections."""
    reader, writer = await asyncio.open_connection(host, 443, ssl=True)
    writer.write(f"GET /ds-api/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize("send", [send_aiohttp, send_httpx, send_tornado])
def test_uvloop_is_answered(send: Callable[..., Coroutine[Any, Any, Reply]]) -> None:
    with TokenMock():
        assert on_uvloop(send("https://api.dstor.cloud/v1/dev/temp-token", {}, b"{}")).status == 400
        assert on_uvloop(asyncio_get("platform-server")).startswith(b"HTTP/1.1 200 ")


def test_uvloop_is_refused_without_passthrough() -> None:
    with TokenMock(passthrough=False), pytest.raises(OSError, match="not a vendor's host"):
        on_uvloop(asyncio_get("other.example"))


@pytest.mark.parametrize("library", ["aiohttp", "httpx", "urllib3"])
def test_a_library_imported_inside_is_answered(library: str) -> None:
    code = f"""
from mockserver import TokenMock
with TokenMock() as mock:
    from tests.clients.python.buyers import POSTS
    reply = POSTS[{library!r}]("https://api.dstor.cloud/v1/dev/temp-token", {{}}, b"{{}}")
    assert reply.status == 400, reply
    assert len(mock.requests.all()) == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_twisted_and_pyopenssl_are_answered_but_by_no_connection_from_outside(outside: str) -> None:
    """In a process of its own: a reactor runs once."""
    code = """
import contextlib, sys
import treq
from twisted.internet import task
from token_mockserver import TokenMock

async def get(url):
    answer = await treq.get(url, timeout=10)
    print(answer.code, (await treq.text_content(answer))[:9])

async def main(reactor, outside):
    await get(outside)
    with TokenMock(hosts={"datasentinel": ["localhost"]}) as mock:
        await get(outside)
        await get("https://platform-server/ds-api/")
        print(len(mock.requests.all()))
    await get(outside)

with contextlib.suppress(SystemExit):
    task.react(main, sys.argv[1:])
"""
    done = subprocess.run(
        [sys.executable, "-c", code, outside],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    inside = ['200 {"status"'] * 2
    assert done.stdout.splitlines() == ["200 outside", *inside, "2", "200 outside"]


def test_a_context_of_pyopenssl_stays_as_it_was() -> None:
    context = OpenSSL.SSL.Context(OpenSSL.SSL.TLS_CLIENT_METHOD)
    with TokenMock(), socket.create_connection(("platform-server", 443), 10) as bare:
        connection = OpenSSL.SSL.Connection(context, bare)
        connection.set_tlsext_host_name(b"platform-server")
        connection.set_connect_state()
        bare.setblocking(True)
        connection.do_handshake()
        assert connection.get_context() is not context
        other = OpenSSL.SSL.Connection(context)
        other.set_tlsext_host_name(b"other.example")
        assert other.get_context() is context


def with_pycurl(url: str) -> int:
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.WRITEFUNCTION, len)
    curl.perform()
    status: int = curl.getinfo(pycurl.RESPONSE_CODE)
    curl.close()
    return status


def with_curl_cffi(url: str) -> int:
    return int(curl_cffi.requests.get(url).status_code)


@pytest.mark.parametrize("get", [with_pycurl, with_curl_cffi])
def test_what_opens_sockets_outside_of_python_has_the_url(get: Callable[[str], int]) -> None:
    with TokenMock() as mock:
        assert get(f"{mock.url}/datasentinel/ds-api/") == 200


def test_a_route_of_respx_inside_wins() -> None:
    with TokenMock() as mock:
        with respx.mock(assert_all_called=False) as theirs:
            theirs.get(ROLES).respond(418)
            assert httpx.get(ROLES).status_code == 418
            assert httpx.get(f"{ROLES}nowhere").status_code == 404
        assert httpx.get(ROLES).status_code == 200
        assert len(mock.requests.all()) == 2


def test_a_mock_inside_respx_wins() -> None:
    with respx.mock as theirs:
        theirs.get(ROLES).respond(418)
        with TokenMock():
            assert httpx.get(ROLES).status_code == 200
        assert httpx.get(ROLES).status_code == 418


@pytest.fixture
def _no_restrictions() -> Iterator[None]:
    yield
    pytest_socket._remove_restrictions()


@pytest.mark.usefixtures("_no_restrictions")
@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_requests_and_httpx_need_no_socket() -> None:
    with TokenMock():
        pytest_socket.disable_socket()
        assert requests.get(ROLES).status_code == httpx.get(ROLES).status_code == 200
        with pytest.raises(pytest_socket.SocketBlockedError):
            urllib3.PoolManager().request("GET", ROLES, timeout=5)


@pytest.mark.usefixtures("_no_restrictions")
def test_where_loopback_alone_is_allowed_all_is_answered() -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1"])
    with TokenMock() as mock:
        urllib3.PoolManager().request("GET", ROLES, timeout=5)
        assert len(mock.requests.all()) == 1
