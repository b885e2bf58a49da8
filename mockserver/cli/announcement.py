"""The output of `serve` when it listens: the table of vendors, the curl commands, the port file."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mockserver.model.errors import ConfigurationError
from mockserver.model.vendor import Vendor

_EVERYWHERE = ("0.0.0.0", "::", "")
_TOKEN = "TOKEN_MOCKSERVER_ADMIN_TOKEN"
_BEARER = f'-H "Authorization: Bearer ${_TOKEN}" '


def announcement(
    vendors: Sequence[Vendor[Any]], host: str, port: int, *, guarded: bool, generated: str | None
) -> str:
    """Return the address, a table of vendors, and a curl command for each vendor.

    The built-in credentials are public: they are placeholders from the vendors' pages.

    Args:
        vendors: The vendors to list.
        host: The address that the server is bound to.
        port: The port.
        guarded: True if `/__admin` requires a token; the curl commands read it from the
            environment.
        generated: A generated admin token, printed as an `export` line for the shell; or None.
    """
    near = url_here(host, port)
    rows = [(vendor.name, f"{near}/{vendor.name}") for vendor in vendors]
    heads = ("vendor", "base URL")
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(2)]
    credentials = ["default credentials", *map(_credentials, vendors)]
    table = [
        f"{name:<{widths[0]}}  {url:<{widths[1]}}  {known}"
        for (name, url), known in zip([heads, *rows], credentials, strict=True)
    ]
    export = (
        [f"# admin token, generated for this run\nexport {_TOKEN}={generated}"] if generated else []
    )
    curls = [_curl(vendor, near, guarded) for vendor in vendors]
    return "\n".join([f"listening on {_url(host, port)}", "", *table, "", *export, *curls])


def url_here(host: str, port: int) -> str:
    """Return the URL at which this machine reaches a server that is bound to `host`."""
    return _url("127.0.0.1" if host in _EVERYWHERE else host, port)


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _curl(vendor: Vendor[Any], root: str, guarded: bool) -> str:
    """Return a shell command that obtains a token of this vendor from the server at `root`."""
    arguments = vendor.curl.format(
        base_url=f"{root}/{vendor.name}",
        admin_url=f"{root}/__admin",
        admin_header=_BEARER if guarded else "",
    )
    return f"# {vendor.name}\ncurl -sS {arguments}"


def _credentials(vendor: Vendor[Any]) -> str:
    fields = []
    for name, value in vendor.accounts[0].items() if vendor.accounts else ():
        pairs = value.items() if isinstance(value, Mapping) else [(name, value)]
        fields += [f"{key}={text}" for key, text in pairs]
    return "  ".join(fields)


@contextmanager
def kept_port(port_file: Path | None) -> Iterator[Callable[[int], None]]:
    """Yield a function that writes the port to a file; remove the file at the end.

    A file of an earlier run is removed first, so that no program reads an old port. At the end
    the file is left if another server has written its own port meanwhile.

    Args:
        port_file: The file; None to write nothing.
    """
    written: list[int] = []

    def write(port: int) -> None:
        if port_file is not None:
            _write_port(port_file, port)
            written.append(port)

    if port_file is not None and port_file.is_file():
        port_file.unlink()
    try:
        yield write
    finally:
        with suppress(OSError, ValueError):
            if port_file is not None and written and port_file.read_text() == f"{written[0]}\n":
                port_file.unlink()


def _write_port(port_file: Path, port: int) -> None:
    """Write the file atomically, so that no program reads a part of the number.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    try:
        unfinished = port_file.with_name(f"{port_file.name}.{os.getpid()}")
        unfinished.write_text(f"{port}\n")
        unfinished.replace(port_file)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"cannot write the port file {port_file}: {error}") from None
