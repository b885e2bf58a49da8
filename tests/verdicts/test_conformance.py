"""The conformance suite: a good client passes, bad ones fail where they are bad; any language."""

import json
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from mockserver import TokenMock
from mockserver.conformance import TokenClientConformance
from tests.command_line import LEAN, call
from tests.verdicts.kite_client import KiteClient
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

    def client(self, mock: TokenMock) -> KiteClient:
        return KiteClient(mock)

    def call(self, client: KiteClient) -> Any:
        return client.call()


class TestGoodTasks(TokenClientConformance):
    vendor = "kitegateway"

    def client(self, mock: TokenMock) -> Tasks:
        return Tasks("https://kitegateway.com", mock)

    async def call(self, client: Tasks) -> None:
        client.http = type(client.http)()  # each call runs in an event loop of its own
        async with client.http:
            await client.call()


class Renews:
    """Keeps its token, and renews it once after a 401; one thread at a time buys."""

    def __init__(self, buy: Callable[[], str], use: Callable[[str], requests.Response]) -> None:
        self.buy, self.use = buy, use
        self.lock, self.token = threading.Lock(), ""

    def current(self, refused: str) -> str:
        with self.lock:
            if self.token == refused:
                self.token = self.buy()
            return self.token

    def call(self) -> None:
        token = self.current("")
        answer = self.use(token)
        if answer.status_code == 401:
            answer = self.use(self.current(token))
        answer.raise_for_status()


def body_of(answer: requests.Response) -> Any:
    answer.raise_for_status()
    return answer.json()


class TestGoodAtDstor(TokenClientConformance):
    vendor = "dstor"

    def client(self, mock: TokenMock) -> Renews:
        url, key = "https://api.dstor.cloud/v1", {"api-key": mock.dstor.account.api_key}
        order = {"chunks_number": 1, "folder_path": "/"}
        return Renews(
            lambda: body_of(requests.get(f"{url}/dev/temp-token", headers=key))["access_token"],
            lambda token: requests.post(
                f"{url}/upload/get-token", json=order, headers={"Authorization": f"Bearer {token}"}
            ),
        )

    def call(self, client: Renews) -> None:
        client.call()


class TestGoodAtDatasentinel(TestGoodAtDstor):
    vendor = "datasentinel"

    def client(self, mock: TokenMock) -> Renews:
        url, account = "https://platform-server/ds-api", mock.datasentinel.account
        login = (account.user, account.password)
        return Renews(
            lambda: body_of(requests.post(f"{url}/user-token", auth=login))["user-token"],
            lambda token: requests.get(
                f"{url}/roles",
                headers={"user-token": token},
                allow_redirects=False,  # requests would send `user-token` to any origin
            ),
        )


def test_a_bad_client_fails_where_it_is_bad(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HEAD + NO_CACHE)
    ran = pytester.runpytest_subprocess(*LEAN, "-q", "-rf", "-p", "no:randomly")
    failed = {line.split("[")[1].split("]")[0] for line in ran.outlines if "FAILED" in line}
    assert failed >= {"two-calls", "a-refused-purchase", "callers-at-once", "odd-error-bodies"}
    ran.stdout.fnmatch_lines(["*no-cache: The client makes two calls*", "*instead:*"])


SCRIPT = """
import json, os
from urllib.request import Request, urlopen
url = "https://kitegateway.com/v1"
body, secret = b'{"api_key": "2882jj2hh288282jj2"}', {"Secret-Key": "YOUR_SECRET"}
token = open("CACHE").read() if os.path.exists("CACHE") else None
if token is None:
    asked = Request(url + "/auth/token", body, {**secret, "Content-Type": "application/json"})
    token = "SCHEME" + json.load(urlopen(asked))["data"]["token"]
    if "CACHE":
        open("CACHE", "w").write(token)
urlopen(Request(url + "/data/wallets/balances", headers={"Authorization": token}))
"""
NODE = """
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
const url = process.env.TOKEN_MOCKSERVER_KITEGATEWAY_URL + "/v1";
const now = Date.now() / 1000 + Number(process.env.TOKEN_MOCKSERVER_TIME_OFFSET);
const read = () => existsSync("token.json") ? JSON.parse(readFileSync("token.json")) : {expires: 0};
const kept = read();

async function locked(act) {
  for (;;) {
    try { mkdirSync("token.lock"); break; } catch { await setTimeout(20); }
  }
  try { return await act(); } finally { rmdirSync("token.lock"); }
}

const bought = (old) => locked(async () => {
  const other = read();
  if (other.token !== old.token) return other;
  const answer = await fetch(url + "/auth/token", {
    method: "POST", headers: {"Secret-Key": "YOUR_SECRET", "Content-Type": "application/json"},
    body: JSON.stringify({api_key: "2882jj2hh288282jj2"})});
  if (!answer.ok) return undefined;
  const {data} = await answer.json();
  writeFileSync("token.json", JSON.stringify(data));
  return data;
});
const used = ({token}) => fetch(url + "/data/wallets/balances", {headers: {Authorization: token}});

let data = kept.expires > now + 60 ? kept
  : await bought(kept) ?? (kept.expires > now ? kept : null);
let answer = data && await used(data);
if (answer?.status === 401) {
  data = await bought(data);
  answer = data && await used(data);
}
process.exitCode = answer?.ok ? 0 : 1;
"""
NEEDS_MEMORY = {"expired-use", "failed-renewal-fatal", "revoked-use"}


def outcomes(tmp_path: Path, *command: str, cache: str = "") -> dict[str, set[str]]:
    page = tmp_path / "report.html"
    flags = ["--html", str(page), "--timeout", "60"]  # on both sides of the vendor
    flags += ["--cache", cache] if cache else []
    ran = call("conformance", "--json", "kitegateway", *flags, "--", *command, cwd=tmp_path)
    assert ran.returncode in (0, 1), ran.stderr
    assert "no-renewal-after-401" in page.read_text()
    rows = json.loads(ran.stdout)
    found = {
        state: {row["rule"] for row in rows if row["state"] == state}
        for state in ("kept", "broken", "not-exercised")
    }
    assert ran.returncode == bool(found["broken"])
    return found


def test_a_command_in_python_without_memory(tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text(SCRIPT.replace("SCHEME", "Bearer ").replace("CACHE", ""))
    command = ("conformance", "kitegateway", "--", sys.executable, "client.py")
    ran = call(*command, cwd=tmp_path)
    assert ran.returncode == 1, ran.stderr
    rows = [line.split()[:3] for line in ran.stdout.splitlines()]
    assert {row[2] for row in rows if row[:1] == ["broken"]} == {"wrong-scheme", "redirect-leak"}
    assert {row[2] for row in rows if row[:1] == ["not-exercised"]} >= NEEDS_MEMORY


def test_a_command_in_node(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    (tmp_path / "client.mjs").write_text(NODE)
    found = outcomes(tmp_path, node, "client.mjs")
    assert found["broken"] == set()
    assert found["kept"] >= {*NEEDS_MEMORY, "no-renewal-after-401", "no-cache", "stampede"}


def test_a_command_that_keeps_tokens_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "token"
    (tmp_path / "client.py").write_text(SCRIPT.replace("SCHEME", "").replace("CACHE", str(file)))
    ran = call("conformance", "kitegateway", "--", sys.executable, "client.py", cwd=tmp_path)
    assert ran.returncode == 2
    assert "name the file with --cache" in ran.stderr
    file.write_text("kept")
    found = outcomes(tmp_path, sys.executable, "client.py", cache=str(file))
    # Without a lock, callers at once buy as many tokens.
    expected = {"expired-use", "revoked-use", "no-renewal-after-401", "redirect-leak", "stampede"}
    assert found["broken"] == expected
    assert not found["not-exercised"] >= NEEDS_MEMORY
    assert file.read_text() == "kept"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["acme", "--", "true"], "vendor must be one of"),
        (
            ["dstor", "--timeout", "9", "--", "true"],
            "the command sent no request to dstor. It must call",
        ),
        (
            ["dstor", "--", "sh", "-c", "echo no >&2; exit 3"],
            "to dstor (exit code 3: no). It must call",
        ),
        (["dstor", "--", "false"], "(exit code 1, nothing on stderr). It must"),
        (
            ["dstor", "--htm", "page", "--", "true"],
            "--htm is no option here; the command follows --",
        ),
        (["dstor", "--html", "page", "true"], "--html is no option here; the command follows --"),
    ],
)
def test_what_shows_nothing_is_an_error(arguments: list[str], text: str, tmp_path: Path) -> None:
    ran = call("conformance", *arguments, cwd=tmp_path)
    assert ran.returncode == 2
    assert text in ran.stderr
