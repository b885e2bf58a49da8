"""The sample workflow keeps drift, outage and not checked apart, and keeps one issue."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.vendors import discover
from tests.command_line import environment
from tests.verification.changes import UNCHANGED, Change, status, whole
from tests.verification.vendor_double import vendor_double

WORKFLOW = Path(__file__).parents[2] / "docs" / "nightly-contract-check.yml"
GH = """#!/bin/sh
echo "$@" >> calls
case "$*" in "issue list"*) echo "$OPEN" ;; esac
"""


def steps() -> dict[str, Any]:
    workflow = yaml.safe_load(WORKFLOW.read_text())
    return {step["name"]: step for step in workflow["jobs"]["verify"]["steps"] if "name" in step}


def shell(name: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """One step, run as the runner does."""
    commands = folder / "bin"
    commands.mkdir(exist_ok=True)
    command = commands / "token-mockserver"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m mockserver "$@"\n')
    gh = commands / "gh"
    gh.write_text(GH)
    for path in (command, gh):
        path.chmod(0o755)
    return subprocess.run(
        ["bash", "-e", "-c", steps()[name]["run"]],
        cwd=folder,
        env={
            **environment(**variables),
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def ask(folder: Path, change: Change = UNCHANGED, **variables: str) -> str:
    """The outcome that the workflow sees, of a platform that was changed so."""
    with vendor_double(change) as double:
        known = double.environment("datasentinel")
        url = {"DATASENTINEL_URL": double.base_url("datasentinel")}
        only = {"TOKEN_MOCKSERVER_VENDOR": "datasentinel"}
        done = shell("Ask the vendors", folder, **{**known, **url, **only, **variables})
    assert done.returncode == 0, done.stderr
    assert (folder / "report" / "report.html").exists()
    assert (folder / "summary").read_text().startswith("# Contract check")
    return (folder / "output").read_text()


@pytest.mark.parametrize(("change", "variables", "outcome"), [
    (UNCHANGED, {}, "fine"),
    (whole("/ds-api/user-token", status(202)), {}, "drift"),
    (UNCHANGED, {"DATASENTINEL_URL": "https://127.0.0.1:1"}, "outage"),
    (UNCHANGED, {"DATASENTINEL_URL": ""}, "not checked"),
])  # fmt: skip
def test_the_outcome_is_told(
    change: Change, variables: dict[str, str], outcome: str, tmp_path: Path
) -> None:
    assert ask(tmp_path, change, **variables) == f"outcome={outcome}\n"


@pytest.mark.parametrize(("name", "outcome"), [("drift", "drift"), ("a broken check", "broken")])
def test_drift_and_broken_checks_fail_the_job(name: str, outcome: str) -> None:
    assert steps()[f"Fail for {name}"]["if"] == f"steps.verify.outputs.outcome == '{outcome}'"


def test_a_run_that_cannot_be_made_fails_the_step(tmp_path: Path) -> None:
    done = shell("Ask the vendors", tmp_path, TOKEN_MOCKSERVER_VENDOR="nobody")
    assert done.returncode == 2


@pytest.mark.parametrize(("outcome", "number", "last"), [
    ("fine", "", "issue list"),
    ("fine", "7", "issue close 7 --comment Fine again: run"),
    ("drift", "", "issue create --title Contract check: drift"),
    ("outage", "7", "issue edit 7 --title Contract check: outage"),
    ("not checked", "7", "issue edit 7 --title Contract check: not checked"),
])  # fmt: skip
def test_one_issue_is_kept(outcome: str, number: str, last: str, tmp_path: Path) -> None:
    report = tmp_path / "report" / "report.md"
    report.parent.mkdir()
    report.write_text("# Contract check\n")
    done = shell("Keep one issue", tmp_path, OUTCOME=outcome, OPEN=number, RUN="run")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "calls").read_text().splitlines()[-1].startswith(last)


def test_it_knows_every_credential_that_lasts_a_night() -> None:
    given = set(steps()["Ask the vendors"]["env"])
    for vendor in discover():
        wanted = {*vendor.live.credentials.values(), vendor.live.url_variable} - {""}
        short = {name for name in wanted if name.startswith("DAPI_") and name != "DAPI_APP_SECRET"}
        assert wanted - short <= given
