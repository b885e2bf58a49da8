"""The TLS contexts and the certificates of a server."""

import os
import ssl
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from mockserver.model.errors import ConfigurationError

if TYPE_CHECKING:
    from mockserver.certificates.authority import Authority

_RENEWAL = 150 * 86400.0  # seconds; certificates are valid for 197 days
KEY_FILE = "ca-key.pem"  # key and certificate, so that one file cannot miss the other
ANOTHER_FOLDER = "name another folder (--ca-dir, ca_dir)"
_LOCAL = ("localhost", "127.0.0.1", "::1")


class ServerCertificates:
    """Creates the certificates of a server at the first TLS connection.

    A client that names a host (SNI) gets a certificate for that host alone. Such a certificate is
    valid also for clients that trust an older authority, from before another host was added. All
    other clients get a certificate for all hosts, for example Java's HttpURLConnection with a host
    name without a dot.

    Args:
        hosts: Names and addresses of all hosts that the server answers for.
        folder: Returns the folder in which the user's authority is kept; called at first need.
            None: the authority is kept in memory.
        seconds: Returns real seconds from any fixed moment; they decide when certificates are
            renewed.
    """

    def __init__(
        self,
        hosts: Sequence[str],
        folder: Callable[[], Path] | None = None,
        seconds: Callable[[], float] = lambda: os.times().elapsed,
    ) -> None:
        self._names = list(dict.fromkeys([*(host.lower() for host in hosts), *_LOCAL]))
        self._folder = folder
        self._lock = Lock()
        self._seconds = seconds
        self._context: ssl.SSLContext | None = None
        self._made = 0.0
        self._by_name: dict[str, ssl.SSLContext] = {}

    @cached_property
    def authority(self) -> "Authority":
        """The authority; it is created or read at the first access.

        Raises:
            ConfigurationError: The user's authority cannot be used.
        """
        from mockserver.certificates.authority import Authority  # noqa: PLC0415 - slow to import
        from mockserver.certificates.authority_files import kept_authority  # noqa: PLC0415

        if self._folder is None:
            return Authority.create(self._names)
        return kept_authority(self._folder(), self._names)

    def check_folder(self, *, loads: bool = True) -> None:
        """Raise ConfigurationError unless the folder of the user's authority can be used.

        A folder without an authority is not changed; it must only be possible to create one there.

        Args:
            loads: True to load an existing authority, which imports a slow library. False to check
                only that its file can be read and contains a key.
        """
        folder = None if self._folder is None else self._folder()
        if folder is None:
            return
        if os.path.lexists(folder / KEY_FILE):
            if loads:
                _ = self.authority
            else:
                _check_key_file(folder / KEY_FILE)
            return
        nearest = next(
            each for each in (folder, *folder.absolute().parents) if os.path.exists(each)
        )
        if not os.path.isdir(nearest) or not os.access(nearest, os.W_OK | os.X_OK):
            text = (
                f"the authority folder {folder} cannot be used: {nearest} is not a writable folder"
            )
            raise ConfigurationError(f"{text}; {ANOTHER_FOLDER}, or change its permissions")

    def server_context(self) -> ssl.SSLContext:
        """Return the context for the server's side: TLS 1.2 and 1.3, HTTP/1.1.

        The certificates are renewed before they expire.

        Raises:
            ConfigurationError: The user's authority cannot be used.
        """
        with self._lock:
            now = self._seconds()
            if self._context is None or now - self._made > _RENEWAL:
                self._made = now
                self._by_name.clear()
                self._context = self._new_server_context()
            return self._context

    def client_context(self) -> ssl.SSLContext:
        """Return a context for a client that trusts this server and nothing else.

        Raises:
            ConfigurationError: The user's authority cannot be used.
        """
        with self._lock:
            return self._client_context

    def _new_server_context(self) -> ssl.SSLContext:
        # Sessions are resumed in this one context, whichever certificate was shown.
        context = self._context_of(self._names)
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> None:
        """Show the certificate of the host that a client names, if the server has it."""
        connection.requested_host = host or ""  # type: ignore[attr-defined]  # for the log
        if host in self._names:
            if host not in self._by_name:
                self._by_name[host] = self._context_of([host])
            connection.context = self._by_name[host]

    def _context_of(self, names: Sequence[str]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        context.set_alpn_protocols(["http/1.1"])
        _load(context, self.authority.issue(names))
        return context

    @cached_property
    def _client_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self.authority.pem.decode())
        return context


def default_folder() -> Path:
    """Return the folder of the authority in the user's data folder."""
    from platformdirs import user_data_path  # noqa: PLC0415 - not needed if a folder is given

    return user_data_path("token-mockserver", appauthor=False) / "ca"


def _check_key_file(path: Path) -> None:
    try:
        if b"PRIVATE KEY" in path.read_bytes():
            return
        problem = "it contains no key"
    except OSError as error:
        problem = str(error.strerror)
    raise ConfigurationError(
        f"the authority {path} cannot be used: {problem}; delete it, or mend it"
    )


def _load(context: ssl.SSLContext, pem: bytes) -> None:
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - not needed before

    # ssl reads keys only from files; this file is private to the user and removed at once.
    with TemporaryDirectory(prefix="token-mockserver-") as folder:
        path = Path(folder, "leaf.pem")
        path.touch(mode=0o600)
        path.write_bytes(pem)
        context.load_cert_chain(path)
