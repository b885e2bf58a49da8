"""Connections to chosen hosts are redirected to one server."""

import http.client
import socket
import ssl
import urllib.request
from collections.abc import Iterator

import pytest

from mockserver.adapters.interception import Layer
from mockserver.adapters.socket_redirect import SocketRedirect, hooks


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that listens on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock


@pytest.fixture
def redirect(listener: socket.socket) -> Iterator[SocketRedirect]:
    """A redirect of `api.acme.example` to the listener, in force."""
    context = ssl.create_default_context()
    made = SocketRedirect(
        lambda host: host == "api.acme.example", listener.getsockname, lambda: context
    )
    layers = [Layer(owner, name, method) for owner, name, method in hooks(made)]
    for layer in layers:
        layer.lay()
    yield made
    for layer in layers[::-1]:
        layer.lift()


def peer_of(listener: socket.socket, client: socket.socket) -> bool:
    """Return True if the listener's next connection is the client's."""
    accepted, address = listener.accept()
    accepted.close()
    return bool(address == client.getsockname())


def test_every_connection_to_a_chosen_host_reaches_the_server(
    redirect: SocketRedirect, listener: socket.socket
) -> None:
    """By a helper, by name, by an address looked up before, and by the standard library."""
    for host in ("api.acme.example", "API.Acme.example", "api.acme.example."):
        with socket.create_connection((host, 443), timeout=5) as client:
            assert peer_of(listener, client)
    with socket.socket() as client:
        client.connect(("api.acme.example", 443))
        assert peer_of(listener, client)
    found = socket.getaddrinfo(b"api.acme.example", 443, type=socket.SOCK_STREAM)
    with socket.socket() as client:
        assert client.connect_ex((found[0][4][0], 8443)) == 0
        assert peer_of(listener, client)
    connection = http.client.HTTPConnection("api.acme.example", timeout=5)
    connection.connect()
    assert peer_of(listener, connection.sock)
    connection.close()
    with pytest.raises(OSError, match="timed out"):  # connected: the listener does not answer
        urllib.request.urlopen("http://api.acme.example/", timeout=0.2)


def test_chosen_host_has_no_ipv6_address(redirect: SocketRedirect) -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("api.acme.example", 443, family=socket.AF_INET6)


def test_other_hosts_are_not_redirected(redirect: SocketRedirect, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert socket.getaddrinfo("127.0.0.1", port)[0][4] == ("127.0.0.1", port)
    with socket.create_connection(("localhost", port), timeout=5) as client:
        assert peer_of(listener, client)


def test_nothing_stays_replaced() -> None:
    owners = [(owner, name) for owner, name, _ in hooks(_nowhere())]
    before = [getattr(owner, name) for owner, name in owners]
    layers = [Layer(owner, name, method) for owner, name, method in hooks(_nowhere())]
    for layer in layers:
        layer.lay()
    for layer in layers:
        layer.lift()
    assert [getattr(owner, name) for owner, name in owners] == before


def test_refused_address_is_not_connected_to() -> None:
    def refuse(host: str) -> None:
        raise ConnectionRefusedError(f"{host} is no vendor's host")

    made = SocketRedirect(
        lambda host: False, lambda: ("127.0.0.1", 1), ssl.create_default_context, refuse
    )
    with socket.socket() as client, pytest.raises(ConnectionRefusedError, match=r"192\.0\.2\.1"):
        made.connect(socket.socket.connect, client, ("192.0.2.1", 443))


def _nowhere() -> SocketRedirect:
    return SocketRedirect(lambda host: False, lambda: ("127.0.0.1", 1), ssl.create_default_context)
