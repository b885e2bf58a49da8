"""`pytest contract_tests`: the same checks by pytest's own hand, with options of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.verification.check_runner import checks_folder
from tests.command_line import LEAN, ended
from tests.verification.vendor_double import vendor_double

ADDED = """
import mockserver.verification.mock_adapters as doors


def added(request, response):
    new = b'{"brand_new": 1, '
    good = response.body.startswith(b'{"') and "/__admin" not in request.path
    return response._replace(body=new + response.body[1:]) if good else response


doors.with_one_divergence = added
"""


def checked(*options: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", *LEAN, str(checks_folder()), "-q", *options]
    return ended(command, cwd, **variables)


@pytest.mark.parametrize(("options", "word"), [
    (["--only-vendor=nobody"], "--only-vendor: 'nobody' is not a vendor"),
    (["--vendor-url=dstor=http://example.org"], "use https"),
    (["--token-target=production"], "--allow-production"),
    (["--token-target=moon"], "moon"),
])  # fmt: skip
def test_wrong_options_are_told_before_anything_is_asked(
    options: list[str], word: str, tmp_path: Path
) -> None:
    done = checked(*options, cwd=tmp_path)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert word in done.stderr


def test_what_cannot_be_checked_is_a_skip_with_its_reason(tmp_path: Path) -> None:
    with vendor_double() as double:
        url = f"--vendor-url=kitegateway={double.base_url('kitegateway')}"
        known = double.environment("kitegateway")
        done = checked(url, "--only-vendor=kitegateway", "-rs", cwd=tmp_path, **known)
    assert done.returncode == 0, done.stdout
    assert "cannot be provoked there: a failure cannot be ordered" in done.stdout
    assert "YOUR_SECRET" not in done.stdout


def test_our_mock_must_add_nothing(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(ADDED)
    options = ["--token-door=planted", "--only-vendor=datasentinel"]
    early = "-Wignore:Module already imported"  # by sitecustomize, where the wheel is installed
    done = checked(*options, early, "--tb=line", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "no page has this name" in done.stdout
    assert "breaking" not in done.stdout
