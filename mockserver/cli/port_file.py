"""The port file: it holds the number of the open port, for programs that wait for the server."""

import os
from contextlib import suppress
from pathlib import Path

from mockserver.model.errors import ConfigurationError


def forget(port_file: Path) -> None:
    """Remove the file of an earlier run, so that no program reads an old port."""
    if port_file.is_file():
        port_file.unlink()


def remove(port_file: Path, port: int) -> None:
    """Remove the file, unless another server has written its own port meanwhile."""
    with suppress(OSError, ValueError):
        if port_file.read_text() == f"{port}\n":
            port_file.unlink()


def write(port_file: Path, port: int) -> None:
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
