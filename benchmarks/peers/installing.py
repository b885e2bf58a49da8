"""Installation of each system from its registry into a folder."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.load import program


class Package(NamedTuple):
    """A version of a system, and the function that installs it into a folder."""

    version: str
    install: Callable[[Path], None]


ROOT = Path(__file__).parents[2]

_COMPLETE = "complete"  # the file in a folder whose installation was not interrupted


def npm(name: str, version: str) -> Package:
    """Install a package of the npm registry, once."""

    def install(folder: Path) -> None:
        if not (folder / "node_modules").exists():
            _run(
                program("npm"),
                "install",
                "--no-fund",
                "--no-audit",
                "--prefix",
                ".",
                f"{name}@{version}",
                cwd=folder,
            )

    return Package(version, install)


def pip(name: str, version: str) -> Package:
    """Install a package of the Python package index in an environment of its own, once."""

    def install(folder: Path) -> None:
        if not (folder / _COMPLETE).exists():
            _environment(folder)
            _pip(folder, f"{name}=={version}")
            (folder / _COMPLETE).touch()

    return Package(version, install)


def ours(*with_: str) -> Package:
    """Install the current state of the project in an environment of its own, each time."""

    def install(folder: Path) -> None:
        if not (folder / _COMPLETE).exists():
            _environment(folder)
            _pip(folder, *with_, str(ROOT))
            (folder / _COMPLETE).touch()
        _pip(folder, "--force-reinstall", "--no-deps", str(ROOT))

    return Package("", install)


def _environment(folder: Path) -> None:
    _run(sys.executable, "-m", "venv", ".", cwd=folder)


def _pip(folder: Path, *arguments: str) -> None:
    _run("bin/python", "-m", "pip", "install", "-q", *arguments, cwd=folder)


def _run(*command: str, cwd: Path) -> None:
    """Run a command.

    Raises:
        RuntimeError: It failed; the text is the last line of its output.
    """
    cwd.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no word why"]
        raise RuntimeError(f"{' '.join(command)}: {said[-1]}")
