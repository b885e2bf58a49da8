"""TLS on the port of HTTP: the first byte decides, whichever client it is."""

import socket
import ssl
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.model.errors import ConfigurationError
from mockserver.server import Limits, WireServer, listen
from tests.server import echo
from tests.server.servers import started
from tests.server.socket_client import Client
from tests.server.table.case import ok, request

HOSTS = ("api.acme.example", "single")
A = request("GET /a")
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def make(certificates: ServerCertificates) -> WireServer:
    return WireServer(
        echo.answer,
        listener=listen("127.0.0.1", 0),
        in_thread=echo.in_thread,
        http_date=echo.http_date,
        tls=certificates.server_context,
        limits=Limits(),
    )


@pytest.fixture(scope="module")
def certificates() -> ServerCertificates:
    return ServerCertificates(HOSTS)


@pytest.fixture(scope="module")
def server(certificates: ServerCertificates) -> Iterator[WireServer]:
    with started(make(certificates)) as server:
        yield server


def connect(
    server: WireServer, context: ssl.SSLContext, name: str, session: ssl.SSLSession | None = None
) -> ssl.SSLSocket:
    bare = socket.create_connection(("127.0.0.1", server.port), 10)
    return context.wrap_socket(bare, server_hostname=name, session=session)


def alternative_names(certificate: Mapping[str, Any]) -> list[str]:
    return [value for _, value in certificate["subjectAltName"]]


def ask(connection: ssl.SSLSocket) -> bytes:
    connection.sendall(A)
    return connection.recv(1000)


def test_one_port_speaks_both(server: WireServer, certificates: ServerCertificates) -> None:
    with Client(server) as plain:
        plain.send(A)
        assert plain.read(len(ok("GET /a"))) == ok("GET /a")
    with connect(server, certificates.client_context(), "localhost") as secure:
        assert ask(secure) == ok("GET /a")


@pytest.mark.parametrize("name", [*HOSTS, "localhost", "127.0.0.1"])
def test_certificate_names_the_host(
    server: WireServer, certificates: ServerCertificates, name: str
) -> None:
    with connect(server, certificates.client_context(), name) as connection:
        found = connection.getpeercert() or {}
        names = alternative_names(found)
        # An address is not sent as server name: the certificate is the one with all names.
        assert (names == [name]) if name != "127.0.0.1" else (name in names)


def test_client_without_server_name_gets_all_names(
    server: WireServer, certificates: ServerCertificates
) -> None:
    context = certificates.client_context()
    context.check_hostname = False
    bare = socket.create_connection(("127.0.0.1", server.port), 10)
    try:
        with context.wrap_socket(bare) as connection:
            found = connection.getpeercert() or {}
            assert {*alternative_names(found)} >= {*HOSTS, "localhost"}
    finally:
        context.check_hostname = True


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


@pytest.mark.parametrize("name", ["api.acme.example", "other.example"])
def test_refused_certificate_is_one_log_line(
    server: WireServer, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(server, ssl.create_default_context(), name)
    with Client(server) as client:  # by now the loop has seen the alert
        client.send(A)
        client.read(1)
    assert caplog.messages == [
        f"TLS with a client failed for {name}: it did not trust our certificate:"
        " see `token-mockserver ca`"
    ]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"\x16\x03\x01", "it closed the connection during the handshake"),
        (b"\x16\x03\x01\x00\x05\x02\x00\x00\x01x", "OpenSSL reports "),
        (b"\x16 is no TLS at all", "OpenSSL reports "),
    ],
)
def test_broken_handshake_is_one_log_line(
    server: WireServer, caplog: pytest.LogCaptureFixture, sent: bytes, reason: str
) -> None:
    with Client(server) as client:
        client.send(sent)
        client.finish()
        client.read_all()
    (message,) = caplog.messages
    assert message.startswith(f"TLS with a client failed: {reason}")


def test_old_client_is_one_log_line(server: WireServer, caplog: pytest.LogCaptureFixture) -> None:
    context = ssl._create_unverified_context()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        connect(server, context, HOSTS[0])
    assert caplog.messages == ["TLS with a client failed: it offers neither TLS 1.2 nor TLS 1.3"]


def test_authority_that_cannot_be_used_is_one_log_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> ssl.SSLContext:
        raise ConfigurationError("--ca-dir: it expired")

    server = make(ServerCertificates(HOSTS))
    server._state.tls_context = fail
    with started(server), Client(server) as client:
        client.send(b"\x16\x03\x01\x00\x05hello")
        assert client.gone()
    assert caplog.messages == ["TLS is not possible: --ca-dir: it expired"]


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
