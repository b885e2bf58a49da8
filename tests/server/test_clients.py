"""Real clients over http and https, each with its own way of sending a body.

Over https they are led by a proxy setting, by name, or to localhost. The authority has critical
name constraints; each client checks the certificate.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import requests

from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.server import Limits, WireServer
from mockserver.server.proxy import ForwardProxy
from tests.server import echo
from tests.server.servers import make, started

HOST = "api.acme.example"
CERTIFICATES = ServerCertificates([HOST])
PROGRAMS = Path(__file__).parent / "programs"
LARGE = 2_000_000
"""Larger than the size from which curl sends `Expect: 100-continue`."""


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    server = make(
        tls=CERTIFICATES.server_context,
        proxy=lambda port: ForwardProxy(lambda host: host == HOST, port),
    )
    with started(server):
        yield server


@pytest.fixture(scope="module")
def proxy(server: WireServer) -> str:
    return f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    path.write_bytes(CERTIFICATES.authority.pem)
    path.with_name("ca.p12").write_bytes(CERTIFICATES.authority.pkcs12)
    return path


@pytest.fixture(params=["http", "https by proxy", "https to localhost"])
def url(request: pytest.FixtureRequest, server: WireServer, proxy: str) -> str:
    addresses = {"http": proxy, "https by proxy": f"https://{HOST}"}
    return addresses.get(request.param, f"https://localhost:{server.port}")


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: its HTTP client is NOT TESTED")
    return found


def run(*command: str, given: bytes = b"", **variables: str) -> str:
    environment = {**os.environ, **variables}
    done = subprocess.run(
        command, input=given, env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def said(url: str, first: str, body: bytes = b"", x: str = "") -> str:
    method, path = first.split(" ")
    return echo.line(method, path, host=url.partition("://")[2], x=x, body=body).decode()


@pytest.mark.parametrize("options", ["--http1.0", "--http1.1", "--http2", "--tls-max 1.2"])
def test_curl(url: str, proxy: str, roots: Path, options: str) -> None:
    """With --http2, curl offers an upgrade, also with a body."""
    curl = [program("curl"), "-sS", *options.split(), "--cacert", str(roots), "--proxy", proxy]
    curl += ["--noproxy", "127.0.0.1,localhost"]
    assert run(*curl, f"{url}/a") == said(url, "GET /a")
    assert run(*curl, "-X", "PUT", "-d", "", f"{url}/a") == said(url, "PUT /a")
    head = run(*curl, "-I", f"{url}/a").removeprefix("HTTP/1.1 200 Connection Established\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert head.count("Content-Length:") == 1
    twice = run(*curl, "-d", "abc", f"{url}/a", f"{url}/b")
    assert twice == said(url, "POST /a", b"abc") + said(url, "POST /b", b"abc")


def test_curl_by_name(server: WireServer, roots: Path) -> None:
    by_name = f"{HOST}:443:127.0.0.1:{server.port}"
    options = ["-sS", "--cacert", str(roots), "--connect-to", by_name, "-d", "abc"]
    url = f"https://{HOST}"
    expected = said(url, "POST /a", b"abc")
    assert run(program("curl"), *options, f"{url}/a", f"{url}/a") == 2 * expected


def test_curl_with_large_and_chunked_bodies(proxy: str) -> None:
    """Without the 100, curl would wait for a minute."""
    sent, limit = b"x" * LARGE, Limits().body
    curl = [program("curl"), "-sS", "--data-binary", "@-"]
    expects = [*curl, "--expect100-timeout", "90", "-H", "Expect: 100-continue", f"{proxy}/a"]
    assert run(*expects, "-w", "%{http_code}", given=sent) == said(proxy, "POST /a", sent) + "200"
    refused = run(*expects, given=b"x" * (limit + 1))
    assert refused == f"The body is over {limit} bytes.\n"
    chunked = [*curl, "-H", "Transfer-Encoding: chunked", f"{proxy}/a"]
    assert run(*chunked, given=b"abc") == said(proxy, "POST /a", b"abc")


def test_requests(url: str, proxy: str, roots: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "urllib3")
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(roots)
        session.proxies = {f"https://{HOST}": proxy}
        assert session.get(f"{url}/a", headers={"X": "1"}).text == said(url, "GET /a", x="1")
        for body in (b"abc", b"x" * LARGE):
            assert session.post(f"{url}/a", data=body).text == said(url, "POST /a", body)
        chunks = session.put(f"{url}/a", data=iter([b"a", b"bc"]))
        assert chunks.text == said(url, "PUT /a", b"abc")
        assert session.head(f"{url}/large").headers["Content-Length"] == "70000"
        assert session.get(f"{url}/large").content == b"x" * 70_000
        assert session.options(f"{url}/a").text == said(url, "OPTIONS /a")
        assert session.get(f"{url}/204").status_code == 204
        assert session.get(f"{url}/later").text == "later"
        assert caplog.text.count("Starting new HTTP") == 1
        session.proxies["http"] = proxy
        assert session.get(f"http://{HOST}/a").text == said(f"http://{HOST}", "GET /a")


def test_requests_reports_an_untrusted_certificate(proxy: str) -> None:
    with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        requests.get(f"https://{HOST}/a", proxies={"https": proxy}, timeout=10)


def test_httpx(url: str, proxy: str) -> None:
    mounts = {
        f"https://{HOST}": httpx.HTTPTransport(proxy=proxy, verify=CERTIFICATES.client_context())
    }
    with httpx.Client(base_url=url, verify=CERTIFICATES.client_context(), mounts=mounts) as client:
        assert client.get("/a").text == said(url, "GET /a")
        assert client.post("/a", content=b"abc").text == said(url, "POST /a", b"abc")
        assert client.post("/a", content=iter([b"a", b"bc"])).text == said(url, "POST /a", b"abc")
        assert client.head("/a").content == b""
        assert client.get("/later").text == "later"


def check_program(url: str, roots: Path, *command: str, specific: list[str]) -> None:
    """Run a program of ours that sends requests to `url` and prints their answers."""
    assert run(*command, url, NODE_EXTRA_CA_CERTS=str(roots)).split("\n") == [
        said(url, "GET /a"),
        said(url, "POST /a", b"abc"),
        said(url, "POST /a", b"streamed"),
        *specific,
        "failed failed failed failed",
        "",
    ]


@pytest.mark.parametrize("url", ["http", "https to localhost"], indirect=True)
def test_node(url: str, roots: Path) -> None:
    """Node's fetch sends streams in chunks and keeps connections; it has no setting for proxies."""
    command = [program("node"), str(PROGRAMS / "fetch.mjs")]
    check_program(url, roots, *command, specific=["200 70000"])


def test_java(url: str, server: WireServer, roots: Path) -> None:
    """Java's HttpClient offers HTTP/2 with every first request, also with a body."""
    options = [
        "-Dhttps.proxyHost=127.0.0.1",
        f"-Dhttps.proxyPort={server.port}",
        f"-Djavax.net.ssl.trustStore={roots.with_name('ca.p12')}",
        "-Djavax.net.ssl.trustStorePassword=changeit",
    ]
    command = [program("java"), *options, str(PROGRAMS / "Client.java")]
    specific = [said(url, "POST /a", b"expected"), "HTTP_1_1 204"]
    check_program(url, roots, *command, specific=specific)
