"""The forward proxy: emulated hosts, tunnels to others, and its bounds."""

import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.model.http import Request, Response
from mockserver.server import Limits, WireServer, listen
from mockserver.server.proxy import ForwardProxy, OtherHosts
from tests.server import echo
from tests.server.servers import make as plain_server
from tests.server.servers import started
from tests.server.socket_client import Client
from tests.server.table.case import bad, ok, request, wire

HOST = "api.acme.example"
ESTABLISHED = b"HTTP/1.1 200 Connection Established\r\n\r\n"
SECRET = b"\x16\x03 is never decrypted"
kinds = pytest.mark.parametrize("kind", ["plain", "plain uvloop"])


@contextmanager
def proxy(
    other_hosts: OtherHosts = OtherHosts.REACHED,
    *,
    kind: str = "plain",
    limits: Limits | None = None,
) -> Iterator[WireServer]:
    listener = listen("127.0.0.1", 0)
    server = WireServer(
        namespaced,
        listener=listener,
        in_thread=echo.in_thread,
        http_date=echo.http_date,
        tls=CERTIFICATES.server_context,
        proxy=ForwardProxy(
            lambda host: host == HOST, listener.getsockname()[1], ["me"], other_hosts
        ),
        limits=limits or Limits(),
    )
    with started(server, kind):
        yield server


CERTIFICATES = ServerCertificates([HOST])


def namespaced(request: Request) -> Response:
    """The echo, and the path as body below /ns/."""
    if request.path.startswith("/ns/"):
        return Response(200, body=f"{request.path} {request.target}".encode())
    return echo.answer(request)


@contextmanager
def upstream() -> Iterator[socket.socket]:
    """A listening socket on loopback, of a host that is not emulated."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield listener


def authority(listener: socket.socket) -> str:
    return f"127.0.0.1:{listener.getsockname()[1]}"


def connect_to(client: Client, target: str, *fields: str) -> None:
    client.send(request(f"CONNECT {target}", *fields, host=target))
    assert client.read(len(ESTABLISHED)) == ESTABLISHED


def secure(client: Client, name: str) -> None:
    client.socket = CERTIFICATES.client_context().wrap_socket(client.socket, server_hostname=name)


@kinds
@pytest.mark.parametrize("target", [f"{HOST}:443", f"{HOST.upper()}:8443", f"{HOST}.:443"])
def test_connect_to_an_emulated_host_begins_tls(kind: str, target: str) -> None:
    with proxy(kind=kind) as server, Client(server) as client:
        connect_to(client, target)
        secure(client, HOST)
        for _ in range(2):
            client.send(request("GET /a"))
            assert client.read(len(ok("GET /a"))) == ok("GET /a")


def test_connect_to_an_emulated_host_without_tls() -> None:
    with proxy() as server, Client(server) as client:
        connect_to(client, f"{HOST}:80")
        client.send(request("GET /a"))
        assert client.read(len(ok("GET /a"))) == ok("GET /a")


def test_connect_and_the_bytes_after_it_in_one_piece() -> None:
    with proxy() as server, Client(server) as client:
        client.send(request(f"CONNECT {HOST}:80") + request("GET /a"))
        expected = ESTABLISHED + ok("GET /a")
        assert client.read(len(expected)) == expected


def test_proxy_inside_tls() -> None:
    """A proxy's own address may be https."""
    with proxy() as server, Client(server) as client:
        secure(client, "localhost")
        connect_to(client, f"{HOST}:443")
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        inner = CERTIFICATES.client_context().wrap_bio(incoming, outgoing, server_hostname=HOST)
        while True:
            try:
                inner.do_handshake()
                break
            except ssl.SSLWantReadError:
                client.send(outgoing.read())
                incoming.write(client.socket.recv(1 << 14))
        inner.write(request("GET /a"))
        client.send(outgoing.read())
        seen = b""
        while not seen:
            incoming.write(client.socket.recv(1 << 14))
            try:
                seen = inner.read(1000)
            except ssl.SSLWantReadError:
                continue
        assert seen == ok("GET /a")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "me", "[::1]"])
def test_own_address_is_answered(host: str) -> None:
    with proxy() as server, Client(server) as client:
        target = f"{host}:{server.port}"
        client.send(request(f"GET http://{target}/a"))
        expected = ok("GET /a", host=target)
        assert client.read(len(expected)) == expected
        connect_to(client, target)
        client.send(request("GET /a"))
        assert client.read(len(ok("GET /a"))) == ok("GET /a")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_absolute_url_of_an_emulated_host_is_answered(scheme: str) -> None:
    with proxy() as server, Client(server) as client:
        client.send(request(f"GET {scheme}://{HOST}/a"))
        assert client.read(len(ok("GET /a", host=HOST))) == ok("GET /a", host=HOST)


def test_user_of_the_proxy_is_the_namespace() -> None:
    credentials = f"Proxy-Authorization: Basic {b64encode(b'team:').decode()}"
    with proxy() as server, Client(server) as client:
        connect_to(client, f"{HOST}:80", credentials)
        expected = b"/ns/team/a /ns/team/a?b"
        client.send(request("GET /a?b"))
        assert client.read(39 + len(expected)).endswith(b"\r\n\r\n" + expected)
        client.send(request(f"GET http://{HOST}/a?b", credentials))
        assert client.read(39 + len(expected)).endswith(b"\r\n\r\n" + expected)


@kinds
def test_tunnel_passes_bytes_on_undecrypted(kind: str) -> None:
    with upstream() as listener, proxy(kind=kind) as server, Client(server) as client:
        connect_to(client, authority(listener))
        other, _ = listener.accept()
        with other:
            other.settimeout(10)
            client.send(SECRET)
            assert other.recv(100) == SECRET
            other.sendall(b"answer")
            assert client.read(6) == b"answer"
            client.finish()  # the halves are closed one by one
            assert other.recv(100) == b""
            other.sendall(b"late")
            assert client.read(4) == b"late"
            other.shutdown(socket.SHUT_WR)
            assert client.gone()


def test_bytes_sent_before_the_tunnel_is_open_are_passed_on() -> None:
    with upstream() as listener, proxy() as server, Client(server) as client:
        target = authority(listener)
        client.send(request(f"CONNECT {target}", host=target) + SECRET)
        client.finish()
        other, _ = listener.accept()
        with other:
            other.settimeout(10)
            assert other.recv(100) == SECRET
            assert other.recv(100) == b""


@pytest.mark.parametrize("first", ["client", "other"])
def test_tunnel_ends_with_either_connection(first: str) -> None:
    with upstream() as listener, proxy() as server, Client(server) as client:
        connect_to(client, authority(listener))
        other, _ = listener.accept()
        other.settimeout(10)
        with other:
            ends = {"client": client.socket, "other": other}
            ends.pop(first).close()
            (rest,) = ends.values()
            assert rest.recv(1) == b""


def test_bytes_in_flight_are_bounded() -> None:
    with upstream() as listener, proxy() as server, Client(server) as client:
        connect_to(client, authority(listener))
        other, _ = listener.accept()
        with other:
            client.socket.settimeout(0.5)
            with pytest.raises(TimeoutError):
                client.send_until_refused(bytes(1 << 20))


def test_tunnel_without_bytes_ends() -> None:
    limits = Limits(tunnel_idle=0.1)
    with upstream() as listener, proxy(limits=limits) as server, Client(server) as client:
        connect_to(client, authority(listener))
        other, _ = listener.accept()
        with other:
            assert client.gone()


def test_tunnels_are_counted() -> None:
    with upstream() as listener, proxy(limits=Limits(tunnels=1)) as server:
        with Client(server) as first, Client(server) as second:
            target = authority(listener)
            connect_to(first, target)
            second.send(request(f"CONNECT {target}", host=target))
            assert second.read_all() == wire(503, "There are too many tunnels.")
            other, _ = listener.accept()
            other.close()
            assert first.gone()
        with Client(server) as third:
            connect_to(third, target)


def test_host_that_cannot_be_reached_is_named() -> None:
    with upstream() as listener:
        target = authority(listener)
    with proxy() as server, Client(server) as client:
        client.send(request(f"CONNECT {target}", host=target))
        assert client.read_all().startswith(f"HTTP/1.1 502 {target} cannot be reached: ".encode())


def test_host_that_does_not_answer_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        target = authority(full)
        with socket.create_connection(full.getsockname()[:2]):  # its backlog is full now
            limits = Limits(connect_time=0.1)
            with proxy(limits=limits) as server, Client(server) as client:
                client.send(request(f"CONNECT {target}", host=target))
                text = f"HTTP/1.1 504 {target} does not answer within 0.1 s."
                assert client.read_all().startswith(text.encode())


@pytest.mark.parametrize(
    ("other_hosts", "text"),
    [
        (OtherHosts.OFFLINE, "with --offline no other host is reached"),
        (OtherHosts.VENDORS_ONLY, "off loopback this proxy reaches no other host"),
    ],
)
@pytest.mark.parametrize("first", ["CONNECT other.example:443", "GET http://other.example/a"])
def test_other_hosts_are_refused_by_name(other_hosts: OtherHosts, text: str, first: str) -> None:
    sentence = f"other.example is not the host of an emulated vendor; {text}."
    with proxy(other_hosts) as server, Client(server) as client:
        client.send(request(first))
        answer = client.read_all()
        assert answer.startswith(f"HTTP/1.1 403 {sentence}\r\n".encode())
        assert answer.endswith(f"\r\n\r\n{sentence}\n".encode())


@pytest.mark.parametrize(
    "target", ["other.example", ":443", "other.example:0", "other.example:65536", "a@b:443", "/a"]
)
def test_target_of_connect_is_checked(target: str) -> None:
    with proxy() as server, Client(server) as client:
        client.send(request(f"CONNECT {target}"))
        assert client.read_all() == bad("The request's target is no host and port.")


@kinds
def test_absolute_url_of_another_host_is_forwarded(kind: str) -> None:
    sent = request(
        "POST http://{}/a%20b?c=d",
        "Connection: X-Hop",
        "Proxy-Authorization: Basic eDp5",
        "Transfer-Encoding: chunked",
        "X: 1",
        body=b"3\r\nabc\r\n0\r\n\r\n",
    )
    with started(plain_server()) as target, proxy(kind=kind) as server, Client(server) as client:
        host = f"127.0.0.1:{target.port}"
        client.send(sent.replace(b"{}", host.encode()))
        expected = ok("POST /a b", "c=d", "Connection: close\r\n", host=host, x="1", body=b"abc")
        assert client.read_all() == expected


def test_forwarded_request_has_no_fields_of_the_proxy() -> None:
    fields = ("Proxy-Authorization: Basic eDp5", "Proxy-Connection: keep-alive", "TE: trailers")
    with upstream() as listener, proxy() as server, Client(server) as client:
        host = authority(listener)
        client.send(request(f"GET http://{host}?b", *fields, "X: 1"))
        other, _ = listener.accept()
        with other:
            sent = f"GET /?b HTTP/1.1\r\nHost: {host}\r\nX: 1\r\nConnection: close\r\n\r\n"
            assert other.recv(1000).decode() == sent


def test_server_ends_with_a_tunnel_open() -> None:
    threads = threading.active_count()
    with upstream() as listener, proxy() as server, Client(server) as client:
        connect_to(client, authority(listener))
        other, _ = listener.accept()
        with other:
            other.settimeout(10)
            server.stop()
            assert client.gone()
            assert other.recv(1) == b""
    assert threading.active_count() <= threads + 1  # the loop's resolver ends by itself
