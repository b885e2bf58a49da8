"""The secrets and tokens of a fifth vendor are treated as those of the four: by its declaration."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from mockserver.model.token_registry import token_id
from tests.cli.test_another_vendor import as_distribution, as_folder
from tests.command_line import Served, environment, serving

CREDENTIALS = {"client_secret": "cl13nt-s3cr3t", "sesame": "open-s3s4me"}
UNKNOWN = {"client_secret": "n0b0dys-cl13nt", "sesame": "n0b0dys-s3s4me"}
WAYS = {"a folder": as_folder, "a distribution": as_distribution}


@pytest.fixture(params=WAYS)
def acme(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """A server with the vendor."""
    WAYS[request.param](tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with serving("--port", "0", cwd=elsewhere, PYTHONPATH=str(tmp_path)) as server:
        yield server


def send(server: Served, method: str, path: str, **more: Any) -> requests.Response:
    return requests.request(method, server.url + path, timeout=10, **more)


def bought(server: Served) -> str:
    answer = send(server, "POST", "/acme-api/ticket", json=CREDENTIALS)
    return str(answer.json()["ticket"])


def use(server: Served, ticket: str) -> int:
    return send(server, "GET", "/acme-api/use", headers={"x-ticket": ticket}).status_code


def test_nothing_secret_of_it_is_shown(acme: Served) -> None:
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


def test_its_token_has_one_id_everywhere(acme: Served) -> None:
    ticket = bought(acme)
    assert ticket.startswith("ACME ey")
    assert use(acme, ticket) == 200
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


@pytest.mark.parametrize("way", WAYS)
def test_pytest_has_a_fixture_for_it(tmp_path: Path, way: str) -> None:
    WAYS[way](tmp_path)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "test_acme.py").write_text(TESTS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env=environment(PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout
