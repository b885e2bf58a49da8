"""What counts as drift, what is learnt from, what is told once, and what was not checked."""

import json

import pytest

from mockserver.model.http import Response
from tests.verification.changes import Change, claims, error, head, status, success, token, with_
from tests.verification.vendor_double import vendor_double
from tests.verification.verifying import as_text, verified

TEMP_TOKEN = "/v1/dev/temp-token"
KITEGATEWAY = "/v1/auth/token"


def verdicts(change: Change, vendor: str) -> dict[str, list[str]]:
    """By verdict, what was seen."""
    with vendor_double(change) as double:
        found = verified(double, vendor, fast=True).rows
    return {
        word: [f"{each.statement} {each.detail}" for each in found if each.word == word]
        for word in {each.word for each in found}
    }


ADDITIONS = {
    "body": success(TEMP_TOKEN, with_(expires_in=3600)),
    "claim": token(TEMP_TOKEN, "access_token", edit=claims(with_(scope="all"))),
    "header": token(TEMP_TOKEN, "access_token", edit=head(with_(kid="1"))),
}


@pytest.mark.parametrize("change", ADDITIONS.values(), ids=ADDITIONS)
def test_what_is_new_is_told_once_and_fails_nothing(change: Change) -> None:
    found = verdicts(change, "dstor")
    assert len(found.pop("drifted (additive)")) == 1
    assert found.keys() == {"agrees", "confirmed", "not-checked"}, found


DOUBTS = {
    "dstor refuses otherwise": ("dstor", error(TEMP_TOKEN, status(403)), "403"),
    "dstor says it otherwise": (
        "dstor",
        error(TEMP_TOKEN, lambda came: came._replace(body=b'{"message": "no"}')),
        "statusCode",
    ),
    "dstor succeeds otherwise": (
        "dstor",
        Change(
            answer=lambda asked, came: (
                came._replace(status=201) if came.status == 200 and asked.method == "GET" else came
            )
        ),
        "201",
    ),
    "dstor signs otherwise": (
        "dstor",
        token(TEMP_TOKEN, "access_token", edit=head(with_(alg="ES256"))),
        "HS256",
    ),
    "kitegateway has other claims": (
        "kitegateway",
        token(KITEGATEWAY, "data", "token", edit=claims(with_(role=7))),
        "role",
    ),
    "kitegateway signs otherwise": (
        "kitegateway",
        token(KITEGATEWAY, "data", "token", edit=head(with_(alg="HS512"))),
        "HS256",
    ),
}


@pytest.mark.parametrize(("vendor", "change", "word"), DOUBTS.values(), ids=DOUBTS)
def test_what_no_page_says_is_refuted_and_fails_nothing(
    vendor: str, change: Change, word: str
) -> None:
    found = verdicts(change, vendor)
    assert any(word in seen for seen in found.pop("refuted"))
    assert found.keys() <= {"agrees", "confirmed", "not-checked"}, found


def swapped(came: Response) -> Response:
    body = dict(reversed(json.loads(came.body).items()))
    return came._replace(body=json.dumps(body).encode())


def test_another_order_of_keys_is_cosmetic_and_fails() -> None:
    change = Change(
        answer=lambda asked, came: (
            swapped(came) if KITEGATEWAY in asked.path and came.status == 200 else came
        )
    )
    found = verdicts(change, "kitegateway")
    assert "in the order code, status, message, data" in found.pop("drifted (cosmetic)")[0]
    assert found.keys() == {"agrees", "confirmed", "not-checked"}, found


def test_what_cannot_be_provoked_says_why() -> None:
    with vendor_double() as double:
        found = verified(double, "kitegateway", fast=True).rows
    details = {each.id: each.detail for each in found if each.verdict == "not-checked"}
    assert details["kitegateway.internal_error"] == (
        "cannot be provoked there: a failure cannot be ordered"
    )
    assert details["kitegateway.second_pair"] == (
        "cannot be provoked there: it needs a second account"
    )
    assert all(detail for detail in details.values()), as_text(found)


def test_every_finding_has_an_id_of_its_own() -> None:
    with vendor_double() as double:
        ids = [each.id for each in verified(double, "dstor", "dapi", fast=True).rows]
    assert len(ids) == len(set(ids))
