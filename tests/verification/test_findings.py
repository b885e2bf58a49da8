"""One deviation is one finding; a statement drifts only if its own assertion fails."""

import json

import pytest

from mockserver.model.http import Headers, Request, Response
from mockserver.verification.results import RunResults
from mockserver.verification.statements import Reason
from tests.verification.changes import (
    Change,
    below,
    body_sent,
    claims,
    success,
    token,
    with_,
    without,
)
from tests.verification.vendor_double import vendor_double
from tests.verification.verifying import as_text, failures, verified

EXCHANGE = "/v2/auth/ExchangeToken"
TOKEN = "/v1/auth/token"
DATA = "/v2/data/"


def results_of(change: Change, vendor: str) -> RunResults:
    with vendor_double(change) as double:
        return verified(double, vendor, fast=True)


def test_an_altered_claim_is_one_finding_and_no_drifted_statement() -> None:
    results = results_of(token(EXCHANGE, "accessToken", edit=claims(with_(salt=1))), "dapi")
    (finding,) = failures(results)
    assert finding in results.findings
    (row,) = [each.as_json() for each in results.rows if each.fails]
    assert row["verdict"] == "drifted"
    assert results.findings[0].endpoint == f"POST {EXCHANGE} answered 200"
    assert results.findings[0].path == "$.accessToken (claims).salt"
    assert results.findings[0].says == "it is of type string"
    assert results.findings[0].came == "1"
    touched = [each for each in results.checks if each.reason == Reason.NOT_JUDGED]
    assert len(touched) > 20
    assert {each.detail for each in touched} == {f"{Reason.NOT_JUDGED}: {finding.id}"}


def test_a_statement_that_holds_does_not_drift_for_another_part_of_the_answer() -> None:
    results = results_of(success(TOKEN, with_(code="200")), "kitegateway")
    assert [each.path for each in results.findings if each.fails] == ["$.code"]
    drifted = {each.id for each in results.checks if each.fails}
    assert drifted == {"kitegateway.success"}, as_text(failures(results))
    prefix = next(each for each in results.checks if each.id == "kitegateway.prefix")
    assert (prefix.verdict, prefix.reason) == ("not-checked", Reason.NOT_JUDGED)


def test_a_lost_field_is_one_finding_for_all_that_need_it() -> None:
    results = results_of(success(TOKEN, below("data", without("token"))), "kitegateway")
    assert [each.statement for each in failures(results)] == [
        f"POST {TOKEN} answered 200: $.data: it has token"
    ]
    assert not results.broken


def test_a_refusal_of_good_credentials_after_a_token_is_one_finding() -> None:
    """Whatever needs the answer is not judged; the statement about it drifts."""

    def refuse_lives(asked: Request, came: Response) -> Response:
        refused = came._replace(status=404, body=b'{"code": "no", "status": "error"}')
        return refused if "wallets" in asked.path and came.status == 200 else came

    results = results_of(Change(answer=refuse_lives), "kitegateway")
    drifted = {each.id for each in results.checks if each.fails}
    assert "kitegateway.token_is_sent_back" in drifted
    assert "kitegateway.prefix" not in drifted
    assert not results.broken, as_text(results.checks)


def takes_texts(asked: Request) -> Request:
    """A service that reads a text of digits as a number, as one that takes forms may do."""
    return body_sent(TOKEN, _number).ask(asked)


def _number(body: dict[str, object]) -> dict[str, object]:
    life = body.get("expires_in")
    return {**body, "expires_in": int(life)} if isinstance(life, str) and life.isdigit() else body


def test_a_service_that_takes_a_text_as_lifetime_has_not_drifted() -> None:
    results = results_of(Change(ask=takes_texts), "kitegateway")
    assert failures(results) == [], as_text(failures(results))
    refuted = {each.id for each in results.checks if each.verdict == "refuted"}
    assert refuted == {"kitegateway.useless_life[300]"}


def needs_content_type(asked: Request) -> Request:
    """A service that reads a body without a content type as nothing."""
    if asked.method != "POST" or asked.headers.get("Content-Type"):
        return asked
    pairs = [*asked.headers.pairs, ("Content-Type", "application/json")]
    return asked._replace(headers=Headers(pairs), body=b"")


def test_a_service_that_needs_a_content_type_has_not_drifted() -> None:
    results = results_of(Change(ask=needs_content_type), "kitegateway")
    assert failures(results) == [], as_text(failures(results))
    refuted = {each.id for each in results.checks if each.verdict == "refuted"}
    assert refuted == {"kitegateway.form_without_content_type", "kitegateway.json_without_headers"}


NULL = ("iban", "number", "isFavourite", "description", "details", "beforeAmount", "afterAmount")


def as_node_sdk_says(asked: Request, came: Response) -> Response:
    """Fields that may be null are null, and those that may be absent are absent."""
    if DATA not in asked.path or came.status != 200:
        return came
    body = json.loads(came.body)
    for each in [*body.get("accounts", ()), *body.get("transactions", ())]:
        each.update({name: None for name in NULL if name in each})
        each.pop("balance", None)
        each.pop("reference", None)
    for card in body.get("cards", ()):
        card.update({"cardNumber": None, "creditLimit": None, "name": None, "expiryDate": None})
    if "accountNumber" in body.get("balance", ()):
        body["balance"]["accountNumber"] = None
    body.pop("operationID")
    return came._replace(body=json.dumps(body).encode())


def test_the_shape_that_the_vendors_own_code_allows_has_not_drifted() -> None:
    results = results_of(Change(answer=as_node_sdk_says), "dapi")
    assert failures(results) == [], as_text(failures(results))
    assert not results.broken


@pytest.mark.parametrize("vendor", ["dstor", "kitegateway"])
def test_an_addition_leaves_every_statement_judged(vendor: str) -> None:
    path = {"dstor": "/v1/dev/temp-token", "kitegateway": TOKEN}[vendor]
    results = results_of(success(path, with_(brand_new=1)), vendor)
    (finding,) = results.findings
    assert (finding.path, finding.word) == ("$.brand_new", "drifted (additive)")
    assert not any(each.reason == Reason.NOT_JUDGED for each in results.checks)
    assert not results.failed
