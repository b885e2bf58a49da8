"""The tutorial's files are run as they stand, by a pytest of their own."""

import re
import subprocess
import sys
from pathlib import Path

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
FILE = re.compile(r"```python\n# (\S+)\n(.*?)```", re.DOTALL)


def test_the_five_tests_of_the_tutorial_pass(tmp_path: Path) -> None:
    files = FILE.findall(TUTORIAL.read_text())
    assert [name for name, _ in files] == ["shop.py", "test_shop.py"]
    for name, content in files:
        (tmp_path / name).write_text(content)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "5 passed" in done.stdout, done.stdout + done.stderr
