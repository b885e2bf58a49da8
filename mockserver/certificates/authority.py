"""The user's certificate authority, limited to the vendors' hosts and this machine."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from tempfile import TemporaryFile

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "token-mockserver test CA"
PKCS12_PASSWORD = "changeit"  # a trust store contains no secret; Java's tools expect this password
_LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
_CA_LIFE = timedelta(days=3650)
LEAF_LIFE = timedelta(days=197)  # browsers refuse certificates that live longer
_EARLIER = timedelta(days=1)  # clocks of clients may be slow


class Authority:
    """A certificate authority: a key, and a certificate with critical name constraints.

    The constraints limit the damage of a leaked key: a client that trusts the authority accepts
    forged certificates for the permitted hosts only (RFC 5280, section 4.2.1.10).

    Args:
        key: The private key, on the curve P-256.
        certificate: The certificate, signed with that key.
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        self.certificate = certificate

    @classmethod
    def create(
        cls, hosts: Iterable[str], key: ec.EllipticCurvePrivateKey | None = None
    ) -> "Authority":
        """Create an authority for `hosts`, for `localhost` and for loopback addresses.

        Args:
            hosts: Names of hosts; names below them are permitted too.
            key: The key of an authority that this one replaces; its certificates stay valid.
        """
        key = key or ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
        now = _real_time()
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = (
            x509.CertificateBuilder(issuer_name=name, subject_name=name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _EARLIER)
            .not_valid_after(now + _CA_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(x509.NameConstraints(_permitted(hosts), None), critical=True)
            .add_extension(identifier, critical=False)
        )
        with _plain_datetime():
            return cls(key, builder.sign(key, hashes.SHA256()))

    @classmethod
    def load(cls, pem: bytes) -> "Authority":
        """Return the authority in a PEM text of its key and its certificate.

        Raises:
            ValueError: The text does not contain such a pair.
        """
        key = load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("the key is not of the type that token-mockserver creates")
        if certificate.public_key() != key.public_key():
            raise ValueError("the key does not belong to the certificate")
        return cls(key, certificate)

    @property
    def private_pem(self) -> bytes:
        """The key and the certificate, PEM: what `load` reads. Secret."""
        return self._key_pem(self._key) + self.pem

    @property
    def pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pkcs12(self) -> bytes:
        """A PKCS #12 trust store with the certificate, for `PKCS12_PASSWORD`."""
        entry = pkcs12.PKCS12Certificate(self.certificate, NAME.encode())
        cipher = BestAvailableEncryption(PKCS12_PASSWORD.encode())
        return pkcs12.serialize_java_truststore([entry], cipher)

    @property
    def expires(self) -> datetime:
        """The end of the certificate's life, UTC."""
        with _plain_datetime():
            return self.certificate.not_valid_after_utc

    @property
    def has_expired(self) -> bool:
        """True if the certificate has expired."""
        return self.expires <= _real_time()

    @property
    def hosts(self) -> list[str]:
        """The names of hosts that the certificate permits, `localhost` among them."""
        return [name.value for name in self._permitted if isinstance(name, x509.DNSName)]

    @property
    def _networks(self) -> list[IPv4Network | IPv6Network]:
        values = [name.value for name in self._permitted if isinstance(name, x509.IPAddress)]
        return [value for value in values if isinstance(value, IPv4Network | IPv6Network)]

    @property
    def _permitted(self) -> Sequence[x509.GeneralName]:
        found = self.certificate.extensions.get_extension_for_class(x509.NameConstraints)
        return found.value.permitted_subtrees or ()

    def replaced_for(self, hosts: Iterable[str]) -> "Authority":
        """Return an authority with the same key that permits `hosts`, or this one if it does."""
        missing = [host for host in hosts if not self.covers(host)]
        if not missing:
            return self
        addresses = [str(network[0]) for network in self._networks if network.num_addresses == 1]
        return Authority.create([*self.hosts, *addresses, *missing], self._key)

    def covers(self, host: str) -> bool:
        """Return True if the certificate permits a host, by name or address."""
        if _is_address(host):
            return any(_address(host) in network for network in self._networks)
        return any(host == name or host.endswith(f".{name}") for name in self.hosts)

    def issue(self, names: Sequence[str]) -> bytes:
        """Return a new key and its certificate for all `names`, hosts or addresses, PEM. Secret."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = _real_time()
        issuer = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        # The names are in the critical extension only, because a subject can contain only one.
        builder = (
            x509.CertificateBuilder(self.certificate.subject, x509.Name([]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _EARLIER)
            .not_valid_after(now - _EARLIER + LEAF_LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(_general_names(names)), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer),
                critical=False,
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
        )
        with _plain_datetime():
            certificate = builder.sign(self._key, hashes.SHA256())
        return self._key_pem(key) + certificate.public_bytes(Encoding.PEM)

    @staticmethod
    def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _permitted(hosts: Iterable[str]) -> list[x509.GeneralName]:
    names = dict.fromkeys([*(host.lower() for host in hosts), "localhost"])
    domains = [x509.DNSName(name) for name in names if not _is_address(name)]
    addresses = [_address(name) for name in names if _is_address(name)]
    own = [ip_network(each) for each in addresses if not each.is_loopback]
    return [*domains, *(x509.IPAddress(network) for network in (*_LOOPBACK, *own))]


def _general_names(names: Sequence[str]) -> list[x509.GeneralName]:
    return [
        x509.IPAddress(_address(name)) if _is_address(name) else x509.DNSName(name.lower())
        for name in dict.fromkeys(names)
    ]


def _address(name: str) -> IPv4Address | IPv6Address:
    return ip_address(name.strip("[]"))


def _is_address(name: str) -> bool:
    try:
        _address(name)
    except ValueError:
        return False
    return True


def _usage(**used: bool) -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: used.get(name, False) for name in names})


def _real_time() -> datetime:
    # TLS libraries check certificates by the machine's time, which freezegun and time-machine hide
    # from Python's own functions. A new file has it.
    with TemporaryFile() as file:
        seconds = os.fstat(file.fileno()).st_mtime
    # freezegun's class is a subclass, so cryptography accepts it whichever of both it saw first.
    frozen = sys.modules.get("freezegun.api")
    kind: type[datetime] = frozen.FakeDatetime if frozen else datetime
    return kind.fromtimestamp(seconds, UTC)


@contextmanager
def _plain_datetime() -> Iterator[None]:
    """Restore the standard library's `datetime.datetime` during a block.

    cryptography caches the class `datetime.datetime` at its first use. If it cached freezegun's
    class, it would refuse real datetimes for the rest of the process.
    """
    module = sys.modules["datetime"]
    shown = vars(module)["datetime"]
    plain = next(each for each in shown.__mro__ if each.__module__ == "datetime")
    vars(module)["datetime"] = plain
    try:
        yield
    finally:
        vars(module)["datetime"] = shown
