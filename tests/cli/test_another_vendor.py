"""A fifth vendor is a folder, or another distribution: nothing else is touched for it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

import mockserver
from tests.command_line import Served, environment, run, serving

SOURCE = '''
"""Acme: a word buys a token."""

from pathlib import Path

from mockserver.model.request_content import json_object
from mockserver.model.errors import Refusal
from mockserver.model.http import json_response
from mockserver.model.settings import NoSettings
from mockserver.model.vendor import Vendor, get, post


def word(call):
    return json_response(200, {"token": call.state.tokens.issue({"word": "w"})})


def buy(call):
    sent = json_object(call.request)
    account = call.state.accounts.find({name: sent.get(name) for name in CREDENTIALS})
    if account is None:
        raise Refusal("No such client.", status=401)
    new = claims(account, call.state.settings, call.now, None)
    return json_response(200, {"ticket": call.state.issue(account, new, call.now)})


def use(call):
    said = call.state.tokens.verify(call.request.headers.get("x-ticket") or "", call.now.unix)
    return json_response(200, {"word": said["word"]})


def broken(call):
    raise RuntimeError(f"it broke with {call.state.accounts.all()}")


def claims(account, settings, now, life):
    return {"word": account["word"], "iat": now.unix, "exp": now.unix + (life or 60)}


CREDENTIALS = {"client_secret": "cl13nt-s3cr3t", "sesame": "open-s3s4me"}


def refuse(refusal, request):
    return json_response(refusal.status, {"acme": refusal.message})


vendor = Vendor(
    name="acme",
    hosts=("api.acme.test",),
    endpoints=(
        get("/acme-api/word", word),
        post("/acme-api/ticket", buy),
        get("/acme-api/use", use),
        get("/acme-api/broken", broken),
    ),
    refuse=refuse,
    settings=NoSettings,
    accounts=({"word": "w", **CREDENTIALS},),
    contract=Path(__file__).with_name("contract.yaml"),
    curl="{base_url}/acme-api/word",
    claims=claims,
    new_account=lambda: {"word": "new", "client_secret": "made-up-1", "sesame": "made-up-2"},
    token_prefix="ACME ",
    secret_fields=("client_secret", "sesame", "ticket", "x-ticket"),
)
'''
CONTRACT = """
openapi: 3.1.0
info: {title: Acme, version: "1"}
paths:
  /acme-api/word:
    get: {operationId: word, responses: {"200": {description: a token}}}
"""


@dataclass(frozen=True)
class Installed:
    """A folder on PYTHONPATH that holds the vendor, and a server that was started with it."""

    path: Path
    server: Served


def write(folder: Path) -> None:
    """The two files that are the vendor."""
    folder.mkdir()
    (folder / "__init__.py").write_text(SOURCE)
    (folder / "contract.yaml").write_text(CONTRACT)


def as_folder(path: Path) -> None:
    """A copy of this package with a further folder in it."""
    package = Path(mockserver.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, path / "mockserver", ignore=ignored)
    write(path / "mockserver" / "vendors" / "acme")


def as_distribution(path: Path, *entry_points: str) -> None:
    """Another distribution, as an installer leaves it."""
    write(path / "acme_for_mockserver")
    metadata = path / "acme_for_mockserver-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme-for-mockserver\nVersion: 1.0\n"
    )
    lines = ["[token_mockserver.vendors]", *(entry_points or ["acme = acme_for_mockserver:vendor"])]
    (metadata / "entry_points.txt").write_text("\n".join(lines))


WAYS = {"a folder": as_folder, "a distribution": as_distribution}


@pytest.fixture(scope="module", params=WAYS)
def acme(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installed]:
    path = tmp_path_factory.mktemp("installed")
    WAYS[request.param](path)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with serving("--port", "0", cwd=elsewhere, PYTHONPATH=str(path)) as server:
        yield Installed(path, server)


def described(acme: Installed) -> dict[str, Any]:
    vendors = requests.get(f"{acme.server.url}/__admin/vendors", timeout=10).json()["vendors"]
    found: dict[str, Any] = next(vendor for vendor in vendors if vendor["name"] == "acme")
    return found


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/acme/acme-api/word", None),
        ("/acme-api/word", None),
        ("/acme-api/word", "api.acme.test"),
    ],
)
def test_it_is_served_by_prefix_path_and_host(acme: Installed, path: str, host: str | None) -> None:
    answer = requests.get(
        acme.server.url + path, headers={"Host": host} if host else {}, timeout=10
    )
    assert (answer.status_code, list(answer.json())) == (200, ["token"])


def test_it_refuses_in_its_own_shape(acme: Installed) -> None:
    answer = requests.get(f"{acme.server.url}/acme/nowhere", timeout=10)
    assert (answer.status_code, list(answer.json())) == (404, ["acme"])


def test_it_is_listed(acme: Installed) -> None:
    assert described(acme)["hosts"] == ["api.acme.test"]
    assert described(acme)["base_url"] == f"{acme.server.url}/acme"
    assert described(acme)["endpoints"] == [
        {"name": "word", "method": "GET", "path": "/acme-api/word"},
        {"name": "buy", "method": "POST", "path": "/acme-api/ticket"},
        {"name": "use", "method": "GET", "path": "/acme-api/use"},
        {"name": "broken", "method": "GET", "path": "/acme-api/broken"},
    ]


def test_its_contract_is_served(acme: Installed) -> None:
    url = f"{acme.server.url}/__admin/vendors/acme/openapi.json"
    assert requests.get(url, timeout=10).json()["info"]["title"] == "Acme"


def test_it_is_in_the_table_with_a_line_to_paste(acme: Installed) -> None:
    rows = {row.split()[0]: row for row in acme.server.rows}
    assert f"{acme.server.url}/acme " in rows["acme"]
    assert "word=w" in rows["acme"]
    assert acme.server.curls["acme"] == f"curl -sS {acme.server.url}/acme/acme-api/word"


def test_the_built_in_vendors_are_there_as_before(acme: Installed) -> None:
    names = [row.split()[0] for row in acme.server.rows]
    assert names == ["acme", "dapi", "datasentinel", "dstor", "kitegateway"]


def test_flask_lists_its_endpoints_too(acme: Installed, tmp_path: Path) -> None:
    listed = flask_routes(tmp_path, PYTHONPATH=str(acme.path))
    assert "acme.word" in listed
    assert "/acme-api/word" in listed


def test_a_path_that_is_nobodys_may_be_near_to_its_own(acme: Installed) -> None:
    answer = requests.get(f"{acme.server.url}/acme-api/wor", timeout=10)
    assert answer.json()["nearest"][0] == "GET /acme/acme-api/word"


@pytest.mark.parametrize(
    ("entry_point", "word"),
    [
        ("acme = acme_for_mockserver:refuse", "acme"),
        ("acme = acme_for_mockserver", "acme"),
        ("acme = acme_for_mockserver:nonsense", "acme"),
        ("acme = no_such_module:vendor", "acme"),
        ("dapi = acme_for_mockserver:vendor", "dapi"),
    ],
)
def test_an_entry_point_that_is_no_vendor_is_one_clear_line_and_exit_code_2(
    entry_point: str, word: str, tmp_path: Path
) -> None:
    as_distribution(tmp_path, entry_point)
    told(tmp_path, word)


def test_two_vendors_of_one_name_are_one_clear_line_and_exit_code_2(tmp_path: Path) -> None:
    as_folder(tmp_path)
    as_distribution(tmp_path)
    told(tmp_path, "acme")


def told(path: Path, word: str) -> None:
    done = run("serve", "--port", "0", cwd=path, PYTHONPATH=str(path))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert word in line


def test_flask_lists_every_endpoint_and_every_call(tmp_path: Path) -> None:
    listed = flask_routes(tmp_path)
    for vendor in ("dapi", "datasentinel", "dstor", "kitegateway"):
        assert f"{vendor}." in listed
    for path in (
        *("/v1/dev/temp-token", "/ds-api/user-token", "/v2/auth/ExchangeToken"),
        *("/v2/data/DelinkUser", "/v1/data/wallets/<currency>/balance", "/__admin/clock/advance"),
    ):
        assert path in listed


def flask_routes(cwd: Path, **variables: str) -> str:
    command = [sys.executable, "-m", "flask", "--app", "mockserver:create_app()", "routes"]
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
