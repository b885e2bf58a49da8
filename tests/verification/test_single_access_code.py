"""One access code is enough for Dapi: refusals first, then one exchange, the end of it last."""

from tests.verification.vendor_double import VendorDouble, vendor_double
from tests.verification.verifying import failures, verified

EXCHANGE = "/v2/auth/exchangetoken"
DELINK = "delinkuser"


def statuses(double: VendorDouble, path: str) -> list[int]:
    """What was answered to calls of this path, in order."""
    return [each.status for each in double.mock.requests.all() if path in each.url.lower()]


def test_refusals_come_before_the_one_exchange_and_delinking_comes_last() -> None:
    with vendor_double() as double:
        findings = verified(double, "dapi")
        exchanges, everything = statuses(double, EXCHANGE), double.mock.requests.all()
    first = exchanges.index(200)
    assert set(exchanges[:first]) == {400, 401, 422}
    assert first > 25
    assert 200 not in exchanges[first + 1 :]
    ends = [DELINK in each.url.lower() and each.status == 200 for each in everything]
    assert ends.count(True) == 1
    after = everything[ends.index(True) + 1 :]
    assert [each.status for each in after] == [401] * len(after)
    assert failures(findings) == []


def test_a_second_code_is_asked_for_by_name() -> None:
    with vendor_double() as double:
        found = {each.id: each for each in verified(double, "dapi").rows}
    assert found["dapi.connection_of_another_code"].verdict == "not-checked"
    assert "second access code" in found["dapi.connection_of_another_code"].detail
    assert found["dapi.exchange"].verdict == "agrees"
    assert found["dapi.access_code_once"].verdict == "agrees"
    assert found["dapi.delinked_token"].verdict == "agrees"


def test_nothing_is_delinked_without_leave() -> None:
    with vendor_double() as double:
        found = verified(double, "dapi", destructive=False).rows
        delinked = statuses(double, DELINK)
    reasons = [each.detail for each in found if each.id.startswith("dapi.delink")]
    assert reasons
    assert all("--destructive" in reason for reason in reasons)
    assert delinked
    assert 200 not in delinked


def test_without_a_code_the_missing_variable_is_named() -> None:
    with vendor_double() as double:
        known = {"DAPI_APP_SECRET": "app_secret_value"}
        found = verified(double, "dapi", environment=known).rows
    details = {each.detail for each in found if each.verdict == "not-checked"}
    assert "credential missing: DAPI_ACCESS_CODE is not set" in details
