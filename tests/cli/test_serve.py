"""`serve`: what it prints, how it is reached, and how it ends."""

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

from mockserver.model import http
from mockserver.model.version import VERSION
from tests.command_line import Served, call, in_shell, run, serving
from tests.vendor_tokens import DATASENTINEL_LOGIN, DSTOR_KEY

VENDORS = ["dapi", "datasentinel", "dstor", "kitegateway"]
JWT = re.compile(r'"(?:JWT )?eyJ[\w-]+\.[\w-]+\.[\w-]+"')


def test_first_line_is_the_address(served: Served) -> None:
    assert served.url == f"http://127.0.0.1:{served.port}"
    health = requests.get(f"{served.url}/__admin/health", timeout=10)
    assert (health.status_code, health.json()["version"]) == (200, VERSION)


def test_table_shows_the_address_and_credentials_of_each_vendor(served: Served) -> None:
    rows = {row.split()[0]: row for row in served.rows}
    described = requests.get(f"{served.url}/__admin/vendors", timeout=10).json()["vendors"]
    assert [*rows] == [each["name"] for each in described] == VENDORS
    for each in described:
        row = rows[each["name"]]
        assert f" {each['base_url']} " in row
        for name, value in each["credentials"].items():
            for key, text in (value if isinstance(value, dict) else {name: value}).items():
                assert f"{key}={text}" in row


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_each_curl_line_obtains_a_token_whenever_it_is_pasted(
    served: Served, tmp_path: Path
) -> None:
    assert sorted(served.curls) == VENDORS
    for curl in [*served.curls.values()] * 2:
        assert JWT.search(in_shell(curl, tmp_path))


@pytest.mark.parametrize(("method", "path", "headers"), [
    ("GET", "/dstor/v1/dev/temp-token", DSTOR_KEY),
    ("GET", "/v1/dev/temp-token/", DSTOR_KEY),
    ("GET", "/v1/dev/temp-token", {**DSTOR_KEY, "Host": "api.dstor.cloud"}),
    ("POST", "/ds-api/user-token", DATASENTINEL_LOGIN),
])  # fmt: skip
def test_vendors_are_reached_by_prefix_path_and_host(
    served: Served, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = requests.request(method, served.url + path, headers=headers, timeout=10)
    assert answer.status_code in (200, 201)
    assert len(answer.headers["Content-Type"].split(",")) == 1


def test_every_answer_has_a_date_by_the_moved_clock(tmp_path: Path) -> None:
    with serving("--port", "0", cwd=tmp_path) as server:
        clock = f"{server.url}/__admin/clock"
        dates = [requests.put(clock, json={"now": 0}, timeout=10).headers["Date"]]
        for path in ("/ds-api/", "/dapi/nowhere", "/nowhere", "/__admin/clock"):
            dates.append(requests.get(server.url + path, timeout=10).headers["Date"])
        assert set(dates) == {"Thu, 01 Jan 1970 00:00:00 GMT"}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)]
)
def test_signal_ends_the_server_with_its_exit_code_and_no_traceback(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    with serving("--port", "0", cwd=tmp_path) as server:
        requests.get(f"{server.url}/ds-api/", timeout=10)
        assert server.end(number) == (code, "")
        with closing(socket.socket()) as probe:
            assert probe.connect_ex(("127.0.0.1", server.port)) != 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1"])
def test_open_shows_the_first_page_in_a_browser(tmp_path: Path, host: str) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.new && mv {opened}.new {opened}\n')
    browser.chmod(0o700)
    flags = ["--port", "0", "--host", host, "--admin-token", "an-admin-token"]
    variables = {"BROWSER": str(browser), "TOKEN_MOCKSERVER_OPEN": "1"}
    if host == "::1":
        flags.append("--open")
        del variables["TOKEN_MOCKSERVER_OPEN"]
    with serving(*flags, cwd=tmp_path, **variables) as server:
        while not opened.exists():
            assert server.process.poll() is None
        near = "[::1]" if host == "::1" else "127.0.0.1"
        assert opened.read_text() == f"http://{near}:{server.port}/\n"


def test_port_in_use_is_one_line_and_exit_code_2(served: Served, tmp_path: Path) -> None:
    line = call("serve", "--port", str(served.port), cwd=tmp_path).error()
    assert f"127.0.0.1:{served.port}: Address already in use" in line


def test_command_of_the_environment_is_the_module(tmp_path: Path) -> None:
    command = shutil.which("token-mockserver", path=str(Path(sys.executable).parent))
    assert command, "the distribution is not installed"
    done = subprocess.run([command, "--version"], cwd=tmp_path, capture_output=True, check=False)
    build = "pure Python" if http.__file__.endswith(".py") else "compiled"
    expected = f"token-mockserver, version {VERSION} ({build})\n"
    assert (done.returncode, done.stdout.decode()) == (0, expected)
    again = run("--version", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, expected)


def test_help_has_every_flag() -> None:
    done = call("serve", "--help")
    assert done.returncode == 0
    for flag in ("--host", "--port-file", "--config", "--workers", "TOKEN_MOCKSERVER_PORT"):
        assert flag in done.stdout


@pytest.mark.parametrize("arguments", [
    [], ["clock"], ["nonsense"], ["serve", "--nonsense"], ["serve", "x"],
])  # fmt: skip
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert call(*arguments).error()
