"""Canaries on the console: what `serve` and the commands print shows no secret."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from mockserver.cli import commands
from tests.admin.leaking import CANARY, MARK, PLAIN, coded, jwt, leaks
from tests.command_line import Served, serving

ADMIN_TOKEN = "4dmin-t0ken-of-canaries"
BEARER = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
COMMANDS = [
    *("clock show", "clock freeze", "clock advance 1s", "clock unfreeze", "clock reset", "health"),
    *("requests", "requests --unmatched", "tokens", "fail dapi --times 1", "fail dapi --status 1"),
    *("fail <secret>", "mint <secret>", "mint dapi --defect <secret>", "reset"),
]


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Served]:
    with serving("--port", "0", "--admin-token", ADMIN_TOKEN, cwd=tmp_path) as served:
        yield served


def admin(served: Served, line: str, **body: object) -> Any:
    method, _, path = line.partition(" ")
    url = f"{served.url}/__admin{path}"
    return requests.request(method, url, json=body, headers=BEARER, timeout=10).json()


def handed_out(served: Served) -> list[str]:
    """An account, a login and tokens, one of which is revoked; the secrets of all."""
    account = admin(served, "POST /accounts", vendor="datasentinel")
    user, password = (account["credentials"][name] for name in ("user", "password"))
    login = admin(served, "POST /vendors/dapi/connect")
    minted = [admin(served, "POST /tokens", vendor=name) for name in ("dstor", "kitegateway")]
    admin(served, f"DELETE /tokens/{minted[0]['id']}")
    bought = requests.post(f"{served.url}/ds-api/user-token", auth=(user, password), timeout=10)
    tokens = [bought.json()["user-token"], *(each["token"] for each in minted)]
    return [password, login["accessCode"], login["userSecret"], *tokens]


def sent(served: Served, secrets: list[str]) -> None:
    """Each place of a request with a canary where its name gives it away; secrets anywhere."""
    places: list[dict[str, Any]] = [
        {"headers": {"api-key": PLAIN}},
        {"params": {"token": CANARY, "mark": MARK}},
        {"json": {"appSecret": CANARY}},
        {"json": {"a": [{"b": {"userSecret": CANARY}}]}},
        {"data": {"password": CANARY, "mark": MARK}},
        {"auth": (MARK, CANARY)},
        {"headers": {"X-Odd": jwt(claim=CANARY)}},
    ]
    places += [
        {"headers": {"X-Odd": secret}, "params": {"odd": coded(secret), "a": secret}}
        for secret in (*secrets, ADMIN_TOKEN)
    ]
    for place in places:
        for path in ("/v2/auth/ExchangeToken", f"/nowhere/{MARK}/{secrets[0]}", "/ds-api/"):
            requests.post(f"{served.url}{path}", **place, timeout=10)


def printed(served: Served, line: str, *flags: str) -> str:
    options = ["--url", served.url, "--admin-token", ADMIN_TOKEN, *flags]
    result = CliRunner().invoke(commands, [*line.split(), *options])
    return f"{result.output}{result.exception or ''}"


def test_console_shows_no_secret(guarded: Served) -> None:
    secrets = handed_out(guarded)
    sent(guarded, secrets)
    looked_for = [CANARY, jwt(claim=CANARY), PLAIN, ADMIN_TOKEN, *secrets]
    texts = [
        (line, printed(guarded, line.replace("<secret>", secrets[0]), *flags))
        for line in COMMANDS
        for flags in ([], ["--json"])
    ]
    assert {MARK in text for line, text in texts if line.startswith("requests")} == {True}
    guarded.process.terminate()
    output, errors = guarded.process.communicate(timeout=30)
    texts += [("stdout", "\n".join([*guarded.rows, output])), ("stderr", errors)]
    texts += guarded.curls.items()
    assert leaks(texts, *looked_for) == []


def test_minted_token_is_printed_once(guarded: Served) -> None:
    token = json.loads(printed(guarded, "mint dstor", "--json"))["token"]
    assert leaks([("tokens", printed(guarded, "tokens", "--json"))], token) == []


def test_wrong_admin_token_is_not_printed(guarded: Served) -> None:
    arguments = ["tokens", "--url", guarded.url, "--admin-token", PLAIN]
    result = CliRunner().invoke(commands, arguments)
    assert "admin token" in str(result.exception)
    assert leaks([("tokens", f"{result.output}{result.exception}")], PLAIN) == []
