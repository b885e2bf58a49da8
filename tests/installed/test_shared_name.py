"""MockServer's own client has an import package `mockserver`, too: both can be installed."""

import os
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
THEIRS = "mockserver-client==9.2.0"

TEST = """
import requests
from token_mockserver import TokenMock

def test(token_mock: TokenMock, dstor):
    assert requests.get(token_mock.datasentinel.base_url + "/ds-api/").ok
    assert dstor.account.api_key
"""

PROGRAM = """
from token_mockserver import TokenMock
TokenMock().dstor.account.api_key.upper()
TokenMock().dstr
"""


class Environment:
    """A fresh virtual environment with pip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder, with_pip=True)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, outside the repository."""
        program = self.folder / "bin" / arguments[0]
        return subprocess.run(
            [program, *arguments[1:]],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env={**os.environ, "PIP_NO_COMPILE": "1"},
        )

    def must(self, *arguments: str) -> str:
        """Run a program that must succeed, and return its output."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def error_of(self, statement: str) -> str:
        """Return the last line that a failing statement writes."""
        done = self.run("python", "-c", statement)
        assert done.returncode == 1, done.stdout
        return done.stderr.splitlines()[-1]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """One environment for all tests, since the dependencies take long to install."""
    return Environment(tmp_path_factory.mktemp("environment"))


@pytest.fixture(scope="module")
def wheels(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Our wheel, built from the repository, and theirs, by name of the distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    pip = ("python", "-m", "pip")
    environment.must(*pip, "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT))
    environment.must(*pip, "download", "-q", "--no-deps", "-d", str(folder), THEIRS)
    return {path.name.partition("-")[0]: path for path in folder.glob("*.whl")}


def test_only_the_package_itself_has_a_path_of_theirs(wheels: dict[str, Path]) -> None:
    ours, theirs = (
        set(ZipFile(wheels[name]).namelist()) for name in ("token_mockserver", "mockserver_client")
    )
    assert ours & theirs == {"mockserver/__init__.py"}


def check_that_ours_works(environment: Environment) -> None:
    """pytest runs with all plugins, the command runs, and the import name of our own works."""
    (environment.folder / "test_user.py").write_text(TEST)
    assert "1 passed" in environment.must("python", "-m", "pytest", "-q", "test_user.py")
    assert "token-mockserver" in environment.must("token-mockserver", "--version")
    assert "serve" in environment.must("python", "-m", "token_mockserver", "--help")


def ours_first(environment: Environment, wheels: dict[str, Path]) -> None:
    environment.must("pip", "install", "-q", str(wheels["token_mockserver"]))
    check_that_ours_works(environment)
    environment.must("python", "-W", "error", "-c", "from mockserver import TokenMock, create_app")
    environment.must("pip", "install", "-q", str(wheels["mockserver_client"]))
    check_that_ours_works(environment)
    environment.must("python", "-c", "from mockserver import MockServerClient")


def theirs_first(environment: Environment, wheels: dict[str, Path]) -> None:
    environment.must("pip", "install", "-q", str(wheels["mockserver_client"]))
    environment.must("pip", "install", "-q", str(wheels["token_mockserver"]))
    check_that_ours_works(environment)
    environment.must("python", "-c", "from mockserver import TokenMock")
    error = environment.error_of("from mockserver import MockServerClient")
    assert "mockserver belongs to token-mockserver here" in error


@pytest.mark.parametrize("install", [ours_first, theirs_first])
def test_both_can_be_installed_in_either_order(
    install: Callable[[Environment, dict[str, Path]], None],
    environment: Environment,
    wheels: dict[str, Path],
) -> None:
    environment.must("pip", "uninstall", "-q", "-y", "token-mockserver", "mockserver-client")
    install(environment, wheels)
    assert "No broken requirements" in environment.must("pip", "check")
    environment.must("pip", "uninstall", "-q", "-y", "mockserver-client")
    check_that_ours_works(environment)
    for name in ("TokenMock", "create_app"):
        error = environment.error_of(f"from mockserver import {name}")
        assert "import from token_mockserver" in error


def test_the_import_name_of_our_own_is_typed(
    environment: Environment, wheels: dict[str, Path]
) -> None:
    environment.must("pip", "uninstall", "-q", "-y", "token-mockserver", "mockserver-client")
    environment.must("pip", "install", "-q", str(wheels["token_mockserver"]), "mypy", "httpx")
    environment.must("pip", "install", "-q", str(wheels["mockserver_client"]))
    (environment.folder / "program.py").write_text(PROGRAM)
    same = PROGRAM.replace("token_mockserver", "mockserver")
    (environment.folder / "same.py").write_text(same)
    for program in ("program.py", "same.py"):
        done = environment.run("python", "-m", "mypy", "--strict", program)
        assert done.stdout.splitlines()[:-1] == [
            f'{program}:4: error: "TokenMock" has no attribute "dstr"  [attr-defined]'
        ], done.stdout
