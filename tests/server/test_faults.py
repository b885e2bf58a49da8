"""Broken connections, as real clients see them."""

import pytest
import requests

from mockserver.adapters.framing import FINAL_BYTES
from mockserver.model.http import Fault
from mockserver.server import WireServer
from tests.server.servers import CERTIFICATE, KINDS, serving_as
from tests.server.socket_client import Client
from tests.server.table.case import ok, request

WHEN = ["", "/later"]
RESET = Fault.CONNECTION_RESET_BY_PEER

kinds = pytest.mark.parametrize("kind", KINDS)
whens = pytest.mark.parametrize("when", WHEN, ids=["at once", "delayed"])


@kinds
@whens
def test_reset_is_a_tcp_reset(kind: str, when: str) -> None:
    with serving_as(kind) as server, Client(server, kind) as client:
        client.send(request(f"GET {when}/{RESET}"))
        bare = client.bare()  # Python's TLS takes a reset for an end
        with pytest.raises(ConnectionResetError):
            bare.read_all()


def test_reset_after_an_answer() -> None:
    """The connection is reset whatever was sent before."""
    with serving_as("plain") as server, Client(server) as client:
        client.send(request("GET /a"))
        assert client.read(len(ok("GET /a"))) == ok("GET /a")
        client.send(request(f"GET /{RESET}") + request("GET /a"))
        with pytest.raises(ConnectionResetError):
            client.read_all()


@kinds
@whens
def test_empty_response_closes_in_order(kind: str, when: str) -> None:
    with serving_as(kind) as server, Client(server, kind) as client:
        client.send(request(f"GET {when}/{Fault.EMPTY_RESPONSE}"))
        assert client.read_all() == b""  # without TLS's close_notify this would raise


@kinds
@pytest.mark.parametrize("fault", FINAL_BYTES)
def test_fault_leaves_other_connections_open(kind: str, fault: Fault) -> None:
    with serving_as(kind) as server, Client(server, kind) as other:
        other.send(request("GET /a"))
        assert other.read(len(ok("GET /a"))) == ok("GET /a")
        with Client(server, kind) as client:
            client.send(request(f"GET /{fault}"))
            assert client.read_all() == FINAL_BYTES[fault]
        other.send(request("GET /b"))
        assert other.read(len(ok("GET /b"))) == ok("GET /b")


@pytest.mark.parametrize("kind", ["plain", "tls"])
@whens
@pytest.mark.parametrize(
    ("fault", "error", "text"),
    [
        (Fault.EMPTY_RESPONSE, requests.ConnectionError, "Remote end closed connection"),
        (RESET, requests.ConnectionError, "Connection aborted"),
        (
            Fault.MALFORMED_RESPONSE_CHUNK,
            requests.exceptions.ChunkedEncodingError,
            "InvalidChunkLength",
        ),
        (Fault.RANDOM_DATA_THEN_CLOSE, requests.ConnectionError, "BadStatusLine"),
    ],
)
def test_requests_raises_its_own_error(
    kind: str, when: str, fault: Fault, error: type[Exception], text: str
) -> None:
    with serving_as(kind) as server, pytest.raises(error, match=text):
        requests.get(f"{url(server, kind)}{when}/{fault}", timeout=10, verify=str(CERTIFICATE))


def url(server: WireServer, kind: str) -> str:
    return f"{'https' if 'tls' in kind else 'http'}://localhost:{server.port}"


def test_every_fault_is_tested() -> None:
    assert {*FINAL_BYTES, RESET} == set(Fault)
