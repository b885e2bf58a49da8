"""An answer that fails: a bare 500, and a log entry without the request's secrets."""

import pytest

from tests.server.servers import serving_as
from tests.server.socket_client import Client
from tests.server.table.case import FAILED, request


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("/raise", "RuntimeError: not for the client"),
        ("/thread-raise", "RuntimeError: not for the client"),
        ("/none", "TypeError: NoneType is no Response"),
        ("/split-value", "ValueError: a header field has a line end in it"),
        ("/99", "ValueError: 99 is no status"),
        ("/snowman", "UnicodeEncodeError"),
    ],
)
def test_failure_is_logged_without_secrets(
    path: str, cause: str, caplog: pytest.LogCaptureFixture
) -> None:
    with serving_as("plain") as server, Client(server) as client:
        client.send(request(f"GET {path}?token=secret", "Authorization: secret"))
        assert client.read(len(FAILED)) == FAILED
    (record,) = [record for record in caplog.records if record.name == "mockserver"]
    assert record.getMessage() == f"GET {path} could not be answered"
    assert cause in caplog.text
    assert "secret" not in caplog.text


def test_client_errors_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with serving_as("plain") as server:
        for sent in (request("GET /a"), b"\0", b"GET /"):
            with Client(server) as client:
                client.send(sent)
    with serving_as("tls") as server:
        for kind in ("tls", "plain"):
            with Client(server, kind) as client:
                client.send(request("GET /a"))
    assert caplog.records == []
