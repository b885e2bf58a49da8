"""A check that fails by its own fault, or that cannot fail, ends the run with 4; nothing drifts."""

import json
from pathlib import Path

import pytest

from mockserver.verification import mock_adapters
from mockserver.verification.check_runner import SelfCheckFailed, self_check
from tests.command_line import run
from tests.verification.test_another_vendor import CHECK, checks

__all__ = ["checks"]

OLD_LIBRARY = "import jwt\ndel jwt.PyJWT.decode_complete\n"
"""A PyJWT that lacks what the checks use; run by the interpreter when it starts."""

NOTHING_PLANTED = """
import mockserver.verification.mock_adapters as adapters
adapters.with_one_divergence = lambda request, response: response
"""

FAULTS = {
    "field_that_no_contract_promises": 'client.get("/acme-api/word").json()["nonsense"]',
    "name_that_does_not_exist": "nonsense",
    "library_without_a_function": "json.nonsense()",
}


def test_a_bug_in_a_check_is_broken(checks: Path, tmp_path: Path) -> None:
    text = CHECK + "\n\nimport json\n"
    for name, fault in FAULTS.items():
        text += '\n\n@statement(tag="S", source="Acme\'s page")\n'
        text += f'def test_{name}(client: CheckClient) -> None:\n    """It is so."""\n    {fault}\n'
    (checks / "test_acme.py").write_text(text)
    arguments = ["verify", "--vendor", "acme", "--report", "json,junit,html,md"]
    done = run(*arguments, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 4, done.stdout + done.stderr
    found = json.loads((tmp_path / "report.json").read_text())["checks"]
    verdicts = {each["id"]: (each["verdict"], each["grade"]) for each in found}
    broken = {f"acme.{name}": ("broken", None) for name in FAULTS}
    assert verdicts == {"acme.word": ("agrees", None), **broken}
    assert "the check failed: " in done.stdout
    assert (tmp_path / "report.xml").read_text().count("<error ") == len(FAULTS)
    assert (tmp_path / "report.md").read_text().startswith("# Contract check: broken\n")


def test_a_library_that_does_not_fit_is_broken_and_no_drift(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(OLD_LIBRARY)
    arguments = ["verify", "--vendor", "datasentinel", "--report", "json"]
    done = run(*arguments, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 4, done.stdout + done.stderr
    found = json.loads((tmp_path / "report.json").read_text())["checks"]
    verdicts = {each["verdict"] for each in found}
    assert "broken" in verdicts
    assert "drifted" not in verdicts
    assert "decode_complete" in done.stdout


def test_every_run_first_shows_that_it_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    assert self_check(()) is None
    monkeypatch.setattr(mock_adapters, "with_one_divergence", lambda _request, response: response)
    with pytest.raises(SelfCheckFailed, match="datasentinel, dstor"):
        self_check(("datasentinel", "dstor"))


def test_a_run_that_cannot_fail_exits_with_4(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NOTHING_PLANTED)
    done = run("verify", "--vendor", "dstor", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 4
    assert "do not see a planted divergence" in done.stderr
    assert done.stdout == ""
