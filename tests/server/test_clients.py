"""Real clients, each with its own way of sending a body."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import requests

from mockserver.server import Limits, WireServer
from tests.server.echo import line
from tests.server.servers import CERTIFICATE, client_context, serving_as

BODY = Limits().body
HERE = Path(__file__).parent
LARGE = 2_000_000
"""Larger than the size from which curl sends `Expect: 100-continue`."""


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    with serving_as("plain") as server:
        yield server


@pytest.fixture(scope="module")
def url(server: WireServer) -> str:
    return f"http://127.0.0.1:{server.port}"


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: its HTTP client is NOT TESTED")
    return found


def run(*command: str, given: bytes = b"") -> str:
    done = subprocess.run(command, input=given, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def said(url: str, first: str, body: bytes = b"", x: str = "") -> str:
    method, path = first.split(" ")
    return line(method, path, host=url.removeprefix("http://"), x=x, body=body).decode()


@pytest.mark.parametrize("version", ["--http1.0", "--http1.1", "--http2"])
def test_curl(url: str, version: str) -> None:
    """With --http2, curl offers an upgrade, also with a body."""
    curl = [program("curl"), "-sS", version]
    assert run(*curl, f"{url}/a") == said(url, "GET /a")
    assert run(*curl, "-d", "abc", f"{url}/a") == said(url, "POST /a", b"abc")
    assert run(*curl, "-X", "PUT", "-d", "", f"{url}/a") == said(url, "PUT /a")
    head = run(*curl, "-I", f"{url}/a")
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert head.count("Content-Length:") == 1
    twice = run(*curl, "-d", "abc", f"{url}/a", f"{url}/b")
    assert twice == said(url, "POST /a", b"abc") + said(url, "POST /b", b"abc")


def test_curl_waits_for_100_continue(url: str) -> None:
    """Without the 100, curl would wait for a minute."""
    sent = b"x" * LARGE
    curl = [program("curl"), "-sS", "-v", "--expect100-timeout", "60", "--data-binary", "@-"]
    command = [*curl, "-H", "Expect: 100-continue", f"{url}/a"]
    done = subprocess.run(command, input=sent, capture_output=True, timeout=50, check=True)
    assert b"< HTTP/1.1 100 Continue" in done.stderr
    assert done.stdout.decode() == said(url, "POST /a", sent)


def test_curl_gets_413_instead_of_100(url: str) -> None:
    curl = [program("curl"), "-sS", "--data-binary", "@-", "-H", "Expect: 100-continue"]
    answer = run(*curl, f"{url}/a", given=b"x" * (BODY + 1))
    assert answer == f"The body is over {BODY} bytes.\n"


def test_curl_sends_chunks(url: str) -> None:
    curl = [program("curl"), "-sS", "-H", "Transfer-Encoding: chunked", "--data-binary", "@-"]
    assert run(*curl, f"{url}/a", given=b"abc") == said(url, "POST /a", b"abc")


def test_requests(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "urllib3")
    with requests.Session() as session:
        assert session.get(f"{url}/a", headers={"X": "1"}).text == said(url, "GET /a", x="1")
        assert session.post(f"{url}/a", data=b"abc").text == said(url, "POST /a", b"abc")
        chunks = session.put(f"{url}/a", data=iter([b"a", b"bc"]))
        assert chunks.text == said(url, "PUT /a", b"abc")
        assert session.head(f"{url}/large").headers["Content-Length"] == "70000"
        assert session.get(f"{url}/large").content == b"x" * 70_000
        assert session.options(f"{url}/a").text == said(url, "OPTIONS /a")
        assert session.get(f"{url}/204").status_code == 204
        assert session.get(f"{url}/later").text == "later"
    assert caplog.text.count("Starting new HTTP connection") == 1


def test_requests_over_tls() -> None:
    with serving_as("tls") as server, requests.Session() as session:
        for body in (b"abc", b"x" * LARGE):
            to = f"https://localhost:{server.port}/a"
            answer = session.post(to, data=body, verify=str(CERTIFICATE))
            assert answer.content.endswith(b" body=" + body)


def test_httpx(url: str) -> None:
    with httpx.Client(base_url=url) as client:
        assert client.get("/a").text == said(url, "GET /a")
        assert client.post("/a", content=b"abc").text == said(url, "POST /a", b"abc")
        assert client.post("/a", content=iter([b"a", b"bc"])).text == said(url, "POST /a", b"abc")
        assert client.head("/a").content == b""
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/RANDOM_DATA_THEN_CLOSE")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/MALFORMED_RESPONSE_CHUNK")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/EMPTY_RESPONSE")
        with pytest.raises(httpx.ReadError):
            client.get("/CONNECTION_RESET_BY_PEER")


def test_httpx_over_tls() -> None:
    with (
        serving_as("tls") as server,
        httpx.Client(
            base_url=f"https://localhost:{server.port}", verify=client_context()
        ) as client,
    ):
        assert client.get("/later").text == "later"
        assert client.get("/a").text.startswith("GET /a ")


def test_node(url: str) -> None:
    """Node's fetch sends streams in chunks and keeps connections."""
    answers = run(program("node"), str(HERE / "programs" / "fetch.mjs"), url).split("\n")
    assert answers == [
        said(url, "GET /a"),
        said(url, "POST /a", b"abc"),
        said(url, "POST /a", b"streamed"),
        "200 70000",
        "failed failed failed failed",
        "",
    ]


def test_java(url: str) -> None:
    """Java's HttpClient offers HTTP/2 with every first request, also with a body."""
    answers = run(program("java"), str(HERE / "programs" / "Client.java"), url).split("\n")
    assert answers == [
        said(url, "GET /a"),
        said(url, "POST /a", b"abc"),
        said(url, "POST /a", b"streamed"),
        said(url, "POST /a", b"expected"),
        "HTTP_1_1 204",
        "failed failed failed failed",
        "",
    ]
