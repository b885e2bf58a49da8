"""Credentials that the service does not take are not its drift; those that it took once are."""

import pytest

from mockserver.vendors import vendor_names
from tests.verification.changes import Change, status
from tests.verification.vendor_double import vendor_double
from tests.verification.verifying import as_text, failures, verified

WRONG = {
    "dstor": "DSTOR_API_KEY",
    "datasentinel": "DATASENTINEL_PASSWORD",
    "dapi": "DAPI_APP_SECRET",
    "kitegateway": "KITEGATEWAY_SECRET_KEY",
}


@pytest.mark.parametrize("vendor", vendor_names())
def test_what_depends_on_refused_credentials_is_not_checked(vendor: str) -> None:
    with vendor_double() as double:
        known = {**double.environment(vendor), WRONG[vendor]: "x" * 64, "DSTOR_EMAIL": ""}
        findings = verified(double, vendor, fast=True, environment=known)
    assert not findings.failed, as_text(failures(findings))
    assert not any(each.detail.startswith(",") for each in findings.rows)
    assert any(each.detail.startswith("credential refused: ") for each in findings.rows)


def test_a_refusal_after_a_token_is_drift() -> None:
    change = Change(
        answer=lambda asked, came: (
            status(401)(came) if "balances" in asked.path and came.status == 200 else came
        )
    )
    with vendor_double(change) as double:
        found = verified(double, "kitegateway", fast=True).rows
    assert any(each.fails and "answered 401" in each.detail for each in found), as_text(found)
