"""The conformance suite: a good client passes, bad ones fail where they are bad; any language."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from mockserver import TokenMock
from mockserver.conformance import TokenClientConformance
from tests.command_line import run
from tests.verdicts.kite_client import Client
from tests.verdicts.test_good_clients import Tasks

HEAD = """
import requests
from token_mockserver.conformance import TokenClientConformance
URL = "https://platform-server/ds-api"
"""
NO_CACHE = """
class TestClient(TokenClientConformance):
    vendor = "datasentinel"
    def client(self, mock):
        return mock.datasentinel.account
    def call(self, account):
        for _ in range(4):
            answer = requests.post(URL + "/user-token", auth=(account.user, account.password))
            if answer.json().get("user-token"):
                break
        headers = {"user-token": answer.json()["user-token"]}
        requests.get(URL + "/roles", headers=headers).raise_for_status()
"""
FAILED = {
    *("two-calls", "expiry-between-two-calls", "500-on-a-purchase", "a-refused-purchase"),
    *("callers-at-once", "401-once", "revocation", "odd-error-bodies", "403"),
    *("a-redirect-to-another-origin",),
}


class TestGoodClient(TokenClientConformance):
    vendor = "kitegateway"

    def client(self, mock: TokenMock) -> Client:
        return Client(mock)

    def call(self, client: Client) -> Any:
        return client.call()


class TestGoodTasks(TokenClientConformance):
    vendor = "kitegateway"

    def client(self, mock: TokenMock) -> Tasks:
        return Tasks("https://kitegateway.com", mock)

    async def call(self, client: Tasks) -> None:
        client.http = type(client.http)()  # each call runs in an event loop of its own
        async with client.http:
            await client.call()


def test_a_bad_client_fails_where_it_is_bad(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HEAD + NO_CACHE)
    ran = pytester.runpytest_subprocess("-q", "-rf", "-p", "no:randomly")
    failed = {line.split("[")[1].split("]")[0] for line in ran.outlines if "FAILED" in line}
    assert failed >= {"two-calls", "a-refused-purchase", "callers-at-once", "odd-error-bodies"}
    ran.stdout.fnmatch_lines(["*no-cache: The client makes two calls*", "*instead:*"])


SCRIPT = """
import sys, requests
url = "https://kitegateway.com/v1"
body, secret = {"api_key": "2882jj2hh288282jj2"}, {"Secret-Key": "YOUR_SECRET"}
answer = requests.post(url + "/auth/token", json=body, headers=secret)
headers = {"Authorization": SCHEME + answer.json()["data"]["token"]}
answer = requests.get(url + "/data/wallets/balances", headers=headers)
sys.exit(0 if answer.ok else 1)
"""
NODE = """
const url = process.env.TOKEN_MOCKSERVER_KITEGATEWAY_URL + "/v1";
const bought = await fetch(url + "/auth/token", {
  method: "POST", headers: {"Secret-Key": "YOUR_SECRET", "Content-Type": "application/json"},
  body: JSON.stringify({api_key: "2882jj2hh288282jj2"})});
if (bought.status >= 400) { console.error("refused", bought.status); process.exit(1); }
const {data} = await bought.json();
const used = await fetch(url + "/data/wallets/balances", {headers: {Authorization: data.token}});
process.exitCode = used.ok ? 0 : 1;
"""


def outcomes(tmp_path: Path, *command: str) -> tuple[dict[str, str], int]:
    page = tmp_path / "report.html"
    flags = ("--json", "--html", str(page), "--timeout", "60")
    ran = run("conformance", *flags, "kitegateway", "--", *command, cwd=tmp_path)
    assert ran.returncode in (0, 1), ran.stderr
    assert "no-renewal-after-401" in page.read_text()
    return {row["rule"]: row["state"] for row in json.loads(ran.stdout)}, ran.returncode


def test_a_command_in_python(tmp_path: Path) -> None:
    script = tmp_path / "client.py"
    script.write_text(SCRIPT.replace("SCHEME +", "'Bearer ' +"))
    found, code = outcomes(tmp_path, sys.executable, str(script))
    assert code == 1
    broken = {rule for rule, state in found.items() if state == "broken"}
    assert {"wrong-scheme", "odd-error-body"} <= broken
    assert found["retry-storm"] == "not-exercised"
    assert found["plain-http"] == "kept"


def test_a_command_in_node(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    script = tmp_path / "client.mjs"
    script.write_text(NODE)
    found, _ = outcomes(tmp_path, node, str(script))
    assert {rule for rule, state in found.items() if state == "broken"} == {"no-renewal-after-401"}


def test_a_vendor_that_is_not_there(tmp_path: Path) -> None:
    ran = run("conformance", "acme", "--", "true", cwd=tmp_path)
    assert ran.returncode == 2
    assert "vendor must be one of" in ran.stderr
