"""OpenSSL accepts the authority for its own hosts and for loopback alone."""

import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from mockserver.certificates.authority import LEAF_LIFE, PKCS12_PASSWORD, Authority
from mockserver.certificates.authority_files import kept_authority
from mockserver.certificates.server_certificates import ServerCertificates
from mockserver.model.errors import ConfigurationError

HOSTS = ("api.acme.example", "platform-server")


def handshake(authority: Authority, names: list[str], host: str, folder: Path) -> str:
    """Return the protocol that a strict client and a server with a new leaf agree on.

    Raises ssl.SSLError where the client refuses the certificate.
    """
    leaf = folder / "leaf.pem"
    leaf.write_bytes(authority.issue(names))
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(leaf)
    client_context = ssl.create_default_context(cadata=authority.pem.decode())
    client_context.verify_flags |= ssl.VERIFY_X509_STRICT
    return talk(client_context, server_context, host)


def talk(client_context: ssl.SSLContext, server_context: ssl.SSLContext, host: str) -> str:
    """Return the version of TLS after a handshake in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=host)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    return client.version() or "none"


@pytest.fixture(scope="module")
def authority() -> Authority:
    """An authority for two hosts."""
    return Authority.create(HOSTS)


@pytest.mark.parametrize("host", [*HOSTS, "localhost", "127.0.0.1", "::1"])
def test_strict_client_accepts_each_permitted_name(
    authority: Authority, host: str, tmp_path: Path
) -> None:
    assert handshake(authority, [*HOSTS, "localhost", "127.0.0.1", "::1"], host, tmp_path)


@pytest.mark.parametrize("host", ["www.example.com", "192.0.2.1"])
def test_client_refuses_a_name_that_is_not_permitted(
    authority: Authority, host: str, tmp_path: Path
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(authority, [host], host, tmp_path)


def test_leaf_has_its_names_in_the_critical_extension_alone(authority: Authority) -> None:
    leaf = x509.load_pem_x509_certificate(authority.issue(HOSTS))
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.critical
    assert names.value.get_values_for_type(x509.DNSName) == list(HOSTS)
    assert not list(leaf.subject)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == LEAF_LIFE


def test_trust_store_opens_with_the_usual_password(authority: Authority, tmp_path: Path) -> None:
    store = tmp_path / "ca.p12"
    store.write_bytes(authority.pkcs12)
    command = [
        "openssl",
        "pkcs12",
        "-in",
        str(store),
        "-nokeys",
        "-passin",
        f"pass:{PKCS12_PASSWORD}",
    ]
    read = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "BEGIN CERTIFICATE" in read.stdout
    assert "PRIVATE KEY" not in read.stdout


def test_authority_is_kept_and_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "ca"
    first = kept_authority(folder, HOSTS)
    assert kept_authority(folder, HOSTS).pem == first.pem
    assert (folder / "ca.pem").read_bytes() == first.pem
    assert (folder / "ca-key.pem").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_hosts_added_later_are_covered_by_the_same_key(tmp_path: Path) -> None:
    first = kept_authority(tmp_path, HOSTS)
    second = kept_authority(tmp_path, [*HOSTS, "ds.example.org"])
    assert second.certificate.public_key() == first.certificate.public_key()
    assert handshake(second, ["ds.example.org"], "ds.example.org", tmp_path)
    assert handshake(second, list(HOSTS), HOSTS[0], tmp_path)


def test_earlier_trust_is_valid_for_the_earlier_hosts(tmp_path: Path) -> None:
    earlier = ServerCertificates(HOSTS, lambda: tmp_path).client_context()
    now = ServerCertificates([*HOSTS, "ds.example.org"], lambda: tmp_path)
    assert talk(now.client_context(), now.server_context(), "ds.example.org")
    assert talk(earlier, now.server_context(), HOSTS[0])
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        talk(earlier, now.server_context(), "ds.example.org")


def test_concurrent_processes_create_one_authority(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from mockserver.certificates.authority_files import kept_authority;"
        "print(kept_authority(Path(sys.argv[1]), ['api.acme.example']).pem.decode())"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in started}) == 1


@pytest.mark.parametrize(("content", "text"), [
    (b"nothing", "is not an authority of token-mockserver"),
    (Authority.create(["a.example"]).pem, "is not an authority of token-mockserver"),
], ids=["other text", "no key"])  # fmt: skip
def test_foreign_file_is_refused_with_the_remedy(tmp_path: Path, content: bytes, text: str) -> None:
    (tmp_path / "ca-key.pem").write_bytes(content)
    with pytest.raises(ConfigurationError, match=text) as error:
        kept_authority(tmp_path, HOSTS)
    assert "delete" in str(error.value)
    assert (tmp_path / "ca-key.pem").read_bytes() == content


def test_expired_authority_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_authority(tmp_path, HOSTS)
    monkeypatch.setattr(Authority, "has_expired", property(lambda self: True))
    with pytest.raises(ConfigurationError, match=r"expired on 20.*delete"):
        kept_authority(tmp_path, HOSTS)


def test_unusable_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        ConfigurationError, match=r"file/ca cannot be used: Not a directory; name another folder"
    ):
        kept_authority(tmp_path / "file" / "ca", HOSTS)


@pytest.fixture
def frozen() -> Iterator[None]:
    """Time that stands at 1990 for Python's own functions."""
    from freezegun import freeze_time  # noqa: PLC0415 - this fixture only

    with freeze_time("1990-01-01"):
        yield


def test_certificates_are_valid_under_a_frozen_clock(frozen: None) -> None:
    certificates = ServerCertificates(HOSTS)
    assert talk(certificates.client_context(), certificates.server_context(), HOSTS[0]) == "TLSv1.3"


@pytest.mark.parametrize("first", ["Authority.create(['a.example'])", "certificate()"])
def test_certificates_are_good_before_and_after_a_frozen_clock(first: str) -> None:
    """cryptography keeps the class of datetimes that it sees first, ours or the caller's."""
    code = f"""
import datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from freezegun import freeze_time
from mockserver.certificates.authority import Authority

def certificate():
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([]), key.public_key(), 1)
    builder.not_valid_before(now).not_valid_after(now).sign(key, hashes.SHA256())

with freeze_time("1990-01-01"):
    {first}
assert not Authority.create(["a.example"]).has_expired
if {first!r} != "certificate()":
    certificate()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_tls_1_2_is_supported() -> None:
    certificates = ServerCertificates(HOSTS)
    client_context = certificates.client_context()
    client_context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert talk(client_context, certificates.server_context(), "127.0.0.1") == "TLSv1.2"


def test_mock_imports_no_cryptography() -> None:
    code = (
        "import sys, requests; from mockserver import TokenMock;\n"
        "with TokenMock() as mock:\n"
        "    assert requests.post('https://platform-server/ds-api/user-token',"
        " auth=('myUser', 'myPassword')).ok\n"
        "assert 'cryptography.hazmat' not in sys.modules and 'jwt' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_certificates_are_renewed_in_time() -> None:
    day = 0
    certificates = ServerCertificates(HOSTS, seconds=lambda: day * 86400.0)
    first = certificates.server_context()
    day += 149
    assert certificates.server_context() is first
    day += 2
    second = certificates.server_context()
    assert second is not first
    assert certificates.server_context() is second
    assert timedelta(days=day) < LEAF_LIFE
