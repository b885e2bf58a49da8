"""Each step of the two clients breaks the rules that the documentation lists for it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from token_mockserver import TokenServer

HERE = Path(__file__).parent / "token-client"
PAGE = Path(__file__).parent.parent / "docs/how-to/verdicts.md"
ROW = r"^\| ([1-4]) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$"


def documented():
    for step, python, node in re.findall(ROW, PAGE.read_text(), re.MULTILINE):
        yield [sys.executable, "steps.py", step], names(python)
        yield ["node", "steps.mjs", step], names(node)


def names(cell):
    return set(cell.split(", ")) - {"none"}


@pytest.mark.parametrize(("command", "expected"), list(documented()))
def test_a_step(command, expected):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    with TokenServer() as server:
        # The third use is refused, as if the token was revoked.
        refused = {"error": 401, "skip": 2, "times": 1}
        server.stub({"vendor": "kitegateway", "endpoint": "balances", **refused})
        run = [sys.executable, "-m", "token_mockserver", "run", "--url", server.url, "--", *command]
        subprocess.run(run, cwd=HERE, check=True, timeout=60)
        broken = {verdict.id for verdict in server.verdicts() if verdict.state == "broken"}
    assert broken == expected
