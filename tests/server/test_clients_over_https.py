"""Real clients over https: led by their proxy settings, by name, or to localhost.

The authority has critical name constraints; each client checks the certificate.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import requests

from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.server import WireServer, listen
from mockserver.server.proxy import ForwardProxy
from tests.server import echo
from tests.server.servers import started
from tests.server.test_clients import HERE, program, said

HOST = "api.acme.example"
URL = f"https://{HOST}"
CERTIFICATES = ServerCertificates([HOST])


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    listener = listen("127.0.0.1", 0)
    server = WireServer(
        echo.answer,
        listener=listener,
        in_thread=echo.in_thread,
        http_date=echo.http_date,
        tls=CERTIFICATES.server_context,
        proxy=ForwardProxy(lambda host: host == HOST, listener.getsockname()[1]),
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


def secure(url: str, first: str, body: bytes = b"") -> str:
    return said(url.replace("https://", "http://"), first, body)


def run(*command: str, **variables: str) -> str:
    done = subprocess.run(
        command, env={**os.environ, **variables}, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_requests_by_proxy(proxy: str, roots: Path) -> None:
    with requests.Session() as session:
        session.proxies = {"https": proxy, "http": proxy}
        session.trust_env, session.verify = False, str(roots)
        assert session.get(f"{URL}/a").text == secure(URL, "GET /a")
        assert session.post(f"{URL}/a", data=b"abc").text == secure(URL, "POST /a", b"abc")
        assert session.get(f"http://{HOST}/a").text == secure(URL, "GET /a")
        with pytest.raises(requests.ConnectionError):
            session.get(f"{URL}/EMPTY_RESPONSE")


def test_requests_names_an_untrusted_certificate(proxy: str) -> None:
    with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        requests.get(f"{URL}/a", proxies={"https": proxy}, timeout=10)


def test_httpx_by_proxy(proxy: str) -> None:
    with httpx.Client(proxy=proxy, verify=CERTIFICATES.client_context()) as client:
        assert client.get(f"{URL}/a").text == secure(URL, "GET /a")
        assert client.post(f"{URL}/a", content=b"abc").text == secure(URL, "POST /a", b"abc")
        assert client.get(f"{URL}/later").text == "later"


@pytest.mark.parametrize("version", ["--http1.1", "--http2", "--tls-max 1.2"])
def test_curl_by_proxy_and_by_name(
    server: WireServer, proxy: str, roots: Path, version: str
) -> None:
    curl = [program("curl"), "-sS", *version.split(), "--cacert", str(roots), "-d", "abc"]
    expected = secure(URL, "POST /a", b"abc")
    assert run(*curl, "--proxy", proxy, f"{URL}/a", f"{URL}/a") == 2 * expected
    by_name = f"{HOST}:443:127.0.0.1:{server.port}"
    assert run(*curl, "--connect-to", by_name, f"{URL}/a", f"{URL}/a") == 2 * expected


def test_node_at_localhost(server: WireServer, roots: Path) -> None:
    url = f"https://localhost:{server.port}"
    fetch = str(HERE / "programs" / "fetch.mjs")
    answers = run(program("node"), fetch, url, NODE_EXTRA_CA_CERTS=str(roots)).split("\n")
    assert answers == [
        secure(url, "GET /a"),
        secure(url, "POST /a", b"abc"),
        secure(url, "POST /a", b"streamed"),
        "200 70000",
        "failed failed failed failed",
        "",
    ]


@pytest.mark.parametrize("led", ["by proxy", "to localhost"])
def test_java(server: WireServer, roots: Path, led: str) -> None:
    url = URL if led == "by proxy" else f"https://localhost:{server.port}"
    options = [
        "-Dhttps.proxyHost=127.0.0.1",
        f"-Dhttps.proxyPort={server.port}",
        f"-Djavax.net.ssl.trustStore={roots.with_name('ca.p12')}",
        "-Djavax.net.ssl.trustStorePassword=changeit",
    ]
    command = [program("java"), *options, str(HERE / "programs" / "Client.java"), url]
    assert run(*command).split("\n") == [
        secure(url, "GET /a"),
        secure(url, "POST /a", b"abc"),
        secure(url, "POST /a", b"streamed"),
        secure(url, "POST /a", b"expected"),
        "HTTP_1_1 204",
        "failed failed failed failed",
        "",
    ]
