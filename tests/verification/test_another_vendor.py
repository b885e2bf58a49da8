"""A fifth vendor is verified as the four are: its folder, its checks, nothing else."""

import json
import shutil
from pathlib import Path

import pytest

from mockserver.verification.check_runner import checks_folder
from tests.cli.test_another_vendor import as_folder
from tests.command_line import run

CHECK = '''
"""Acme: a word buys a token."""

from mockserver.verification.check_client import CheckClient, success
from mockserver.verification.statements import statement


@statement(tag="S", source="Acme's page")
def test_word(client: CheckClient) -> None:
    """A word buys a token."""
    assert "token" in success(client.get("/acme-api/word"))
'''
CONTRACT = """
openapi: 3.1.0
info: {title: Acme, version: "1"}
paths:
  /acme-api/word:
    get:
      operationId: word
      responses:
        "200":
          description: a token
          content: {application/json: {schema: {properties: {token: {type: string}}}}}
"""


@pytest.fixture
def checks(tmp_path: Path) -> Path:
    """The folder of the checks, of a copy of the package that has the vendor."""
    as_folder(tmp_path)
    (tmp_path / "mockserver" / "vendors" / "acme" / "contract.yaml").write_text(CONTRACT)
    within = tmp_path / "mockserver" / "_contract_tests"
    if within.is_dir():
        return within
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("contract_tests", "fixtures"):
        shutil.copytree(checks_folder().parent / name, tmp_path / name, ignore=ignored)
    return tmp_path / "contract_tests"


def test_its_checks_are_made(checks: Path, tmp_path: Path) -> None:
    (checks / "test_acme.py").write_text(CHECK)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    arguments = ["verify", "--vendor", "acme", "--report", "json"]
    done = run(*arguments, cwd=elsewhere, PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    (check,) = json.loads((elsewhere / "report.json").read_text())["checks"]
    assert (check["id"], check["verdict"]) == ("acme.word", "agrees")


def test_without_checks_nothing_is_checked_and_that_is_loud(checks: Path, tmp_path: Path) -> None:
    assert checks.is_dir()
    arguments = ["verify", "--vendor", "acme", "--require-live"]
    done = run(*arguments, cwd=checks.parent, PYTHONPATH=str(tmp_path))
    assert done.returncode == 3
    assert "NOTHING WAS CHECKED: no checks" in done.stdout
