"""The Node service's own tests, run by `node --test`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_node_service() -> None:
    # `token-mockserver` is beside this interpreter, which need not be on the PATH.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    tests = Path(__file__).with_name("node-service") / "banks.test.mjs"
    done = subprocess.run(
        ["node", "--test", tests],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 5" in done.stdout
