"""A server that other machines reach asks for an admin token."""

import re
import shutil
from pathlib import Path

import pytest
import requests

from mockserver import RemoteMock
from mockserver.model.errors import ControlError
from tests.command_line import Served, in_shell, run, serving

ANYWHERE = ("--host", "0.0.0.0", "--port", "0")
TOKEN = "chosen-for-this-test"


def near(served: Served) -> str:
    return f"http://127.0.0.1:{served.port}"


def test_without_one_a_server_for_all_makes_one_and_prints_it(tmp_path: Path) -> None:
    with serving(*ANYWHERE, cwd=tmp_path) as served:
        made = re.fullmatch(r"export TOKEN_MOCKSERVER_ADMIN_TOKEN=(\S{32})", served.export)
        assert made
        assert RemoteMock(near(served), made[1]).clock.now()
        with pytest.raises(ControlError, match="admin token") as refused:
            RemoteMock(near(served)).clock.now()
        assert refused.value.status == 401
        assert RemoteMock(near(served)).health()["status"] == "healthy"


def test_a_given_one_is_asked_for_and_not_printed(tmp_path: Path) -> None:
    chosen = {"TOKEN_MOCKSERVER_ADMIN_TOKEN": TOKEN}
    with serving("--port", "0", cwd=tmp_path, **chosen) as served:
        told = run("clock", "show", "--url", served.url, cwd=tmp_path, **chosen)
        assert (told.returncode, told.stderr) == (0, "")
        told = run("clock", "show", "--url", served.url, cwd=tmp_path)
        assert told.returncode == 2
        assert "admin token" in told.stderr
        health = run("health", "--url", served.url, cwd=tmp_path)
        assert (health.returncode, health.stdout) == (0, "healthy\n")
        assert "$TOKEN_MOCKSERVER_ADMIN_TOKEN" in served.curls["dapi"]
        assert served.export == ""
        assert TOKEN not in str(served.curls) + str(served.rows)


def test_one_of_the_file_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "token-mockserver.toml").write_text(f'admin_token = "{TOKEN}"\n')
    with serving("--port", "0", cwd=tmp_path) as served:
        url = f"{served.url}/__admin/clock"
        assert requests.get(url, timeout=10).status_code == 401
        sent = {"Authorization": f"Bearer {TOKEN}"}
        assert requests.get(url, headers=sent, timeout=10).status_code == 200


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.2"])
def test_the_printed_lines_work_when_pasted_in_their_order(host: str, tmp_path: Path) -> None:
    with serving("--host", host, "--port", "0", cwd=tmp_path) as served:
        for vendor in served.curls:
            printed = in_shell(f"{served.export}\n{served.curls[vendor]}", tmp_path)
            assert "eyJ" in printed or "accessToken" in printed


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_who_listens_where_a_browser_cannot_be_led_needs_none(host: str, tmp_path: Path) -> None:
    with serving("--host", host, "--port", "0", cwd=tmp_path) as served:
        assert served.export == ""
        assert RemoteMock(served.url).clock.now()


@pytest.mark.parametrize("token", ["", "two words"])
def test_one_that_cannot_be_sent_is_wrong_usage(token: str, tmp_path: Path) -> None:
    done = run("serve", "--port", "0", "--admin-token", token, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "admin token" in done.stderr
