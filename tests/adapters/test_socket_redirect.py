"""Connections to chosen hosts are led to one server, whichever client opens them."""

import http.client
import socket
import ssl
import urllib.request
from collections.abc import Iterator
from functools import partial

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


@pytest.mark.parametrize("host", ["api.acme.example", "API.Acme.example", "api.acme.example."])
def test_a_chosen_host_is_the_server(
    redirect: SocketRedirect, listener: socket.socket, host: str
) -> None:
    with socket.create_connection((host, 443), timeout=5) as client:
        assert peer_of(listener, client)


def test_a_client_that_connects_by_name_reaches_it(
    redirect: SocketRedirect, listener: socket.socket
) -> None:
    with socket.socket() as client:
        client.connect(("api.acme.example", 443))
        assert peer_of(listener, client)


def test_a_client_that_keeps_the_address_and_not_the_port_reaches_it(
    redirect: SocketRedirect, listener: socket.socket
) -> None:
    found = socket.getaddrinfo(b"api.acme.example", 443, type=socket.SOCK_STREAM)
    with socket.socket() as client:
        assert client.connect_ex((found[0][4][0], 8443)) == 0
        assert peer_of(listener, client)


def test_ipv6_alone_is_not_found(redirect: SocketRedirect) -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("api.acme.example", 443, family=socket.AF_INET6)


def test_other_hosts_are_left_alone(redirect: SocketRedirect, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert socket.getaddrinfo("127.0.0.1", port)[0][4] == ("127.0.0.1", port)
    with socket.create_connection(("localhost", port), timeout=5) as client:
        assert peer_of(listener, client)


def test_afterwards_nothing_is_replaced() -> None:
    owners = [(owner, name) for owner, name, _ in hooks(_nowhere())]
    before = [getattr(owner, name) for owner, name in owners]
    layers = [Layer(owner, name, method) for owner, name, method in hooks(_nowhere())]
    for layer in layers:
        layer.lay()
    for layer in layers:
        layer.lift()
    assert [getattr(owner, name) for owner, name in owners] == before


def test_a_refused_address_is_not_connected_to() -> None:
    def refuse(host: str) -> None:
        raise ConnectionRefusedError(f"{host} is no vendor's host")

    made = SocketRedirect(
        lambda host: False, lambda: ("127.0.0.1", 1), ssl.create_default_context, refuse
    )
    with socket.socket() as client, pytest.raises(ConnectionRefusedError, match=r"192\.0\.2\.1"):
        made.connect(socket.socket.connect, client, ("192.0.2.1", 443))


def _nowhere() -> SocketRedirect:
    return SocketRedirect(lambda host: False, lambda: ("127.0.0.1", 1), ssl.create_default_context)


def test_a_client_of_the_standard_library_speaks_with_the_server(
    redirect: SocketRedirect, listener: socket.socket
) -> None:
    connection = http.client.HTTPConnection("api.acme.example", timeout=5)
    connection.connect()
    assert peer_of(listener, connection.sock)
    connection.close()
    open_url = partial(urllib.request.urlopen, "http://api.acme.example/", timeout=0.2)
    with pytest.raises(OSError, match="timed out"):
        open_url()  # connected, and the listener does not answer
