"""A fifth vendor is a folder, or another distribution; what it declares is all that it needs."""

import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import mockserver
from mockserver.model.token_registry import token_id
from tests.command_line import LEAN, Served, ended, run, serving

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


UNKNOWN = {"client_secret": "n0b0dys-cl13nt", "sesame": "n0b0dys-s3s4me"}
CREDENTIALS = {"client_secret": "cl13nt-s3cr3t", "sesame": "open-s3s4me"}


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
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on PYTHONPATH that holds the vendor."""
    path = tmp_path_factory.mktemp("installed")
    WAYS[request.param](path)
    return path


@pytest.fixture
def acme(installed: Path, tmp_path: Path) -> Iterator[Served]:
    """A server with the vendor."""
    with serving("--port", "0", cwd=tmp_path, PYTHONPATH=str(installed)) as server:
        yield server


def send(server: Served, method: str, path: str, **more: Any) -> requests.Response:
    return requests.request(method, server.url + path, timeout=10, **more)


def bought(server: Served) -> str:
    return str(send(server, "POST", "/acme-api/ticket", json=CREDENTIALS).json()["ticket"])


def use(server: Served, ticket: str) -> int:
    return send(server, "GET", "/acme-api/use", headers={"x-ticket": ticket}).status_code


def test_vendor_is_served_and_listed(acme: Served, installed: Path, tmp_path: Path) -> None:
    for path, host in (("/acme", None), ("", None), ("", "api.acme.test")):
        headers = {"Host": host} if host else {}
        answer = send(acme, "GET", f"{path}/acme-api/word", headers=headers)
        assert (answer.status_code, list(answer.json())) == (200, ["token"])
    refused = send(acme, "GET", "/acme/nowhere")
    assert (refused.status_code, list(refused.json())) == (404, ["acme"])
    near = send(acme, "GET", "/acme-api/wor").json()["nearest"]
    assert near[0] == "GET /acme/acme-api/word"

    vendors = {
        each["name"]: each for each in send(acme, "GET", "/__admin/vendors").json()["vendors"]
    }
    assert vendors["acme"]["hosts"] == ["api.acme.test"]
    assert vendors["acme"]["base_url"] == f"{acme.url}/acme"
    assert vendors["acme"]["endpoints"] == [
        {"name": "word", "method": "GET", "path": "/acme-api/word"},
        {"name": "buy", "method": "POST", "path": "/acme-api/ticket"},
        {"name": "use", "method": "GET", "path": "/acme-api/use"},
        {"name": "broken", "method": "GET", "path": "/acme-api/broken"},
    ]
    contract = send(acme, "GET", "/__admin/vendors/acme/openapi.json")
    assert contract.json()["info"]["title"] == "Acme"

    rows = {row.split()[0]: row for row in acme.rows}
    assert [*rows] == ["acme", "dapi", "datasentinel", "dstor", "kitegateway"]
    assert f"{acme.url}/acme " in rows["acme"]
    assert "word=w" in rows["acme"]
    assert acme.curls["acme"] == f"curl -sS {acme.url}/acme/acme-api/word"
    listed = flask_routes(tmp_path, PYTHONPATH=str(installed))
    assert "acme.word" in listed
    assert "/acme-api/word" in listed


def test_no_secret_of_the_vendor_is_shown(acme: Served) -> None:
    account = {"vendor": "acme", "credentials": {"sesame": "added-s3s4me"}}
    added = send(acme, "POST", "/__admin/accounts", json=account).json()["credentials"]
    ticket = bought(acme)
    for each in (CREDENTIALS, UNKNOWN, added):
        send(acme, "POST", "/acme-api/ticket", json=each)
        send(acme, "POST", "/acme-api/ticket", data=each)
        send(acme, "GET", "/acme-api/nothing", params=each, headers=each)
        pattern = {"bodyPatterns": [{"equalToJson": each}], "method": "PATCH"}
        stub = {"request": pattern, "response": {"status": 200, "jsonBody": each}}
        send(acme, "POST", "/__admin/mappings", json=stub)
    use(acme, ticket)
    use(acme, ticket.removeprefix("ACME "))
    assert send(acme, "GET", "/acme-api/broken").status_code == 500
    pages = [
        *("/__admin/requests", "/__admin/requests/unmatched", "/__admin/mappings"),
        *("/__admin/accounts", "/__admin/tokens", "/__admin/requests/unmatched/near-misses"),
    ]
    shown = "".join(send(acme, "GET", page).text for page in pages)
    duplicate = send(acme, "POST", "/__admin/accounts", json={**account, "vendor": "dapi"})
    _, log = acme.end(signal.SIGTERM)
    assert "it broke with" in log
    secrets = [*CREDENTIALS.values(), *UNKNOWN.values(), added["sesame"], ticket[-20:]]
    assert [each for each in secrets if each in shown + duplicate.text + log] == []


def test_token_has_one_id_everywhere(acme: Served) -> None:
    ticket = bought(acme)
    assert ticket.startswith("ACME ey")
    assert use(acme, ticket) == 200
    use(acme, ticket.removeprefix("ACME "))
    entries = send(acme, "GET", "/__admin/requests").json()["requests"]
    (listed,) = send(acme, "GET", "/__admin/tokens?vendor=acme").json()["tokens"][:1]
    ids = {entry["request"]["tokenId"] for entry in entries}
    assert ids == {listed["id"]} == {token_id(ticket)}
    minted = send(acme, "POST", "/__admin/tokens", json={"vendor": "acme", "expires_in": 77}).json()
    assert minted["id"] == token_id(minted["token"])
    for text in (ticket, minted["token"]):
        assert use(acme, text) == 200
        assert send(acme, "DELETE", f"/__admin/tokens/{token_id(text)}").status_code == 200
        assert use(acme, text) == 401


TESTS = """
def test_handle(acme, token_mock):
    assert acme.account.client_secret == "cl13nt-s3cr3t"
    assert token_mock.explain("acme", token_mock.mint("acme")).accepted
    token_mock.fail("acme", endpoint="buy", status=503)


def test_account_is_hidden(acme):
    assert "s3cr3t" not in repr(acme.account)
    assert "s3s4me" not in repr(acme.account)
"""


def test_pytest_has_a_fixture_for_the_vendor(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "test_acme.py").write_text(TESTS)
    command = ["-m", "pytest", *LEAN, "-q", "-p", "no:cacheprovider"]
    assert "2 passed" in python(*command, cwd=tmp_path, PYTHONPATH=str(installed))


@pytest.mark.parametrize(("entry_points", "word"), [
    (["acme = acme_for_mockserver:refuse"], "acme"),
    (["acme = acme_for_mockserver"], "acme"),
    (["acme = acme_for_mockserver:nonsense"], "acme"),
    (["acme = no_such_module:vendor"], "acme"),
    (["dapi = acme_for_mockserver:vendor"], "dapi"),
    ([], "acme"),  # there is a folder of this name, too
])  # fmt: skip
def test_entry_point_that_is_no_vendor_is_one_line_and_exit_code_2(
    entry_points: list[str], word: str, tmp_path: Path
) -> None:
    as_distribution(tmp_path, *entry_points)
    if not entry_points:
        as_folder(tmp_path)
    done = run("serve", "--port", "0", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert word in line


def test_flask_lists_every_endpoint_and_every_call(tmp_path: Path) -> None:
    listed = flask_routes(tmp_path)
    for part in (
        *("dapi.", "datasentinel.", "dstor.", "kitegateway.", "/__admin/clock/advance"),
        *("/v1/dev/temp-token", "/ds-api/user-token", "/v2/auth/ExchangeToken"),
        *("/v2/data/DelinkUser", "/v1/data/wallets/<currency>/balance"),
    ):
        assert part in listed


def flask_routes(cwd: Path, **variables: str) -> str:
    return python("-m", "flask", "--app", "mockserver:create_app()", "routes", cwd=cwd, **variables)


def python(*arguments: str, cwd: Path, **variables: str) -> str:
    """What a program in Python prints that succeeds."""
    done = ended([sys.executable, *arguments], cwd, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
