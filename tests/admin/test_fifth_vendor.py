"""What a vendor declares of its secrets is enough: they are shown nowhere, and its ids agree."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response, json_response
from mockserver.model.settings import NoSettings
from mockserver.model.token_registry import token_id
from mockserver.model.vendor import Call, post
from tests.acme_vendor import acme_engine
from tests.admin.leaking import MARK, leaks, shown
from tests.engine_client import admin, ask, content

SECRETS = {"client_secret": "s3cret of the client", "pin": "1234-5678"}


def buy(call: Call[NoSettings]) -> Response:
    account = {"user": "someone", **SECRETS}
    claims = {"user": "someone", "exp": call.now.unix + 60}
    token = call.state.issue(account, claims, call.now)
    return json_response(200, {"ticket": token})


@pytest.fixture
def acme() -> Engine:
    return acme_engine(
        endpoints=(post("/buy", buy),),
        accounts=({"user": "someone", **SECRETS},),
        new_account=lambda: {"user": MARK, "client_secret": "n3w s3cret", "pin": "8765-4321"},
        secret_fields=("pin",),
        token_prefix="Acme ",
    )


def sent(name: str, value: str) -> Mapping[str, Any]:
    return {name: value, "mark": MARK}


def test_no_secret_of_it_is_shown(acme: Engine) -> None:
    account = content(admin(acme, "POST /accounts", json={"vendor": "acme"}))["credentials"]
    for name, value in [*SECRETS.items(), *account.items()]:
        ask(acme, "POST /buy", {"X-Odd": value}, json=sent(name, value))
    ask(acme, "POST /buy", json=sent("pin", "of nobody"))
    texts = list(shown(acme))
    assert sum(MARK in text for _, text in texts) > 10
    hidden = [*SECRETS.values(), account["client_secret"], account["pin"], "of nobody"]
    assert leaks(texts, *hidden) == []


@pytest.mark.parametrize("prefix", ["Acme ", ""])
def test_the_id_of_its_token_is_the_same_everywhere(acme: Engine, prefix: str) -> None:
    token = content(ask(acme, "POST /buy"))["ticket"]
    assert token.startswith("Acme ey")
    ask(acme, "GET /acme/here", {"Authorization": prefix + token.removeprefix("Acme ")})
    listed = [token["id"] for token in content(admin(acme, "GET /tokens"))["tokens"]]
    noted = [entry["request"] for entry in content(admin(acme, "GET /requests"))["requests"]]
    assert [*listed, *(entry["tokenId"] for entry in noted)] == [token_id(token)] * 3
    assert noted[0]["headers"]["Authorization"].startswith(f"{prefix}[redacted:")
