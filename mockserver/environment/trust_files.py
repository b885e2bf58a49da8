"""Certificate files for clients: the CA alone, with other roots, and as a Java trust store."""

import re
import ssl
import warnings
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509

PASSWORD = "changeit"  # the password that Java uses for a store without secrets
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, Alpine, BSD
)


class TrustFiles:
    """Creates files in one folder, each when it is first needed.

    Args:
        folder: Where they are made; it exists.
        certificate: Our CA's certificate, PEM.
    """

    def __init__(self, folder: Path, certificate: str) -> None:
        self._folder = folder
        self._pem = certificate
        self.certificate = self._write("ca.pem", certificate)

    def beside(self, present: str | None) -> Path:
        """Return a file with our CA and, if given, the certificates of the file `present`."""
        return self._bundle(_read(Path(present))) if present else self.certificate

    def instead_of(self, roots: str) -> Path:
        """Return a file with other roots and our CA.

        Args:
            roots: The path of a PEM file; "system" or "certifi" for the roots of these.
        """
        return self._bundle(_read(_bundle_of(roots)))

    def java_trust_store(self) -> Path:
        """Return a PKCS #12 trust store of the system's roots and our CA, for `PASSWORD`."""
        # Needed for Java alone, and slow to import.
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415

        found = _certificates(f"{_read(_bundle_of('system'))}\n{self._pem}")
        named = [
            pkcs12.PKCS12Certificate(certificate, f"root {number}".encode())
            for number, certificate in enumerate(found)
        ]
        cipher = serialization.BestAvailableEncryption(PASSWORD.encode())
        path = self._folder / "truststore.p12"
        path.write_bytes(pkcs12.serialize_java_truststore(named, cipher))
        return path

    def wget_settings(self, present: Path) -> Path:
        """Return a file with wget's settings: those in `present`, and our CA beside the roots."""
        line = f"ca_certificate = {self.instead_of('system')}\n"
        return self._write("wgetrc", f"{_read_if_there(present)}\n{line}")

    def wget2_settings(self, present: Path) -> Path:
        """Return a file with wget2's settings: those in `present`, and our CA beside the roots."""
        line = f"ca-certificate = {self.instead_of('system')}\n"
        return self._write("wget2rc", f"{_read_if_there(present)}\n{line}")

    def php_settings(self) -> Path:
        """Return a folder of PHP settings that name our CA beside the roots."""
        bundle = self.instead_of("system")
        folder = self._folder / "php"
        folder.mkdir(exist_ok=True)
        settings = f'curl.cainfo = "{bundle}"\nopenssl.cafile = "{bundle}"\n'
        (folder / "token-mockserver.ini").write_text(settings)
        return folder

    def _bundle(self, roots: str) -> Path:
        name = f"roots-{sha256(roots.encode()).hexdigest()[:12]}.pem"
        return self._write(name, f"{roots.rstrip()}\n{self._pem}")

    def _write(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.write_text(text)
        return path


def _bundle_of(roots: str) -> Path:
    if roots == "certifi":
        import certifi  # noqa: PLC0415 - comes with requests

        return Path(certifi.where())
    if roots != "system":
        return Path(roots)
    default = ssl.get_default_verify_paths()
    usual = (default.cafile or default.openssl_cafile, *_SYSTEM_BUNDLES)
    return next((path for path in map(Path, usual) if path.is_file()), _bundle_of("certifi"))


def _read(path: Path) -> str:
    return path.read_text(errors="replace")


def _read_if_there(path: Path) -> str:
    return _read(path) if path.is_file() else ""


def _certificates(pem: str) -> "list[x509.Certificate]":
    """Return the certificates in a PEM text, without those that the parser refuses."""
    from cryptography import x509  # noqa: PLC0415 - slow to import

    found = []
    # Some roots in use violate RFC 5280, and `cryptography` warns about them.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for block in _BLOCK.findall(pem):
            with suppress(ValueError):
                found.append(x509.load_pem_x509_certificate(block.encode()))
    return found
