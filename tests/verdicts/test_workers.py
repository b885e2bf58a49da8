"""Verdicts and gates of two workers on a shared store; the client is several processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from mockserver import RemoteMock
from tests.command_line import environment, serving
from tests.store_urls import SHARED_STORE_URLS

CLIENT = """
import fcntl, os, requests
url, locks = os.environ["BASE"] + "/kitegateway/v1", os.environ["LOCKS"] == "yes"

def current(refused):
    with open("token", "a+") as file:
        if locks:
            fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        token = file.read()
        if not token or token == refused:
            body, secret = {"api_key": "2882jj2hh288282jj2"}, {"Secret-Key": "YOUR_SECRET"}
            token = requests.post(url + "/auth/token", json=body, headers=secret)
            token = token.json()["data"]["token"]
            file.truncate(0)
            file.write(token)
        return token

def use(token):
    return requests.get(url + "/data/wallets/balances", headers={"Authorization": token})

token = current("")
if use(token).status_code == 401:
    use(current(token)).raise_for_status()
"""


def run_processes(mock: RemoteMock, folder: Path, locks: str) -> None:
    variables = environment(BASE=mock.url, LOCKS=locks)
    command = [sys.executable, "-c", CLIENT]
    started = [subprocess.Popen(command, cwd=folder, env=variables) for _ in range(3)]
    assert [each.wait(60) for each in started] == [0, 0, 0]


@pytest.mark.parametrize("store", SHARED_STORE_URLS)
def test_processes_at_workers(store: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    flags = ("--port", "0", "--workers", "2", "--store", SHARED_STORE_URLS[store](request))
    with serving(*flags, cwd=tmp_path) as served:
        mock = RemoteMock(served.url).namespace()
        mock.gate("kitegateway", "create_token", callers=3, seconds=0.3)
        run_processes(mock, tmp_path, locks="yes")
        mock.revoke((tmp_path / "token").read_text())
        run_processes(mock, tmp_path, locks="yes")
        mock.assert_verdicts()
        kept = {one.id for one in mock.verdicts() if one.state == "kept"}
        assert {"no-cache", "stampede", "no-renewal-after-401", "revoked-use"} <= kept

        (tmp_path / "token").unlink()
        mock.reset()
        mock.gate("kitegateway", "create_token", callers=3, seconds=30)
        run_processes(mock, tmp_path, locks="no")
        for _ in range(5):  # each on a connection of its own: any worker may be asked
            verdicts = RemoteMock(mock.url).verdicts()
            assert [one.id for one in verdicts if one.state == "broken"] == ["stampede"]
