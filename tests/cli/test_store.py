"""`serve --store`: where state is kept, by flag, variable and file."""

from pathlib import Path

import pytest
import requests

from tests.command_line import run, serving
from tests.store_urls import RedisServer


@pytest.mark.parametrize("how", ["flag", "variable", "file"])
def test_state_in_a_file_survives_a_restart(how: str, tmp_path: Path) -> None:
    url, flags, variables = "sqlite:///kept.db", ["--port", "0"], {}
    if how == "flag":
        flags += ["--store", url]
    elif how == "variable":
        variables = {"TOKEN_MOCKSERVER_STORE": url}
    else:
        (tmp_path / "token-mockserver.toml").write_text(f'store = "{url}"\n')
    for turn in range(2):
        with serving(*flags, cwd=tmp_path, **variables) as server:
            clock = f"{server.url}/__admin/clock"
            if turn == 0:
                requests.put(clock, json={"now": 5}, timeout=10)
            assert requests.get(clock, timeout=10).json()["now"] == "1970-01-01T00:00:05Z"
    assert (tmp_path / "kept.db").exists()


def test_a_redis_is_taken_as_well(shared_redis: RedisServer, tmp_path: Path) -> None:
    with serving("--port", "0", "--store", shared_redis.url(), cwd=tmp_path) as server:
        assert requests.get(f"{server.url}/__admin/health", timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("postgres://u:s3cret@h/x", "a store is memory:, sqlite:///FILE or redis://HOST"),
        ("sqlite:///no/such/folder/x.db", "no/such/folder/x.db: unable to open"),
        ("redis://:s3cret@127.0.0.1:1/0", "refused"),
        ("redis://:s3cret@127.0.0.1:port/0", "cannot be read"),
    ],
)
def test_a_store_that_cannot_be_used_is_one_line_and_exit_code_2(
    store: str, told: str, tmp_path: Path
) -> None:
    done = run("serve", "--port", "0", "--store", store, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    line = done.stderr.splitlines()[-1]
    assert line.startswith("error: ")
    assert told in line
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr
