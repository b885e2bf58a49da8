"""The folder of the user's authority, with its key and its certificate for clients."""

import os
from collections.abc import Iterable
from pathlib import Path
from secrets import token_hex

from mockserver.certificates.authority import Authority
from mockserver.certificates.server_certificates import ANOTHER_FOLDER, KEY_FILE
from mockserver.model.errors import ConfigurationError

CERTIFICATE_FILE = "ca.pem"


def kept_authority(folder: Path, hosts: Iterable[str]) -> Authority:
    """Return the authority in a folder; create it if there is none.

    An authority that does not cover all hosts is replaced by one with the same key that does.

    Args:
        folder: The folder; it is created, with its parents, if it does not exist.
        hosts: Names of hosts that the authority must cover.

    Raises:
        ConfigurationError: The files cannot be read, written or used; the text names the cure.
    """
    hosts = list(hosts)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / KEY_FILE
        if not path.exists():
            _keep_first(path, Authority.create(hosts))
        present = _read(path)
        authority = present.replaced_for(hosts)
        if authority is not present:
            _replace(path, authority.private_pem, 0o600)
        _replace(folder / CERTIFICATE_FILE, authority.pem, 0o644)
    except OSError as error:
        text = f"the authority folder {folder} cannot be used: {error.strerror}; {ANOTHER_FOLDER}"
        raise ConfigurationError(text) from None
    return authority


def _read(path: Path) -> Authority:
    cure = f"delete {path} to have a new one made, and trust that"
    try:
        authority = Authority.load(path.read_bytes())
        hosts = authority.hosts
    except Exception as error:  # the parser has many kinds of errors
        raise ConfigurationError(
            f"{path} is not an authority of token-mockserver ({error}); {cure}"
        ) from None
    if authority.has_expired:
        day = authority.expires.date()
        raise ConfigurationError(f"the authority in {path} expired on {day}; {cure}")
    if not hosts:
        raise ConfigurationError(f"the authority in {path} permits no host; {cure}")
    return authority


def _keep_first(path: Path, authority: Authority) -> None:
    """Write the authority, unless another process has written one in the meantime."""
    scratch = _written(path, authority.private_pem, 0o600)
    try:
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()


def _replace(path: Path, content: bytes, mode: int) -> None:
    if not path.exists() or path.read_bytes() != content:
        _written(path, content, mode).replace(path)


def _written(path: Path, content: bytes, mode: int) -> Path:
    scratch = path.with_name(f".{path.name}.{token_hex(4)}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return scratch
