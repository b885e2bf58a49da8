"""What the wheel carries, and that it works where there is no repository."""

import json
import os
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path

from mockserver.vendors import vendor_names

CODE = """
import sys
import mockserver, requests
from mockserver import TokenServer
assert "site-packages" in mockserver.__file__, mockserver.__file__
with TokenServer() as server:
    for vendor in server.vendors:
        contract = f"{server.url}/__admin/vendors/{vendor}/openapi.json"
        assert requests.get(contract).json()["openapi"] == "3.1.0"
print("works")
"""


def carried() -> list[str]:
    """Every file of the distribution."""
    found = [str(path) for path in files("token-mockserver") or []]
    assert "mockserver/__init__.py" in found, "this needs the wheel, not an editable install"
    return found


def test_wheel_contains_files_that_are_no_modules() -> None:
    names = carried()
    assert {"token_mockserver/py.typed", "mockserver-stubs/__init__.pyi"} <= set(names)
    for vendor in vendor_names():
        assert f"mockserver/vendors/{vendor}/contract.yaml" in names
        assert f"mockserver/vendors/{vendor}/NOTES.md" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_wheel_has_no_other_top_level_name() -> None:
    tops = {name.partition("/")[0] for name in carried() if not name.startswith("..")}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "mockserver",
        "mockserver-stubs",
        "token_mockserver",
    }


def test_wheel_contains_checks_and_fixtures() -> None:
    names = carried()
    assert "mockserver/verification/pytest.ini" in names
    assert "mockserver/verification/templates/report.html.jinja" in names
    assert "mockserver/_contract_tests/conftest.py" in names
    for vendor in vendor_names():
        assert f"mockserver/_contract_tests/test_{vendor}.py" in names
        assert any(name.startswith(f"mockserver/_fixtures/{vendor}/") for name in names)


def test_verify_checks_the_mock_where_there_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("raise RuntimeError('none of its business')")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n")
    done = subprocess.run(
        [sys.executable, "-m", "mockserver", "verify", "--report", "json"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": "--nonsense"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    checks = json.loads((tmp_path / "report.json").read_text())["checks"]
    assert {check["vendor"] for check in checks} == set(vendor_names())
    # What repeats a choice of the emulation's own is not confirmed by it.
    assert {check["verdict"] for check in checks} == {"agrees"}


def test_wheel_works_where_there_is_no_repository(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CODE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "works\n", done.stderr
