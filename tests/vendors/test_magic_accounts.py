"""Magic accounts: each stands for an outcome, with no control call, and again and again."""

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Request, Response
from mockserver.model.tokens import DEFECTS, OUTCOMES
from mockserver.vendors import discover
from mockserver.wiremock.stub_mapping import parse_stub
from tests.engine_client import admin, basic, content, request, status_and_body
from tests.sample_requests import sample_requests

Buy = Callable[[str], Request]

CODE = {"accessCode": "any", "connectionID": "any"}
BUY: dict[str, Buy] = {
    "dstor": lambda outcome: request("GET /v1/dev/temp-token", {"api-key": f"magic-{outcome}"}),
    "datasentinel": lambda outcome: request(
        "POST /ds-api/user-token", basic(f"magic-{outcome}", "magic")
    ),
    "dapi": lambda outcome: request(
        "POST /v2/auth/ExchangeToken", json={"appSecret": f"magic-{outcome}", **CODE}
    ),
    "kitegateway": lambda outcome: request(
        "POST /v1/auth/token", {"Secret-Key": "magic"}, json={"api_key": f"magic-{outcome}"}
    ),
}
BOUGHT: dict[str, Callable[[Any], str]] = {
    "dstor": lambda body: body["access_token"],
    "datasentinel": lambda body: body["user-token"],
    "dapi": lambda body: body["accessToken"],
    "kitegateway": lambda body: body["data"]["token"],
}
EACH_VENDOR = pytest.mark.parametrize("vendor", BUY)
ERRORS = [outcome for outcome in OUTCOMES if outcome not in DEFECTS]


def test_every_vendor_has_them() -> None:
    assert {vendor.name for vendor in discover()} == set(BUY)


@EACH_VENDOR
@pytest.mark.parametrize("status", ERRORS)
def test_an_error_is_the_vendors_own(engine: Engine, vendor: str, status: str) -> None:
    answers = [status_and_body(engine.answer(BUY[vendor](status))) for _ in range(2)]
    engine.state.stubs.put(parse_stub({"error": int(status)}))
    assert answers == [status_and_body(engine.answer(BUY[vendor](status)))] * 2
    assert answers[0][0] == int(status)


@EACH_VENDOR
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_token_is_sold_that_is_refused_for_this_reason(
    engine: Engine, vendor: str, defect: str
) -> None:
    for _ in range(2):
        bought = engine.answer(BUY[vendor](defect))
        assert bought.status in (200, 201)
        token = BOUGHT[vendor](content(bought))
        asked = {"vendor": vendor, "token": token}
        explained = content(admin(engine, "POST /tokens/explain", json=asked))
        assert explained == {"accepted": False, "reason": defect}
        assert refused(engine, vendor, token).status in (400, 401)


def refused(engine: Engine, vendor: str, token: str) -> Response:
    """The answer to a call with the token."""
    good, names = sample_requests(engine), {"dstor": "upload_token", "datasentinel": "roles"}
    name = names.get(vendor) or {"dapi": "identity", "kitegateway": "balances"}[vendor]
    asked = good[f"{vendor}.{name}"]
    scheme = "" if vendor == "kitegateway" else "Bearer "
    headers = {"user-token": token, "Authorization": f"{scheme}{token}"}
    return engine.answer(request(f"{asked.method} {asked.path}", headers, body=asked.body))


@EACH_VENDOR
@pytest.mark.parametrize("outcome", ["", "good", "404", "502", "Expired"])
def test_an_unknown_outcome_is_refused_and_the_journal_lists_the_known_ones(
    engine: Engine, vendor: str, outcome: str
) -> None:
    assert engine.answer(BUY[vendor](outcome)).status == 401
    reason = engine.state.journal.all()[-1].reason
    assert reason == f"No magic account has this outcome; there are {', '.join(OUTCOMES)}."


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_magic_key_of_dstor_may_be_padded_to_the_length_of_a_key(
    engine: Engine, outcome: str
) -> None:
    padded = {"api-key": f"magic-{outcome}-".ljust(64, "0")}
    response = engine.answer(request("GET /v1/dev/temp-token", padded))
    assert response.status == (int(outcome) if outcome.isdigit() else 200)


def test_429_has_a_type_of_its_own_at_dapi(engine: Engine) -> None:
    assert content(engine.answer(BUY["dapi"]("429")))["type"] == "TOO_MANY_REQUESTS"


def test_the_login_of_dstor_has_them_too(engine: Engine) -> None:
    body = {"email": "magic-500@example.com", "password": "magic"}
    assert engine.answer(request("POST /v1/dev/temp-token", json=body)).status == 500
    body["password"] = "wrong"
    assert engine.answer(request("POST /v1/dev/temp-token", json=body)).status == 401


def test_they_are_not_among_the_accounts(engine: Engine) -> None:
    listed = content(admin(engine, "GET /accounts"))["accounts"]
    assert len(listed) == len(BUY)
    before = engine.state.registry.all()
    engine.answer(BUY["dstor"]("expired"))
    assert engine.state.registry.all() == before


def test_without_accounts_nobody_is_taken_for_a_magic_one(engine: Engine) -> None:
    for account in content(admin(engine, "GET /accounts"))["accounts"]:
        admin(engine, f"DELETE /accounts/{account['id']}")
    assert admin(engine, "POST /vendors/dapi/connect").status == 400
