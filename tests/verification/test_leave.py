"""What is not done at somebody's service without leave."""

from tests.verification.vendor_double import vendor_double
from tests.verification.verifying import verified


def test_no_good_token_goes_to_where_tokens_end() -> None:
    """A service that looks at nothing else would end it."""
    with vendor_double() as double:
        known = double.environment("dapi")
        findings = verified(double, "dapi", destructive=False, fast=True, environment=known)
        ending = [asked for asked in double.seen if asked.path.endswith("/DelinkUser")]
    harmless = {None, f"Bearer {known['DAPI_ACCESS_CODE']}"}
    assert {asked.headers.get("Authorization") for asked in ending} == harmless
    left = [each for each in findings.rows if "DelinkUser" in each.id and each.detail]
    assert len(left) == 6
    assert all("give --destructive" in each.detail for each in left)
