"""The TLS context in which a server answers, and the authority behind it."""

import ssl
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.certificates.authority import Authority

_NEAR = ("localhost", "127.0.0.1", "::1")


class ServerCertificates:
    """Makes the certificate of a server at the first TLS connection.

    One certificate carries all names: some clients send no server name (Java's HttpURLConnection
    sends none for a name without a dot), and sessions can be resumed in one context alone.

    Args:
        hosts: Names of all hosts that the server answers for, addresses too.
        folder: Where the user's authority is kept; None for one that lives in memory.
    """

    def __init__(self, hosts: Sequence[str], folder: Path | None = None) -> None:
        self._names = [*hosts, *_NEAR]
        self._folder = folder
        self._lock = Lock()

    @cached_property
    def authority(self) -> "Authority":
        """The authority, made or read when it is first asked for.

        Raises:
            ConfigurationError: The user's authority cannot be used.
        """
        from mockserver.certificates.authority import Authority  # noqa: PLC0415 - slow to import
        from mockserver.certificates.authority_files import kept_authority  # noqa: PLC0415

        if self._folder is None:
            return Authority.create(self._names)
        return kept_authority(self._folder, self._names)

    def server_context(self) -> ssl.SSLContext:
        """Return the context for the server's side: TLS 1.2 and 1.3, HTTP/1.1.

        Raises:
            ConfigurationError: The user's authority cannot be used.
        """
        with self._lock:
            return self._server_context

    def client_context(self) -> ssl.SSLContext:
        """Return a context for a client that trusts this server and nothing else.

        Raises:
            ConfigurationError: The user's authority cannot be used.
        """
        with self._lock:
            return self._client_context

    @cached_property
    def _server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        _load(context, self.authority.issue(self._names))
        return context

    @cached_property
    def _client_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self.authority.pem.decode())
        return context


def _load(context: ssl.SSLContext, pem: bytes) -> None:
    # ssl reads keys from files alone; this one is the user's own and is gone at once.
    with TemporaryDirectory(prefix="token-mockserver-") as folder:
        path = Path(folder, "leaf.pem")
        path.touch(mode=0o600)
        path.write_bytes(pem)
        context.load_cert_chain(path)
