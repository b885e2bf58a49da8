"""Credentials that the service does not take are not its drift; those that it took once are."""

import pytest

from mockserver.vendors import vendor_names
from tests.verification.changes import Change, status
from tests.verification.judging import failures, judged, told
from tests.verification.playing import playing

WRONG = {
    "dstor": "DSTOR_API_KEY",
    "datasentinel": "DATASENTINEL_PASSWORD",
    "dapi": "DAPI_APP_SECRET",
    "kitegateway": "KITEGATEWAY_SECRET_KEY",
}


@pytest.mark.parametrize("vendor", vendor_names())
def test_what_depends_on_refused_credentials_is_not_checked(vendor: str) -> None:
    with playing() as played:
        known = {**played.environment(vendor), WRONG[vendor]: "x" * 64, "DSTOR_EMAIL": ""}
        findings = judged(played, vendor, hasty=True, environment=known)
    assert not findings.failed, told(failures(findings))
    assert not any(each.detail.startswith(",") for each in findings.found)
    assert any(each.detail.startswith("credential refused: ") for each in findings.found)


def test_a_refusal_after_a_token_is_drift() -> None:
    change = Change(
        answer=lambda asked, came: (
            status(401)(came) if "balances" in asked.path and came.status == 200 else came
        )
    )
    with playing(change) as played:
        found = judged(played, "kitegateway", hasty=True).found
    assert any(each.fails and "answered 401" in each.detail for each in found), told(found)
