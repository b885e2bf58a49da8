"""The manifests are valid, and the steps of the CI templates start a server, as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """The variables of a job."""
    for name in ("output", "env"):
        (tmp_path / name).touch()
    return {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_ENV": str(tmp_path / "env"),
        "ARGUMENTS": "--seed 1",
    }


def run(script: str, variables: dict[str, str], folder: Path) -> str:
    """Run a script in one shell, ask the server that it has started, and end it."""
    end = '\ntoken-mockserver health --url "$TOKEN_MOCKSERVER_URL"; kill $!; wait $! || true'
    done = subprocess.run(
        ["bash", "-e", "-c", script + end],
        env=variables,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_kubernetes_manifests_are_valid(tmp_path: Path) -> None:
    rendered = tmp_path / "all.yaml"
    with rendered.open("w") as file:
        base = HERE / "kubernetes"
        subprocess.run([BIN / "kubectl", "kustomize", base], stdout=file, check=True)
    subprocess.run([BIN / "kubernetes-validate", "--strict", rendered], check=True)
    found: dict[str, Any] = {
        each["kind"]: each for each in yaml.safe_load_all(rendered.read_text())
    }
    pods = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert found["Service"]["spec"]["selector"] == pods
    assert found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == pods
    (container,) = found["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/__admin/health"


def test_the_action_starts_a_server(variables: dict[str, str], tmp_path: Path) -> None:
    action = yaml.safe_load((HERE / "ci" / "action.yml").read_text())
    install, start = action["runs"]["steps"]
    assert install["run"].startswith("python -m pip install")
    assert set(re.findall(r"inputs\.(\w+)", str(action["runs"]))) == set(action["inputs"])
    script = start["run"] + '\nTOKEN_MOCKSERVER_URL="$url"'
    assert run(script, variables, tmp_path) == "healthy\n"
    assert "HTTPS_PROXY=" in (tmp_path / "env").read_text()
    assert (tmp_path / "output").read_text().startswith("url=http://127.0.0.1:")


def test_the_template_of_a_job_starts_a_server(variables: dict[str, str], tmp_path: Path) -> None:
    template = yaml.safe_load((HERE / "ci" / "gitlab.yml").read_text())[".token-mockserver"]
    install, *steps = template["before_script"]
    assert install.startswith("python -m pip install")
    assert run("\n".join(steps), variables, tmp_path) == "healthy\n"
