"""The file that says which port is open, for programs that wait for it."""

import os
from contextlib import suppress
from pathlib import Path

from mockserver.model.errors import ConfigurationError


def forget(port_file: Path) -> None:
    """Who waits for the file must not read the port of the run before."""
    if port_file.is_file():
        port_file.unlink()


def remove(port_file: Path, port: int) -> None:
    """Take the file away, unless another server has written its own port by now."""
    with suppress(OSError, ValueError):
        if port_file.read_text() == f"{port}\n":
            port_file.unlink()


def write(port_file: Path, port: int) -> None:
    """Whole or not at all: who waits for the file must not read half a number.

    Raises ConfigurationError if it cannot be written.
    """
    try:
        unfinished = port_file.with_name(f"{port_file.name}.{os.getpid()}")
        unfinished.write_text(f"{port}\n")
        unfinished.replace(port_file)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"cannot write the port file {port_file}: {error}") from None
