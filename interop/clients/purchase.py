"""One purchase by one program, under `token-mockserver run`."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_TOKEN = "eyJ"  # every JWT begins so
_RUN = (sys.executable, "-m", "token_mockserver", "run", "--offline", "--")
_TIMEOUT = 120  # seconds
# What this process was started with must neither help nor hinder a program.
_NOT_INHERITED = ("PYTHONPATH", "PYTHONWARNINGS", "NODE_OPTIONS", "VIRTUAL_ENV")


class Purchase(NamedTuple):
    """What came of a program: if it has a token from the emulation, and all that it printed."""

    bought: bool
    printed: str


def buy(command: Sequence[str], folder: Path, without: Sequence[str] = ()) -> Purchase:
    """Run a program; `--offline` makes sure that no other host answers it.

    Args:
        command: The program and its arguments.
        folder: Its working folder.
        without: Variables that are taken from the program's environment.
    """
    taken = ["env", *(word for name in without for word in ("-u", name))]
    environment = {key: value for key, value in os.environ.items() if key not in _NOT_INHERITED}
    try:
        done = subprocess.run(
            [*_RUN, *taken, *command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Purchase(False, f"no end within {_TIMEOUT} s")
    last = done.stderr.splitlines()[-1:] or [""]
    counted = last[0].startswith("token-mockserver: 1 request (")
    return Purchase(_TOKEN in done.stdout and counted, done.stdout + done.stderr)
