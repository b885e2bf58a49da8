"""The command line, called in this process, or started as another process."""

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from mockserver.cli import main

CHILDREN = "/proc/{0}/task/{0}/children"
COMMAND = [sys.executable, "-m", "mockserver"]
LEAN = ("-p", "no:hypothesispytest")
"""Options of a pytest that a test starts: the import of hypothesis is slow."""
_LISTENING = re.compile(r"listening on (http://\S+:([0-9]+))\n")


@dataclass(frozen=True)
class Called:
    """The output of a command, and its exit code."""

    returncode: int
    stdout: str
    stderr: str

    def error(self, code: int = 2) -> str:
        """Return the last line of a command that failed with this exit code and no traceback."""
        assert (self.returncode, self.stdout) == (code, ""), self.stdout + self.stderr
        assert "Traceback" not in self.stderr
        return self.stderr.splitlines()[-1]


@dataclass(frozen=True)
class Served:
    """A running server: its process, and what it printed.

    `export` is the line that sets the generated admin token in a shell; "" if none was generated.
    """

    process: subprocess.Popen[str]
    url: str
    port: int
    rows: list[str]
    export: str
    curls: dict[str, str]

    def workers(self) -> list[int]:
        """Return the ids of the processes that the server has started."""
        text = Path(CHILDREN.format(self.process.pid)).read_text()
        return [int(word) for word in text.split()]

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal; return the exit code and the text of stderr."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


def environment(**variables: str) -> dict[str, str]:
    """Return this process's environment with `variables`, without others that change the command.

    PYTHONPATH has the paths of `variables` first, then those of this process.
    """
    foreign = re.compile("TOKEN_MOCKSERVER_.*|PYTHONUNBUFFERED|FLASK_.*")
    kept = {name: value for name, value in os.environ.items() if not foreign.fullmatch(name)}
    paths = [each["PYTHONPATH"] for each in (variables, kept) if each.get("PYTHONPATH")]
    return {**kept, **variables, "PYTHONPATH": os.pathsep.join(paths)}


def call(*arguments: str, cwd: Path = Path(), **variables: str) -> Called:
    """Run the command to its end in this process, which is ten times as fast as a new one."""
    output, errors = (io.TextIOWrapper(io.BytesIO(), write_through=True) for _ in "12")
    with (
        chdir(cwd),
        patch.dict(os.environ, environment(**variables), clear=True),
        patch.object(sys, "argv", ["token-mockserver", *arguments]),
        redirect_stdout(output),
        redirect_stderr(errors),
    ):
        try:
            main()
        except SystemExit as ended:
            texts = (stream.buffer.getvalue().decode() for stream in (output, errors))
            return Called(int(ended.code or 0), *texts)


def run(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end in a new process."""
    return ended([*COMMAND, *arguments], cwd, **variables)


def in_shell(script: str, cwd: Path) -> str:
    """Return the output of a shell script, which must succeed and print nothing on stderr."""
    done = ended(["sh", "-c", script], cwd)
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def ended(command: list[str], cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end in `environment`; it may fail."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=200,  # less than the limit of a test, so that its output is shown
        check=False,
    )


@contextmanager
def serving(*arguments: str, cwd: Path, **variables: str) -> Iterator[Served]:
    """Run `serve` for the block, which begins when its start is announced completely."""
    with subprocess.Popen(
        [*COMMAND, "serve", *arguments],
        cwd=cwd,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield _read(process)
        finally:
            process.kill()


def _read(process: subprocess.Popen[str]) -> Served:
    assert process.stdout
    assert process.stderr
    listening = _LISTENING.fullmatch(process.stdout.readline())
    assert listening, process.stderr.read()
    assert process.stdout.readline() == "\n"
    _heads, *rows = _until_empty(process)
    first = process.stdout.readline()
    export = ""
    if first.startswith("# admin token"):
        export, first = process.stdout.readline().strip(), process.stdout.readline()
    curls = dict(_curls(process, first, len(rows)))
    return Served(process, listening[1], int(listening[2]), rows, export, curls)


def _until_empty(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout
    while line := process.stdout.readline().rstrip("\n"):
        yield line


def _curls(process: subprocess.Popen[str], first: str, count: int) -> Iterator[tuple[str, str]]:
    assert process.stdout
    for number in range(count):
        line = process.stdout.readline() if number else first
        yield line.removeprefix("# ").strip(), process.stdout.readline().strip()
