"""Variables that are set already are extended, never lost."""

from pathlib import Path

import pytest

from mockserver.environment.trust_files import TrustFiles
from mockserver.environment.variables import ServerAddress, client_variables

SERVER = ServerAddress(
    "http://127.0.0.1:7401", {"acme": "http://127.0.0.1:7401/acme"}, ("api.acme.example",)
)
CA = "-----BEGIN CERTIFICATE-----\nours\n-----END CERTIFICATE-----\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrustFiles:
    """Certificate files, without the one for Java, which needs a real certificate."""
    monkeypatch.setattr(TrustFiles, "java_trust_store", lambda self: tmp_path / "truststore.p12")
    return TrustFiles(tmp_path, CA)


def test_proxies_are_set_in_both_cases_and_loopback_is_direct(files: TrustFiles) -> None:
    found = client_variables(SERVER, files, {})
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        assert found[name] == SERVER.url
    assert found["NO_PROXY"] == found["no_proxy"] == "localhost,127.0.0.1,::1"


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_direct_hosts_are_kept_and_added(files: TrustFiles, name: str) -> None:
    found = client_variables(SERVER, files, {name: "intranet, 127.0.0.1"}, ["other.example"])
    assert found["no_proxy"] == "intranet,127.0.0.1,localhost,::1,other.example"


def test_client_that_adds_roots_gets_our_ca_alone(files: TrustFiles) -> None:
    path = Path(client_variables(SERVER, files, {})["NODE_EXTRA_CA_CERTS"])
    assert path.read_text() == CA


@pytest.mark.parametrize("name", ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_roots_set_by_the_user_are_kept_beside_ours(
    files: TrustFiles, tmp_path: Path, name: str
) -> None:
    own = tmp_path / "own.pem"
    own.write_text("own roots\n")
    path = Path(client_variables(SERVER, files, {name: str(own)})[name])
    assert path.read_text() == f"own roots\n{CA}"
    assert own.read_text() == "own roots\n"


def test_client_that_replaces_its_roots_gets_them_and_ours(files: TrustFiles) -> None:
    text = Path(client_variables(SERVER, files, {})["REQUESTS_CA_BUNDLE"]).read_text()
    assert text.endswith(CA)
    assert text.count("BEGIN CERTIFICATE") > 50


@pytest.mark.parametrize(("name", "value", "starts", "ends"), [
    ("PYTHONPATH", "/mine", "/", ":/mine"),
    ("NODE_OPTIONS", "--max-old-space-size=100", "--max-old-space-size=100 --require=", '"'),
    ("JAVA_TOOL_OPTIONS", "-Xmx1g", "-Xmx1g -D", "changeit"),
    ("PHP_INI_SCAN_DIR", "/etc/mine", "/etc/mine:", "php"),
])  # fmt: skip
def test_options_of_runtimes_are_appended(
    files: TrustFiles, name: str, value: str, starts: str, ends: str
) -> None:
    found = client_variables(SERVER, files, {name: value})[name]
    assert found.startswith(starts)
    assert found.endswith(ends)


def test_settings_of_wget_are_kept(files: TrustFiles, tmp_path: Path) -> None:
    (tmp_path / ".wgetrc").write_text("tries = 3\n")
    path = Path(client_variables(SERVER, files, {"HOME": str(tmp_path)})["WGETRC"])
    assert path.read_text().startswith("tries = 3\n")
    assert "ca_certificate = " in path.read_text()


def test_addresses_of_server_and_vendors_are_variables(files: TrustFiles) -> None:
    found = client_variables(SERVER, files, {})
    assert found["TOKEN_MOCKSERVER_URL"] == "http://127.0.0.1:7401"
    assert found["TOKEN_MOCKSERVER_ACME_URL"] == "http://127.0.0.1:7401/acme"
