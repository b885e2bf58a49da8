"""What only the server in the process has: an address, a start and a stop."""

import socket
from pathlib import Path

import pytest
import requests

from mockserver import TokenServer
from mockserver.model.errors import ConfigurationError, MockServerError


def test_server_starts_again_with_its_state() -> None:
    server = TokenServer(freeze="2026-01-01T00:00:00Z", hosts={"dstor": ["a.test"]})
    with pytest.raises(MockServerError, match="not started"):
        _ = server.url
    token = server.mint("dstor")
    for _ in range(2):
        with server:
            assert requests.get(f"{server.datasentinel.base_url}/ds-api/").headers["Date"] == (
                "Thu, 01 Jan 2026 00:00:00 GMT"
            )
            with pytest.raises(MockServerError, match="already"):
                server.start()
        server.stop()
    assert server.explain("dstor", token).accepted
    assert server.dstor.hosts[-1] == "a.test"
    server.reset()
    assert server.clock.frozen


def test_https_on_the_same_port_and_by_proxy(tmp_path: Path) -> None:
    roots = tmp_path / "ca.pem"
    with TokenServer(hosts={"datasentinel": ["ds.test"]}) as server, requests.Session() as client:
        roots.write_text(requests.get(f"{server.url}/__admin/certs/ca.pem", timeout=10).text)
        client.trust_env, client.verify = False, str(roots)
        own = server.url.replace("http://127.0.0.1", "https://localhost")
        assert client.get(f"{own}/__admin/health").json()["status"] == "healthy"
        client.proxies = {"https": server.url}
        client.post("https://ds.test/ds-api/user-token", auth=("myUser", "myPassword"))
        (request,) = server.requests.all()
        assert (request.vendor, request.status) == ("datasentinel", 201)


def test_port_in_use_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = TokenServer(port=taken.getsockname()[1])
        with pytest.raises(ConfigurationError, match="cannot listen"):
            server.start()
