"""The Dockerfile's steps, run as they stand without an engine; and what compose.yaml says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.cli.serve import serve
from tests.command_line import environment
from tests.installed.containers import ROOT, steps, the, variables

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVER, REDIS = COMPOSE["services"]["token-mockserver"], COMPOSE["services"]["redis"]


def pip_steps() -> list[list[str]]:
    return [step.command for step in steps() if step.word == "RUN" and "pip" in step.command]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the engine would be sent: what .dockerignore lets through."""
    folder = tmp_path_factory.mktemp("context")
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    for name in (line[1:] for line in lines if line.startswith("!")):
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder)
    assert not list(folder.rglob("__pycache__"))  # a build in the folder makes one
    return folder


@pytest.fixture(scope="module")
def image(context: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second stage's programs: an environment in which its pip steps were run."""
    folder = tmp_path_factory.mktemp("image")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    for command in pip_steps():
        assert command[0] == "pip"
        words = [word.replace("/wheels", str(folder / "wheels")) for word in command[1:]]
        done = subprocess.run(
            [folder / "bin" / "pip", *words],
            cwd=context,
            env={**os.environ, "PIP_NO_COMPILE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def served(image: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The entry point while it runs in a place of its own: its variables."""
    own = {**variables(), "PATH": f"{image / 'bin'}:{os.environ['PATH']}"}
    assert own["TOKEN_MOCKSERVER_URL"].endswith(own["TOKEN_MOCKSERVER_PORT"])
    own |= {"TOKEN_MOCKSERVER_PORT": "0", "TOKEN_MOCKSERVER_PORT_FILE": "port"}
    command = [*the("ENTRYPOINT").command, *the("CMD").command]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(**own), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("listening on http://0.0.0.0:")
        port = (tmp_path / "port").read_text().strip()
        yield {**own, "TOKEN_MOCKSERVER_URL": f"http://127.0.0.1:{port}"}
        process.terminate()
        assert process.wait(20) == 0


def test_its_server_is_well_by_its_own_check(served: dict[str, str], tmp_path: Path) -> None:
    check = the("HEALTHCHECK").command
    well = subprocess.run(check, cwd=tmp_path, env=environment(**served), check=False)
    assert well.returncode == 0
    gone = {**served, "TOKEN_MOCKSERVER_URL": "http://127.0.0.1:9"}
    ill = subprocess.run(
        check, cwd=tmp_path, env=environment(**gone), capture_output=True, check=False
    )
    assert ill.returncode == 1


def test_it_runs_as_nobody_of_importance() -> None:
    words = [step.word for step in steps()]
    user = the("USER").rest
    assert user not in ("root", "0")
    assert words.index("USER") < words.index("WORKDIR", words.index("USER"))
    assert any(
        step.word == "RUN" and "useradd" in step.rest and user in step.rest for step in steps()
    )


def test_its_port_is_the_one_that_is_exposed() -> None:
    assert the("EXPOSE").rest == variables()["TOKEN_MOCKSERVER_PORT"]


def test_everything_that_it_copies_is_there(context: Path) -> None:
    assert (context / "pyproject.toml").exists()
    assert (context / "hatch_build.py").exists()
    assert (context / "token_mockserver").is_dir()


def test_the_composed_server_is_started_with_flags_that_exist() -> None:
    name, *flags = SERVER["command"]
    assert name == serve.name
    options = serve.make_context("serve", flags).params
    assert options["workers"] > 1
    assert options["store"].startswith("redis://redis:")


def test_the_composed_server_waits_for_its_store_and_has_a_token() -> None:
    assert SERVER["depends_on"]["redis"]["condition"] == "service_healthy"
    assert REDIS["healthcheck"]["test"][-1] == "ping"
    token = SERVER["environment"]["TOKEN_MOCKSERVER_ADMIN_TOKEN"]
    assert re.fullmatch(r"\$\{TOKEN_MOCKSERVER_ADMIN_TOKEN:\?[^}]+\}", token)


def test_the_composed_server_is_on_this_machine_only() -> None:
    (port,) = SERVER["ports"]
    assert port == f"127.0.0.1:{the('EXPOSE').rest}:{the('EXPOSE').rest}"
