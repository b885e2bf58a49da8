"""The forward proxy: emulated hosts, tunnels to others, and its bounds."""

import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.model.http import Request, Response
from mockserver.server import Limits, WireServer
from mockserver.server.proxy import ForwardProxy, OtherHosts
from mockserver.server.upstream_proxies import UpstreamProxies, covering_entry
from tests.server import echo
from tests.server.servers import make, plain_kinds, started
from tests.server.socket_client import SocketClient
from tests.server.table.case import bad, ok, request, wire

HOST = "api.acme.example"
CERTIFICATES = ServerCertificates([HOST])
ESTABLISHED = b"HTTP/1.1 200 Connection Established\r\n\r\n"
SECRET = b"\x16\x03 is never decrypted"


def namespaced(request: Request) -> Response:
    """The echo, and the path as body below /ns/."""
    if request.path.startswith("/ns/"):
        return Response(200, body=f"{request.path} {request.target}".encode())
    return echo.answer(request)


@contextmanager
def proxy(
    other_hosts: OtherHosts = OtherHosts.REACHED,
    *,
    kind: str = "plain",
    limits: Limits | None = None,
    upstream: UpstreamProxies | None = None,
) -> Iterator[WireServer]:
    through = upstream or UpstreamProxies()
    server = make(
        namespaced,
        tls=CERTIFICATES.server_context,
        proxy=lambda port: ForwardProxy(HOST.__eq__, port, ["me"], other_hosts, through),
        limits=limits,
    )
    with started(server, kind):
        yield server


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    """A proxy for tests that only ask."""
    with proxy() as server:
        yield server


@pytest.fixture
def client(server: WireServer) -> Iterator[SocketClient]:
    with SocketClient(server) as client:
        yield client


@pytest.fixture
def upstream() -> Iterator[socket.socket]:
    """A listening socket on loopback, of a host that is not emulated."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield listener


def authority(listener: socket.socket) -> str:
    return f"127.0.0.1:{listener.getsockname()[1]}"


def connect_to(client: SocketClient, target: str, *fields: str) -> None:
    client.exchange(request(f"CONNECT {target}", *fields, host=target), ESTABLISHED)


def accept(listener: socket.socket) -> socket.socket:
    other, _ = listener.accept()
    other.settimeout(10)
    return other


def connect_through(client: SocketClient, listener: socket.socket) -> socket.socket:
    """Open a tunnel; return the far end of it."""
    connect_to(client, authority(listener))
    return accept(listener)


def secure(client: SocketClient, name: str) -> None:
    client.socket = CERTIFICATES.client_context().wrap_socket(client.socket, server_hostname=name)


@plain_kinds
@pytest.mark.parametrize("target", [f"{HOST}:443", f"{HOST.upper()}:8443", f"{HOST}.:443"])
def test_connect_to_an_emulated_host_begins_tls(kind: str, target: str) -> None:
    with proxy(kind=kind) as server, SocketClient(server) as client:
        connect_to(client, target)
        secure(client, HOST)
        client.exchange()
        client.exchange()


@pytest.mark.parametrize("in_one_piece", [False, True])
def test_connect_to_an_emulated_host_without_tls(client: SocketClient, in_one_piece: bool) -> None:
    if in_one_piece:
        sent = request(f"CONNECT {HOST}:80") + request("GET /a")
        client.exchange(sent, ESTABLISHED + ok("GET /a"))
    else:
        connect_to(client, f"{HOST}:80")
    client.exchange()


def test_proxy_inside_tls(client: SocketClient) -> None:
    """A proxy's own address may be https."""
    secure(client, "localhost")
    connect_to(client, f"{HOST}:443")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    inner = CERTIFICATES.client_context().wrap_bio(incoming, outgoing, server_hostname=HOST)

    def done(step: Callable[[], object]) -> object:
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                client.send(outgoing.read())
                incoming.write(client.socket.recv(1 << 14))

    done(inner.do_handshake)
    done(lambda: inner.write(request("GET /a")))
    assert done(lambda: inner.read(1000)) == ok("GET /a")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "me", "[::1]"])
def test_own_address_is_answered(client: SocketClient, server: WireServer, host: str) -> None:
    target = f"{host}:{server.port}"
    client.exchange(request(f"GET http://{target}/a"), ok("GET /a", host=target))
    connect_to(client, target)
    client.exchange()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_absolute_url_of_an_emulated_host_is_answered(client: SocketClient, scheme: str) -> None:
    client.exchange(request(f"GET {scheme}://{HOST}/a"), ok("GET /a", host=HOST))


def test_user_of_the_proxy_is_the_namespace(client: SocketClient) -> None:
    credentials = f"Proxy-Authorization: Basic {b64encode(b'team:').decode()}"
    connect_to(client, f"{HOST}:80", credentials)
    expected = b"HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n/ns/team/a /ns/team/a?b"
    client.exchange(request("GET /a?b"), expected)
    client.exchange(request(f"GET http://{HOST}/a?b", credentials), expected)


@plain_kinds
def test_tunnel_passes_bytes_on_undecrypted(kind: str, upstream: socket.socket) -> None:
    """The halves are closed one by one."""
    with proxy(kind=kind) as server, SocketClient(server) as client:
        other = connect_through(client, upstream)
        client.send(SECRET)
        assert other.recv(100) == SECRET
        other.sendall(b"answer")
        assert client.read(6) == b"answer"
        client.finish()
        assert other.recv(100) == b""
        other.sendall(b"late")
        assert client.read(4) == b"late"
        other.shutdown(socket.SHUT_WR)
        assert client.gone()
        other.close()


def test_bytes_sent_before_the_tunnel_is_open_are_passed_on(
    client: SocketClient, upstream: socket.socket
) -> None:
    target = authority(upstream)
    client.send(request(f"CONNECT {target}", host=target) + SECRET)
    client.finish()
    with accept(upstream) as other:
        assert other.recv(100) == SECRET
        assert other.recv(100) == b""


@pytest.mark.parametrize("first", ["client", "other", "server"])
def test_tunnel_ends_with_either_connection_and_with_the_server(
    upstream: socket.socket, first: str
) -> None:
    threads = threading.active_count()
    with (
        proxy() as server,
        SocketClient(server) as client,
        connect_through(client, upstream) as other,
    ):
        ends = {"client": client.socket, "other": other}
        if first == "server":
            server.stop()
        else:
            ends.pop(first).close()
        for rest in ends.values():
            assert rest.recv(1) == b""
    assert threading.active_count() <= threads + 1  # the loop's resolver ends by itself


def test_bytes_in_flight_are_bounded(client: SocketClient, upstream: socket.socket) -> None:
    with connect_through(client, upstream):
        client.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.send_until_refused(bytes(1 << 20))


def test_tunnel_without_bytes_ends(upstream: socket.socket) -> None:
    limits = Limits(tunnel_idle=0.1)
    with (
        proxy(limits=limits) as server,
        SocketClient(server) as client,
        connect_through(client, upstream),
    ):
        assert client.gone()


def test_tunnels_are_counted(upstream: socket.socket) -> None:
    target = authority(upstream)
    with proxy(limits=Limits(tunnels=1)) as server:
        with SocketClient(server) as first, SocketClient(server) as second:
            connect_to(first, target)
            second.send(request(f"CONNECT {target}", host=target))
            assert second.read_all() == wire(503, "There are too many tunnels.")
            accept(upstream).close()
            assert first.gone()
        with SocketClient(server) as third:
            connect_to(third, target)


def test_host_that_cannot_be_reached_is_named(client: SocketClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        target = authority(closed)
    client.send(request(f"CONNECT {target}", host=target))
    assert client.read_all().startswith(f"HTTP/1.1 502 {target} cannot be reached: ".encode())


def test_host_that_does_not_answer_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        target = authority(full)
        with socket.create_connection(full.getsockname()[:2]):  # its backlog is full now
            limits = Limits(connect_time=0.1)
            with proxy(limits=limits) as server, SocketClient(server) as client:
                client.send(request(f"CONNECT {target}", host=target))
                text = f"HTTP/1.1 504 {target} does not answer within 0.1 s."
                assert client.read_all().startswith(text.encode())


@pytest.mark.parametrize(("other_hosts", "text"), [
    (OtherHosts.OFFLINE, "with --offline no other host is reached"),
    (OtherHosts.VENDORS_ONLY, "off loopback this proxy reaches no other host"),
])  # fmt: skip
@pytest.mark.parametrize("first", ["CONNECT other.example:443", "GET http://other.example/a"])
def test_other_hosts_are_refused_by_name(other_hosts: OtherHosts, text: str, first: str) -> None:
    sentence = f"other.example is not the host of an emulated vendor; {text}."
    with proxy(other_hosts) as server, SocketClient(server) as client:
        client.send(request(first))
        answer = client.read_all()
        assert answer.startswith(f"HTTP/1.1 403 {sentence}\r\n".encode())
        assert answer.endswith(f"\r\n\r\n{sentence}\n".encode())


@pytest.mark.parametrize(
    "target", ["other.example", ":443", "other.example:0", "other.example:65536", "a@b:443", "/a"]
)
def test_target_of_connect_is_checked(client: SocketClient, target: str) -> None:
    client.send(request(f"CONNECT {target}"))
    assert client.read_all() == bad("The request's target is no host and port.")


@plain_kinds
def test_absolute_url_of_another_host_is_forwarded(kind: str) -> None:
    sent = request(
        "POST http://{}/a%20b?c=d",
        "Connection: X-Hop",
        "Proxy-Authorization: Basic eDp5",
        "Transfer-Encoding: chunked",
        "X: 1",
        body=b"3\r\nabc\r\n0\r\n\r\n",
    )
    with started(make()) as target, proxy(kind=kind) as server, SocketClient(server) as client:
        host = f"127.0.0.1:{target.port}"
        client.send(sent.replace(b"{}", host.encode()))
        expected = ok("POST /a b", "c=d", "Connection: close\r\n", host=host, x="1", body=b"abc")
        assert client.read_all() == expected


def test_forwarded_request_has_no_fields_of_the_proxy(
    client: SocketClient, upstream: socket.socket
) -> None:
    fields = ("Proxy-Authorization: Basic eDp5", "Proxy-Connection: keep-alive", "TE: trailers")
    host = authority(upstream)
    client.send(request(f"GET http://{host}?b", *fields, "X: 1"))
    with accept(upstream) as other:
        sent = f"GET /?b HTTP/1.1\r\nHost: {host}\r\nX: 1\r\nConnection: close\r\n\r\n"
        assert other.recv(1000).decode() == sent


def through(upstream: socket.socket) -> UpstreamProxies:
    """Return the way through a proxy at `upstream`, with a password that is not encoded."""
    url = f"http://user:se/cret@{authority(upstream)}"
    return UpstreamProxies.of({"http": url, "https": url, "no": "direct.example"})


BASIC = f"Proxy-Authorization: Basic {b64encode(b'user:se/cret').decode()}\r\n"


def test_upstream_proxy_opens_the_tunnel(upstream: socket.socket) -> None:
    with proxy(upstream=through(upstream)) as server, SocketClient(server) as client:
        client.send(request("CONNECT other.example:443") + SECRET)
        with accept(upstream) as other:
            name = "other.example:443"
            sent = f"CONNECT {name} HTTP/1.1\r\nHost: {name}\r\n{BASIC}\r\n"
            assert other.recv(1000).decode() == sent
            other.sendall(ESTABLISHED + b"early")
            assert client.read(len(ESTABLISHED) + 5) == ESTABLISHED + b"early"
            assert other.recv(1000) == SECRET
            other.sendall(b"late")
            assert client.read(4) == b"late"


def test_upstream_proxy_forwards(upstream: socket.socket) -> None:
    with proxy(upstream=through(upstream)) as server, SocketClient(server) as client:
        client.send(request("GET http://other.example/a?b", host="other.example"))
        with accept(upstream) as other:
            head = "GET http://other.example/a?b HTTP/1.1\r\nHost: other.example\r\n"
            assert other.recv(1000).decode() == f"{head}{BASIC}Connection: close\r\n\r\n"
            other.sendall(b"HTTP/1.1 404 Not Found\r\n\r\nbody")
        assert client.read_all() == b"HTTP/1.1 404 Not Found\r\n\r\nbody"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("target", ["http", "https", "CONNECT"])
def test_upstream_proxy_may_have_tls_as_the_other_host_may(
    scheme: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = "other.example"
    certificates = ServerCertificates([host])
    (tmp_path / "roots.pem").write_bytes(certificates.authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
    far = make(tls=certificates.server_context, proxy=lambda port: ForwardProxy(host.__eq__, port))
    url = f"{scheme}://localhost:{far.port}"
    way = UpstreamProxies.of({"http": url, "https": url})
    with started(far), proxy(upstream=way) as server, SocketClient(server) as client:
        if target == "CONNECT":
            connect_to(client, f"{host}:80")
            client.exchange()
        else:
            client.send(request(f"GET {target}://{host}/a", host=host))
            assert client.read_all() == ok("GET /a", "", "Connection: close\r\n", host=host)


@pytest.mark.parametrize(("answer", "reason"), [
    ("HTTP/1.1 403 No\r\n\r\n", "answers 403 for other.example:443."),
    ("HTTP/1.1 407 No\r\n\r\n",
     "answers 407 for other.example:443; give it http://user:password@host:port."),
    ("nothing", "sends no HTTP answer."),
    (None, "does not answer in time."),
])  # fmt: skip
def test_upstream_proxy_that_refuses_is_named(
    upstream: socket.socket, answer: str | None, reason: str
) -> None:
    limits = Limits(connect_time=10 if answer else 0.2)
    way = through(upstream)
    with proxy(upstream=way, limits=limits) as server, SocketClient(server) as client:
        client.send(request("CONNECT other.example:443"))
        with accept(upstream) as other:
            if answer:
                other.sendall(answer.encode())
                other.shutdown(socket.SHUT_WR)
            text = f"HTTP/1.1 502 The upstream proxy http://{authority(upstream)} {reason}\r\n"
            assert client.read_all().startswith(text.encode())


def test_upstream_proxy_that_cannot_be_reached_is_named(upstream: socket.socket) -> None:
    way, name = through(upstream), f"http://{authority(upstream)}"
    upstream.close()
    with proxy(upstream=way) as server, SocketClient(server) as client:
        client.send(request("GET http://other.example/a", host="other.example"))
        text = f"HTTP/1.1 502 The upstream proxy {name} cannot be reached: "
        assert client.read_all().startswith(text.encode())


@pytest.mark.parametrize(("no_proxy", "host", "entry"), [
    ("*", "a.b.com", "*"), ("intranet, .COM", "a.b.com", ".COM"), ("b.com", "a.b.com", "b.com"),
    ("*.b.com:443", "a.b.com", "*.b.com:443"), ("b.com:80,om,x.a.b.com", "a.b.com", ""),
    ("10.0.0.0/8", "10.1.2.3", "10.0.0.0/8"), ("::1/128", "::1", "::1/128"),
])  # fmt: skip
def test_no_proxy_covers_hosts_and_addresses(no_proxy: str, host: str, entry: str) -> None:
    assert covering_entry(no_proxy, host, 443) == entry
