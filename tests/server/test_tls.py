"""TLS on the port of HTTP: the first byte decides, whichever client it is."""

import socket
import ssl
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.model.errors import ConfigurationError
from mockserver.server import WireServer
from tests.server.servers import make, started
from tests.server.socket_client import SocketClient
from tests.server.table.case import ok, request

HOSTS = ("api.acme.example", "single")
A = request("GET /a")
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@pytest.fixture(scope="module")
def certificates() -> ServerCertificates:
    return ServerCertificates(HOSTS)


@pytest.fixture(scope="module")
def server(certificates: ServerCertificates) -> Iterator[WireServer]:
    with started(make(tls=certificates.server_context)) as server:
        yield server


def connect(
    server: WireServer,
    context: ssl.SSLContext,
    name: str | None,
    session: ssl.SSLSession | None = None,
) -> ssl.SSLSocket:
    bare = socket.create_connection(("127.0.0.1", server.port), 10)
    return context.wrap_socket(bare, server_hostname=name, session=session)


def names_of(connection: ssl.SSLSocket) -> set[object]:
    """Return the alternative names of the server's certificate."""
    certificate: Mapping[str, Any] = connection.getpeercert() or {}
    return {value for _, value in certificate["subjectAltName"]}


def ask(connection: ssl.SSLSocket) -> bytes:
    connection.sendall(A)
    return connection.recv(1000)


def test_one_port_speaks_both(server: WireServer, certificates: ServerCertificates) -> None:
    with SocketClient(server) as plain:
        plain.exchange()
    with connect(server, certificates.client_context(), "localhost") as secure:
        assert ask(secure) == ok("GET /a")


@pytest.mark.parametrize("name", [*HOSTS, "localhost", "127.0.0.1"])
def test_certificate_names_the_host(
    server: WireServer, certificates: ServerCertificates, name: str
) -> None:
    with connect(server, certificates.client_context(), name) as connection:
        # An address is not sent as server name: the certificate is the one with all names.
        assert names_of(connection) == {name} or name == "127.0.0.1" in names_of(connection)


def test_client_without_server_name_gets_all_names(
    server: WireServer, certificates: ServerCertificates
) -> None:
    context = ssl.create_default_context(cadata=certificates.authority.pem.decode())
    context.check_hostname = False
    with connect(server, context, None) as connection:
        assert names_of(connection) >= {*HOSTS, "localhost"}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("offered", [[], ["http/1.1"], ["h2", "http/1.1"], ["h2"]])
def test_versions_and_protocols(
    server: WireServer, version: ssl.TLSVersion, offered: list[str]
) -> None:
    context = ssl._create_unverified_context()
    context.minimum_version = context.maximum_version = version
    if offered:
        context.set_alpn_protocols(offered)
    with connect(server, context, HOSTS[0]) as connection:
        assert connection.version() == version.name.replace("_", ".")
        assert connection.selected_alpn_protocol() == (
            "http/1.1" if "http/1.1" in offered else None
        )
        assert ask(connection) == ok("GET /a")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_session_is_resumed(server: WireServer, version: ssl.TLSVersion) -> None:
    context = ssl._create_unverified_context()
    context.minimum_version = context.maximum_version = version
    with connect(server, context, HOSTS[0]) as first:
        ask(first)  # TLS 1.3 sends its tickets with the first data
        session = first.session
    with connect(server, context, HOSTS[0], session) as second:
        assert ask(second) == ok("GET /a")
        assert second.session_reused


def no_trust(server: WireServer, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(server, ssl.create_default_context(), name)
    with SocketClient(server) as client:  # by now the loop has seen the alert
        client.exchange()


def tls_1_1(server: WireServer, name: str) -> None:
    context = ssl._create_unverified_context()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        connect(server, context, name)


def broken(sent: bytes) -> Callable[[WireServer, str], None]:
    def send(server: WireServer, _: str) -> None:
        with SocketClient(server) as client:
            client.send(sent)
            client.finish()
            client.read_all()

    return send


UNTRUSTED = "for {}: it did not trust our certificate: see `token-mockserver ca`"


@pytest.mark.parametrize(("act", "name", "reason"), [
    (no_trust, HOSTS[0], UNTRUSTED),
    (no_trust, "other.example", UNTRUSTED),
    (tls_1_1, HOSTS[0], ": it offers neither TLS 1.2 nor TLS 1.3"),
    (broken(b"\x16\x03\x01"), "", ": it closed the connection during the handshake"),
    (broken(b"\x16\x03\x01\x00\x05\x02\x00\x00\x01x"), "", ": OpenSSL reports "),
    (broken(b"\x16 is no TLS at all"), "", ": OpenSSL reports "),
])  # fmt: skip
def test_failed_handshake_is_one_log_line(
    server: WireServer,
    caplog: pytest.LogCaptureFixture,
    act: Callable[[WireServer, str], None],
    name: str,
    reason: str,
) -> None:
    act(server, name)
    (message,) = caplog.messages
    assert message.startswith(f"TLS with a client failed {reason}".format(name).replace(" :", ":"))


def test_authority_that_cannot_be_used_is_one_log_line(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> ssl.SSLContext:
        raise ConfigurationError("it expired")

    with started(make(tls=fail)) as server, SocketClient(server) as client:
        client.send(b"\x16\x03\x01\x00\x05hello")
        assert client.gone()
    assert caplog.messages == ["TLS is not possible: it expired"]


@pytest.mark.parametrize(("sent", "message"), [
    (b"\x16\x03\x01\x00\x05hello\r\n\r\n", "which this port does not have: use http:// in"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "speaks HTTP/2: this server speaks HTTP/1.1 only"),
])  # fmt: skip
def test_port_without_tls_says_once_what_a_client_speaks(
    caplog: pytest.LogCaptureFixture, sent: bytes, message: str
) -> None:
    with started(make()) as server:
        for _ in range(2):
            broken(sent)(server, "")
    (logged,) = caplog.messages
    assert message in logged


def test_reset_in_the_middle_of_a_record(
    server: WireServer, certificates: ServerCertificates, caplog: pytest.LogCaptureFixture
) -> None:
    connection = connect(server, certificates.client_context(), "localhost")
    assert ask(connection) == ok("GET /a")
    with socket.socket(fileno=connection.detach()) as bare:
        bare.sendall(b"\x17\x03\x03\x01\x00half a record")
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    with connect(server, certificates.client_context(), "localhost") as other:
        assert ask(other) == ok("GET /a")
    assert caplog.messages == []


def test_plain_bytes_inside_tls_end_the_connection(
    server: WireServer, certificates: ServerCertificates
) -> None:
    connection = connect(server, certificates.client_context(), "localhost")
    with socket.socket(fileno=connection.detach()) as bare:
        bare.settimeout(10)
        bare.sendall(A)
        while bare.recv(1000):
            pass
