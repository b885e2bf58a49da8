"""Each request that the four pages print, sent as printed; only scheme and host are changed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

KEY = "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92"

DSTOR_CURL = """\
curl --location '{host}/v1/dev/temp-token' \\
--header 'api-key: {key}' \\
--header 'x-expiration: 1677336539'
"""
DSTOR_PYTHON = """\
import requests

url = "{host}/v1/dev/temp-token"

payload={{}}
headers = {{
  'api-key': '{key}',
  'x-expiration': '1677336539'
}}

response = requests.request("GET", url, headers=headers, data=payload)

print(response.text)
"""
DSTOR_NODE = """\
var request = require('request');
var options = {{
  'method': 'GET',
  'url': '{host}/v1/dev/temp-token',
  'headers': {{
    'api-key': '{key}',
    'x-expiration': '1677336539'
  }}
}};
request(options, function (error, response) {{
  if (error) throw new Error(error);
  console.log(response.body);
}});
"""


def output(*command: str, cwd: Path | None = None, text: str | None = None) -> Any:
    """What a command prints, read as JSON."""
    done = subprocess.run(command, cwd=cwd, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def by_curl(snippet: str, _folder: Path) -> Any:
    return output("sh", text=snippet)


def by_python(snippet: str, _folder: Path) -> Any:
    return output(sys.executable, "-c", snippet)


def by_node(snippet: str, folder: Path) -> Any:
    """Run a snippet that needs the package `request`."""
    if not shutil.which("npm"):
        pytest.skip("NOT CHECKED: there is no npm here, so the page's Node snippet cannot run")
    install = ["npm", "install", "--no-audit", "--no-fund", "request@2.88.2"]
    subprocess.run(install, cwd=folder, check=True, capture_output=True)
    return output("node", "--no-deprecation", "-e", snippet, cwd=folder)


@pytest.mark.parametrize(("run", "snippet"), [
    (by_curl, DSTOR_CURL), (by_python, DSTOR_PYTHON), (by_node, DSTOR_NODE),
])  # fmt: skip
def test_dstor(server: str, run: Callable[[str, Path], Any], snippet: str, tmp_path: Path) -> None:
    printed = snippet.format(host=server, key=KEY)
    assert claims(run(printed, tmp_path)["access_token"])["exp"] == 1677336539


def test_dstor_header_block(server: str) -> None:
    headers = {"api-key": KEY, "x-expiration": "1664349827"}
    answer = requests.get(f"{server}/v1/dev/temp-token", headers=headers)
    assert claims(answer.json()["access_token"])["exp"] == 1664349827


def test_datasentinel_curl(server: str) -> None:
    create = f"curl -u myUser:myPassword -k -X POST {server}/ds-api/user-token"
    token = output("sh", text=create)["user-token"]
    assert claims(token)["exp"] - claims(token)["iat"] == 86405

    url = f"{server}/ds-api/user-token?token=$TOKEN"
    ask = f"export TOKEN={token}\ncurl -u myUser:myPassword -k -X GET {url}"
    assert list(output("sh", text=ask)) == ["email", "expire_time", "organization_name", "user"]


def test_dapi_exchange_in_the_words_of_the_page(server: str) -> None:
    requests.post(f"{server}/__admin/reset").raise_for_status()
    body = """{
"appSecret": "app_secret_value",
"accessCode": "access_code_value",
"connectionID": "connection_id_value"
}"""
    exchanged = requests.post(f"{server}/v2/auth/ExchangeToken", data=body).json()
    assert exchanged["success"] is True

    secrets = {"appSecret": "app_secret_value", "userSecret": "user_secret_value"}
    bearer = {"Authorization": f"Bearer {exchanged['accessToken']}"}
    used = requests.post(f"{server}/v2/data/identity/get", json=secrets, headers=bearer)
    assert used.json()["success"] is True


KITEGATEWAY_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Secret-Key": "YOUR_SECRET",
}
KITEGATEWAY_BODY = """{
    "api_key": "2882jj2hh288282jj2",%s
    "expires_in": 300
}"""


def test_kitegateway_token(server: str) -> None:
    url = f"{server}/v1/auth/token"
    body = KITEGATEWAY_BODY % ""
    answer = requests.post(url, data=body, headers=KITEGATEWAY_HEADERS).json()
    assert list(answer) == ["code", "status", "message", "data"]
    token = answer["data"]["token"]
    assert token.startswith("JWT ")
    assert claims(token.removeprefix("JWT "))["exp"] == answer["data"]["expires"]

    used = requests.get(f"{server}/v1/data/wallets/balances", headers={"Authorization": token})
    assert used.json()["status"] == "success"


def test_kitegateway_sample_as_printed_is_no_json(server: str) -> None:
    body = KITEGATEWAY_BODY % ' // Obtain from your merchant profile"'
    url = f"{server}/v1/auth/token"
    answer = requests.post(url, data=body, headers=KITEGATEWAY_HEADERS)
    assert answer.status_code == 400
    assert answer.json()["status"] == "error"
