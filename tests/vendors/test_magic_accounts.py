"""Magic accounts: each stands for an outcome, with no control call, and again and again."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.defects import DEFECTS, OUTCOMES
from mockserver.model.http import Response
from mockserver.vendors import discover
from mockserver.wiremock.stub_mapping import parse_stub
from tests.engine_client import ask, basic, content, status_and_body, value
from tests.vendor_tokens import EXCHANGE, VENDORS, each_vendor, explained, use

TEMP_TOKEN, LOGIN = "GET /v1/dev/temp-token", "POST /v1/dev/temp-token"
ERRORS = [outcome for outcome in OUTCOMES if outcome not in DEFECTS]


def buy(engine: Engine, vendor: str, outcome: str) -> Response:
    magic = f"magic-{outcome}"
    if vendor == "dstor":
        return ask(engine, TEMP_TOKEN, {"api-key": magic})
    if vendor == "datasentinel":
        return ask(engine, "POST /ds-api/user-token", basic(magic, "magic"))
    if vendor == "dapi":
        body = {"appSecret": magic, "accessCode": "any", "connectionID": "any"}
        return ask(engine, EXCHANGE, json=body)
    return ask(engine, "POST /v1/auth/token", {"Secret-Key": "magic"}, json={"api_key": magic})


def token_in(fields: Any) -> str:
    names = ("access_token", "user-token", "accessToken")
    return next((str(fields[name]) for name in names if name in fields), "") or str(
        fields["data"]["token"]
    )


@each_vendor
@pytest.mark.parametrize("status", ERRORS)
def test_an_error_is_the_vendors_own(engine: Engine, vendor: str, status: str) -> None:
    answers = [status_and_body(buy(engine, vendor, status)) for _ in range(2)]
    engine.state.stubs.put(parse_stub({"error": int(status)}))
    assert answers == [status_and_body(buy(engine, vendor, status))] * 2
    assert answers[0][0] == int(status)
    if (vendor, status) == ("dapi", "429"):
        assert answers[0][1]["type"] == "TOO_MANY_REQUESTS"


@each_vendor
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_token_is_sold_that_is_refused_for_this_reason(
    engine: Engine, vendor: str, defect: str
) -> None:
    before = engine.state.registry.all()
    for _ in range(2):
        bought = buy(engine, vendor, defect)
        assert bought.status in (200, 201)
        token = token_in(content(bought))
        assert explained(engine, vendor, token) == defect
        assert use(engine, vendor, token).status in (400, 401)
    assert engine.state.registry.all() == before


@each_vendor
@pytest.mark.parametrize("outcome", ["", "good", "404", "502", "Expired"])
def test_an_unknown_outcome_is_refused_and_the_journal_lists_the_known_ones(
    engine: Engine, vendor: str, outcome: str
) -> None:
    assert buy(engine, vendor, outcome).status == 401
    reason = engine.state.journal.all()[-1].reason
    assert reason == f"No magic account has this outcome; there are {', '.join(OUTCOMES)}."


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_magic_key_of_dstor_may_be_padded_to_the_length_of_a_key(
    engine: Engine, outcome: str
) -> None:
    padded = {"api-key": f"magic-{outcome}-".ljust(64, "0")}
    status = int(outcome) if outcome.isdigit() else 200
    assert ask(engine, TEMP_TOKEN, padded).status == status


def test_the_login_of_dstor_has_them_too_and_they_are_not_among_the_accounts(
    engine: Engine,
) -> None:
    for password, status in (("magic", 500), ("wrong", 401)):
        body = {"email": "magic-500@example.com", "password": password}
        assert ask(engine, LOGIN, json=body).status == status
    assert len(value(engine, "GET /accounts")["accounts"]) == len(VENDORS)
    assert [vendor.name for vendor in discover()] == [*VENDORS]
