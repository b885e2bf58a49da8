"""One purchase by one program, under `token-mockserver run`."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_TOKEN = "eyJ"  # every JWT begins so
_RUN = (sys.executable, "-m", "token_mockserver", "run")
_SUMMARY = re.compile(r"token-mockserver: \d+ request")  # the last line, whatever the program did
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
    printed = run(("--offline",), [*taken, *command], folder)
    *_, last = ["", *printed.splitlines()]
    counted = last.startswith("token-mockserver: 1 request (")
    return Purchase(_TOKEN in printed and counted, printed)


def run(
    options: Sequence[str], command: Sequence[str], folder: Path, timeout: float = _TIMEOUT
) -> str:
    """Return what a program prints under `token-mockserver run`, its errors last.

    Args:
        options: Options of `token-mockserver run`.
        command: The program and its arguments.
        folder: Its working folder.
        timeout: Seconds after which it is ended.

    Raises:
        SystemExit: If token_mockserver itself cannot be run: nothing is measured then.
    """
    words = [*_RUN, *options, "--", *command]
    try:
        done = completed(words, folder, _inherited(), timeout)
    except subprocess.TimeoutExpired:
        return without_end(timeout)
    if not _SUMMARY.search(done.stderr):
        raise SystemExit(f"token_mockserver cannot be run; is it installed?\n{done.stderr}")
    return f"{done.stdout}\n{done.stderr}"  # curl prints no line end


def completed(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a command without input, and return what it printed.

    Raises:
        subprocess.TimeoutExpired: It did not end within `timeout` seconds.
    """
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )


def without_end(timeout: float) -> str:
    """Return the text that stands for the output of a program that did not end in time."""
    return f"no end within {timeout:g} s"


def started(
    options: Sequence[str], command: Sequence[str], folder: Path
) -> subprocess.Popen[bytes]:
    """Start a command under `token-mockserver run`; it ends when its standard input is closed."""
    words = [*_RUN, *options, "--", *command]
    return subprocess.Popen(words, cwd=folder, env=_inherited(), stdin=subprocess.PIPE)


def _inherited() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in _NOT_INHERITED}
