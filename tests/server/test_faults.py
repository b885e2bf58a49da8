"""Broken connections and failed answers, as clients and the log see them."""

import httpx
import pytest
import requests

from mockserver.adapters.framing import FINAL_BYTES
from mockserver.model.http import Fault
from tests.server.servers import CERTIFICATE, client_context, kinds, serving_as
from tests.server.socket_client import SocketClient
from tests.server.table.case import FAILED, request

RESET = Fault.CONNECTION_RESET_BY_PEER
ERRORS = {
    Fault.EMPTY_RESPONSE: (httpx.RemoteProtocolError, "ConnectionError.*Remote end closed"),
    RESET: (httpx.ReadError, "ConnectionError.*Connection aborted"),
    Fault.MALFORMED_RESPONSE_CHUNK: (
        httpx.RemoteProtocolError,
        "ChunkedEncodingError.*InvalidChunkLength",
    ),
    Fault.RANDOM_DATA_THEN_CLOSE: (httpx.RemoteProtocolError, "ConnectionError.*BadStatusLine"),
}


@kinds
@pytest.mark.parametrize("before", ["/", "/later/"], ids=["at once", "delayed"])
def test_fault_ends_its_connection_alone(kind: str, before: str) -> None:
    """Without TLS's close_notify reading to the end would raise."""
    with serving_as(kind) as server, SocketClient(server, kind) as other:
        other.exchange()
        for fault in Fault:
            with SocketClient(server, kind) as client:
                client.exchange()
                client.send(request(f"GET {before}{fault}") + request("GET /a"))
                if fault is RESET:
                    bare = client.bare()  # Python's TLS takes a reset for an end
                    with pytest.raises(ConnectionResetError):
                        bare.read_all()
                else:
                    assert client.read_all() == FINAL_BYTES[fault]
        other.exchange()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("fault", Fault)
def test_clients_raise_their_own_errors(scheme: str, fault: Fault) -> None:
    httpx_error, requests_error = ERRORS[fault]
    with serving_as("tls" if scheme == "https" else "plain") as server:
        url = f"{scheme}://localhost:{server.port}/{fault}"
        # Python's TLS takes a reset for an end.
        with pytest.raises(httpx_error if scheme == "http" else httpx.TransportError):
            httpx.get(url, verify=client_context())
        with pytest.raises(requests.RequestException) as caught:
            requests.get(url, timeout=10, verify=str(CERTIFICATE))
        kind, words = requests_error.split(".*")
        assert (type(caught.value).__name__, words in str(caught.value)) == (kind, True)


@pytest.mark.parametrize(("path", "cause"), [
    ("/raise", "RuntimeError: not for the client"),
    ("/thread-raise", "RuntimeError: not for the client"),
    ("/none", "TypeError: NoneType is no Response"),
    ("/split-value", "ValueError: a header field has a line end in it"),
    ("/99", "ValueError: 99 is no status"),
    ("/snowman", "UnicodeEncodeError"),
])  # fmt: skip
def test_failed_answer_is_logged_without_secrets(
    path: str, cause: str, caplog: pytest.LogCaptureFixture
) -> None:
    with serving_as("plain") as server, SocketClient(server) as client:
        client.exchange(request(f"GET {path}?token=secret", "Authorization: secret"), FAILED)
    (record,) = [record for record in caplog.records if record.name == "mockserver"]
    assert record.getMessage().startswith("a request ('GET') could not be answered. This is an")
    assert cause in caplog.text
    assert "secret" not in caplog.text


def test_client_errors_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with serving_as("tls") as server:
        for kind in ("tls", "plain"):
            for sent in (request("GET /a"), b"\0", b"GET /"):
                with SocketClient(server, kind) as client:
                    client.send(sent)
    assert caplog.records == []
