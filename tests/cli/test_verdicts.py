"""`token-mockserver verdicts` and `run --verdicts`."""

import json
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import requests

from mockserver import TokenServer
from tests.command_line import call, run

TWICE = """
import os, requests
url = "https://platform-server/ds-api/user-token"
for _ in range(int(os.environ["TIMES"])):
    token = requests.post(url, auth=("myUser", "myPassword")).json()["user-token"]
"""


def test_verdicts_of_a_server(tmp_path: Path) -> None:
    with TokenServer() as server:
        kept = call("verdicts", "--url", server.url, cwd=tmp_path)
        assert kept.returncode == 0
        for _ in range(2):
            url = f"{server.datasentinel.base_url}/ds-api/user-token"
            requests.post(url, auth=("myUser", "myPassword"))
        file = tmp_path / "report.xml"
        broken = call("verdicts", "--url", server.url, "--junit", str(file), cwd=tmp_path)
        assert broken.returncode == 1
        assert "broken        error    no-cache" in broken.stdout
        failures = ET.parse(file).getroot().findall(".//failure")
        assert [each.get("type") for each in failures] == ["error"]
        shown = call("verdicts", "--url", server.url, "--json", cwd=tmp_path)
        by_id = {each["id"]: each for each in json.loads(shown.stdout)}
        assert len(by_id["no-cache"]["findings"][0]["requests"]) == 2
        flags = ("--ignore", "no-cache=a script")
        assert call("verdicts", "--url", server.url, *flags, cwd=tmp_path).returncode == 0
        flags = ("--ignore", "no-cache")
        assert call("verdicts", "--url", server.url, *flags, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("mode", "times", "code"),
    [("report", 2, 0), ("strict", 2, 1), ("strict", 1, 0), ("strict", 0, 3), ("report", 0, 0)],
)
def test_verdicts_of_a_command(mode: str, times: int, code: int, tmp_path: Path) -> None:
    command = ("run", "--verdicts", mode, "--", sys.executable, "-c", TWICE)
    ran = run(*command, cwd=tmp_path, TIMES=str(times))
    assert ran.returncode == code
    assert ("no-cache (error)" in ran.stderr) is (times == 2)
    assert ("breaks no rule (2 kept, 25 not exercised)" in ran.stderr) is (times == 1)
    assert ("nothing was checked: no request" in ran.stderr) is (times == 0)
