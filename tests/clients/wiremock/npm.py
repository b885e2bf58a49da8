"""Packages of npm, installed once for a run; a test is skipped if a program is missing."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_FLAGS = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--fetch-retries=1"]


def needed(command: str) -> str:
    """Return the path of a command; skip the test if it is not installed."""
    found = shutil.which(command)
    if found is None:
        pytest.skip(f"NOT CHECKED: there is no {command} here")
    return found


def installed(folder: Path) -> Path:
    """Install the modules that our `package.json` names in `folder`; return their folder."""
    shutil.copy(HERE / "package.json", folder)
    done = run(needed("npm"), "install", *_FLAGS, folder=folder)
    if done.returncode != 0:
        pytest.skip(f"NOT CHECKED: npm could not install: {done.stdout.strip()[-300:]}")
    return folder / "node_modules"


def steps(source: str, pattern: str) -> list[str]:
    """Return the names of the steps in a program beside this file."""
    found = re.findall(pattern, (HERE / source).read_text(), re.MULTILINE)
    assert found, f"no steps in {source}"
    return found


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in `folder`; `stdout` of the result has its output and errors."""
    return subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
