"""A server that other machines reach asks for an admin token."""

import re
import shutil
from pathlib import Path

import pytest
import requests

from mockserver import RemoteMock
from mockserver.model.errors import ControlError
from tests.command_line import call, in_shell, serving

TOKEN = "chosen-for-this-test"


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.2"])
def test_server_for_all_makes_a_token_and_prints_it(host: str, tmp_path: Path) -> None:
    """The printed lines work when they are pasted in their order."""
    with serving("--host", host, "--port", "0", cwd=tmp_path) as served:
        made = re.fullmatch(r"export TOKEN_MOCKSERVER_ADMIN_TOKEN=(\S{32})", served.export)
        assert made
        url = served.url.replace("0.0.0.0", "127.0.0.1")
        assert RemoteMock(url, made[1]).clock.now()
        with pytest.raises(ControlError, match="admin token") as refused:
            RemoteMock(url).clock.now()
        assert refused.value.status == 401
        assert RemoteMock(url).health()["status"] == "healthy"
        for curl in served.curls.values():
            printed = in_shell(f"{served.export}\n{curl}", tmp_path)
            assert "eyJ" in printed or "accessToken" in printed


@pytest.mark.parametrize("way", ["file", "environment"])
def test_given_token_is_asked_for_and_not_printed(way: str, tmp_path: Path) -> None:
    if way == "file":
        (tmp_path / "token-mockserver.toml").write_text(f'admin_token = "{TOKEN}"\n')
    variables = {"TOKEN_MOCKSERVER_ADMIN_TOKEN": TOKEN} if way == "environment" else {}
    with serving("--port", "0", cwd=tmp_path, **variables) as served:
        url = f"{served.url}/__admin/clock"
        sent = {"Authorization": f"Bearer {TOKEN}"}
        statuses = [requests.get(url, headers=each, timeout=10).status_code for each in ({}, sent)]
        assert statuses == [401, 200]
        show = ("clock", "show", "--url", served.url)
        assert call(*show, TOKEN_MOCKSERVER_ADMIN_TOKEN=TOKEN).returncode == 0
        assert "missing" in (absent := call(*show).error())
        assert "wrong" in (other := call(*show, "--admin-token", "other").error())
        assert "--admin-token" in absent
        assert "--admin-token" in other
        for command in (["env"], ["run", "--", "true"]):
            done = call(command[0], "--url", served.url, *command[1:])
            assert "missing" in done.error()
        assert call("health", "--url", served.url).stdout == "healthy\n"
        assert "$TOKEN_MOCKSERVER_ADMIN_TOKEN" in served.curls["dapi"]
        assert served.export == ""
        assert TOKEN not in str(served.curls) + str(served.rows)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_server_that_no_browser_can_be_led_to_needs_no_token(host: str, tmp_path: Path) -> None:
    with serving("--host", host, "--port", "0", cwd=tmp_path) as served:
        assert served.export == ""
        assert RemoteMock(served.url).clock.now()


@pytest.mark.parametrize("token", ["", "two words"])
def test_token_that_cannot_be_sent_is_wrong_usage(token: str, tmp_path: Path) -> None:
    done = call("serve", "--port", "0", "--admin-token", token, cwd=tmp_path)
    assert "admin token" in done.error()
