"""A mock server at `--base-url` is checked in a namespace of its own, and stays as it was."""

from pathlib import Path

import pytest
import requests

from mockserver import RemoteMock
from tests.command_line import run, serving

MOMENT = "2026-05-01T12:00:00Z"


@pytest.mark.parametrize("path", ["", "/ns/mine"])
def test_it_is_as_it_was_afterwards(path: str, tmp_path: Path) -> None:
    with serving("--port", "0", cwd=tmp_path) as server:
        mock = RemoteMock(server.url + path)
        mock.clock.freeze(MOMENT)
        mock.fail("datasentinel", endpoint="create_token", status=500, times=1)
        mock.mint("datasentinel")
        before = mock.tokens()
        done = run("verify", f"--base-url=datasentinel={mock.url}/datasentinel", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "not-checked" not in done.stdout
        assert f"target datasentinel at {mock.url}/datasentinel: " in done.stdout
        assert mock.clock.now().isoformat() == "2026-05-01T12:00:00+00:00"
        assert mock.tokens() == before
        assert mock.requests.all() == []
        login = ("myUser", "myPassword")
        url = f"{mock.url}/datasentinel/ds-api/user-token"
        assert requests.post(url, auth=login, timeout=30).status_code == 500
