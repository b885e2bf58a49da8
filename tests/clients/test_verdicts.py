"""Published clients get the verdicts that their code deserves; they were written down first."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from dapi import DapiClient

from mockserver import TokenMock, TokenServer
from mockserver.conformance import TokenClientConformance
from mockserver.conformance.client_suite import play
from mockserver.conformance.scenarios import rows_of, scenarios_of, vendor_of
from mockserver.environment.client_environment import address_of, certificate_of, variables_for

# The SDK reads every body as JSON, whatever the status (`response.json()`), and lets requests
# follow a 307 with the body, which has the appSecret and the userSecret.
DAPI_PYTHON = {"odd-error-body", "redirect-leak"}

# The client raises for every 401 and keeps its token (`raise_for_status`). A renewal that fails
# raises, too. Nothing keeps two threads from buying at once.
TUTORIAL = {"no-renewal-after-401", "revoked-use", "failed-renewal-fatal", "stampede"}

# Its axios 0.21 sends requests for https to a proxy without CONNECT, so in clear text.
DAPI_NODE = {"plain-http"}


class DapiPython(TokenClientConformance):
    vendor = "dapi"

    def client(self, mock: TokenMock) -> Any:
        sdk = DapiClient(app_secret=mock.dapi.account.app_secret)
        return {"sdk": sdk, "mock": mock, "token": None, "login": None}

    def call(self, client: Any) -> None:
        if client["token"] is None:
            login = client["login"] = client["mock"].dapi.connect()
            exchanged = client["sdk"].auth.exchangeToken(login.accessCode, login.connectionID)
            client["token"] = exchanged.get("accessToken")
        if client["token"]:
            data = client["sdk"].data.getIdentity(client["token"], client["login"].userSecret)
            if not data.get("success"):
                client["token"] = None


class Tutorial(TokenClientConformance):
    vendor = "kitegateway"

    def client(self, mock: TokenMock) -> Any:
        page = (Path(__file__).parents[2] / "docs/tutorial.md").read_text()
        code = page.split("```python\n# shop.py\n")[1].split("```")[0]
        names: dict[str, Any] = {}
        exec(code, names)
        account = mock.kitegateway.account
        now = lambda: mock.clock.now().timestamp()  # noqa: E731
        return names["Kitegateway"](account.api_key, account.secret_key, now)

    def call(self, client: Any) -> None:
        client.balances()


@pytest.mark.parametrize(
    ("suite", "expected"), [(DapiPython(), DAPI_PYTHON), (Tutorial(), TUTORIAL)]
)
def test_python(suite: TokenClientConformance, expected: set[str]) -> None:
    scenarios = scenarios_of(vendor_of(suite.vendor))
    rows = rows_of([play(suite, scenario) for scenario in scenarios])
    broken = {row.rule for row in rows if row.state == "broken"}
    assert broken == expected, "\n".join(row.report for row in rows)


SCRIPT = """
const DapiClient = require("@dapi-co/dapi-node").default;
const login = JSON.parse(process.env.LOGIN);
const client = new DapiClient({ appSecret: "app_secret_value" });
(async () => {
  const bought = await client.auth.exchangeToken(login.accessCode, login.connectionID);
  await client.data.getIdentity(bought.accessToken, login.userSecret);
  await client.data.getAccounts(bought.accessToken, login.userSecret);
})();
"""


def test_node(tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("NOT CHECKED: node or npm is not installed")
    install = [npm, "install", "--silent", "--no-audit", "--no-fund", "@dapi-co/dapi-node@2.3.2"]
    subprocess.run(install, cwd=tmp_path, check=True, timeout=300)
    (tmp_path / "client.js").write_text(SCRIPT)
    with TokenServer() as server:
        controls: Any = server
        address, certificate = address_of(server.url, controls), certificate_of(server.url)
        variables = variables_for(address, certificate, tmp_path, ())
        login = '{"accessCode": "access_code_value", "connectionID": "connection_id_value", '
        login += '"userSecret": "user_secret_value"}'
        environment = {**os.environ, **variables, "LOGIN": login}
        subprocess.run([node, "client.js"], cwd=tmp_path, env=environment, check=True, timeout=60)
        verdicts = {verdict.id: verdict.state for verdict in server.verdicts()}
    assert {rule for rule, state in verdicts.items() if state == "broken"} == DAPI_NODE
    assert verdicts["code-twice"] == verdicts["wrong-scheme"] == "kept"
