"""`serve`: what it prints is true, and it ends as it was told to."""

import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import requests

from mockserver.model.version import VERSION
from tests.command_line import Served, in_shell, run, serving
from tests.vendor_tokens import DATASENTINEL_LOGIN, DSTOR_KEY

VENDORS = ["dapi", "datasentinel", "dstor", "kitegateway"]
JWT = re.compile(r'"(?:JWT )?eyJ[\w-]+\.[\w-]+\.[\w-]+"')


def test_the_first_line_is_the_address(served: Served) -> None:
    assert served.url == f"http://127.0.0.1:{served.port}"
    health = requests.get(f"{served.url}/__admin/health", timeout=10)
    assert (health.status_code, health.json()["version"]) == (200, VERSION)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_table_shows_each_vendors_address_and_credentials(served: Served, vendor: str) -> None:
    (row,) = [row for row in served.rows if row.split()[0] == vendor]
    described = requests.get(f"{served.url}/__admin/vendors", timeout=10).json()["vendors"]
    (one,) = [each for each in described if each["name"] == vendor]
    assert f" {one['base_url']} " in row
    for name, value in one["credentials"].items():
        for key, text in (value if isinstance(value, dict) else {name: value}).items():
            assert f"{key}={text}" in row


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("vendor", VENDORS)
def test_each_curl_line_buys_a_token_when_pasted_and_again_when_pasted_again(
    served: Served, vendor: str, tmp_path: Path
) -> None:
    for _ in range(2):
        assert JWT.search(in_shell(served.curls[vendor], tmp_path))


def test_there_is_a_curl_line_for_each_vendor(served: Served) -> None:
    assert sorted(served.curls) == VENDORS


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/dstor/v1/dev/temp-token", DSTOR_KEY),
        ("GET", "/v1/dev/temp-token/", DSTOR_KEY),
        ("GET", "/v1/dev/temp-token", {**DSTOR_KEY, "Host": "api.dstor.cloud"}),
        ("POST", "/ds-api/user-token", DATASENTINEL_LOGIN),
    ],
)
def test_vendors_are_reached_by_prefix_path_and_host(
    served: Served, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = requests.request(method, served.url + path, headers=headers, timeout=10)
    assert answer.status_code in (200, 201)
    assert len(answer.headers["Content-Type"].split(",")) == 1


def test_a_chunked_body_is_read(served: Served) -> None:
    parts = iter([b'{"email": "dev@example.com",', b'"password": "dstor-password"}'])
    answer = requests.post(f"{served.url}/v1/dev/temp-token", data=parts, timeout=10)
    assert answer.status_code == 200


def test_a_head_has_no_body(served: Served) -> None:
    answer = requests.head(f"{served.url}/ds-api/", timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


def test_every_answer_has_a_date_by_the_clock_that_was_moved(tmp_path: Path) -> None:
    with serving("--port", "0", cwd=tmp_path) as server:
        clock = f"{server.url}/__admin/clock"
        dates = [requests.put(clock, json={"now": 0}, timeout=10).headers["Date"]]
        for path in ("/ds-api/", "/dapi/nowhere", "/nowhere", "/__admin/clock"):
            dates.append(requests.get(server.url + path, timeout=10).headers["Date"])
        assert set(dates) == {"Thu, 01 Jan 1970 00:00:00 GMT"}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)]
)
def test_it_ends_when_told_with_its_exit_code_and_no_traceback(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    with serving("--port", "0", cwd=tmp_path) as server:
        requests.get(f"{server.url}/ds-api/", timeout=10)
        assert server.end(number) == (code, "")
        with closing(socket.socket()) as probe:
            assert probe.connect_ex(("127.0.0.1", server.port)) != 0


def test_a_port_in_use_is_one_clear_line_and_exit_code_2(served: Served, tmp_path: Path) -> None:
    done = run("serve", "--port", str(served.port), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert f"127.0.0.1:{served.port}" in line
    assert "in use" in line


@pytest.mark.parametrize("way", ["flag", "environment", "file"])
def test_several_workers_need_a_store_that_they_share(way: str, tmp_path: Path) -> None:
    flags = ["--workers", "2"] if way == "flag" else []
    variables = {"TOKEN_MOCKSERVER_WORKERS": "2"} if way == "environment" else {}
    if way == "file":
        (tmp_path / "token-mockserver.toml").write_text("workers = 2\n")
    done = run("serve", "--port", "0", *flags, cwd=tmp_path, **variables)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "sqlite:///" in line
    assert "redis://" in line


def test_the_version_is_told(tmp_path: Path) -> None:
    done = run("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"token-mockserver, version {VERSION}\n")


def test_the_installed_command_is_the_same(tmp_path: Path) -> None:
    command = shutil.which("token-mockserver", path=str(Path(sys.executable).parent))
    assert command, "the distribution is not installed"
    done = subprocess.run([command, "--version"], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, VERSION.encode() in done.stdout) == (0, True)


def test_the_help_tells_every_flag(tmp_path: Path) -> None:
    done = run("serve", "--help", cwd=tmp_path)
    assert done.returncode == 0
    for flag in ("--host", "--port", "--port-file", "--config", "--workers"):
        assert flag in done.stdout


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["serve", "--nonsense"], ["serve", "x"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str], tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr
