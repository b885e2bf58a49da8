"""A vendor that does what its pages say is never reported, and is asked with care."""

import json
import time
from collections.abc import Iterator

import pytest

from mockserver.model.http import Request
from mockserver.vendors import vendor_names
from tests.verification.changes import Change, body_sent, header_sent, success, without
from tests.verification.vendor_double import VendorDouble, vendor_double
from tests.verification.verifying import as_text, failures, results_of, variables, verified

TRUE = {"agrees", "confirmed", "not-checked"}
MOMENTS = {
    "2026-12-31T23:59:57Z": "UTC",  # a year ends during the run
    "2026-06-30T23:59:58Z": "Asia/Kathmandu",  # where leap seconds are put
    "2028-02-29T23:59:58Z": "UTC",  # a leap day ends
    "2026-03-29T00:59:58Z": "Europe/Berlin",  # summer time begins in Europe
    "2026-11-01T05:59:58Z": "America/New_York",  # summer time ends in America
    "2038-01-19T03:14:05Z": "Asia/Kathmandu",  # seconds outgrow 32 bits
}


@pytest.fixture
def _zone(zone: str) -> Iterator[None]:
    """The zone of the machine that runs the checks."""
    with variables(TZ=zone):
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize(("moment", "zone"), MOMENTS.items())
def test_at_this_moment_in_this_zone(moment: str) -> None:
    with vendor_double() as double:
        double.mock.clock.freeze(moment)
        double.mock.clock.unfreeze()
        results = verified(double, *vendor_names())
    assert {each.verdict for each in results.rows} == TRUE, as_text(results.rows)
    assert len({each.id for each in results.rows}) == len(results.rows)


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
        results = verified(double, vendor, fast=True, environment=known)
    assert not results.failed, as_text(failures(results))
    assert not any(each.detail.startswith(",") for each in results.rows)
    assert any(each.detail.startswith("credential refused: ") for each in results.rows)


# Of Dapi one access code is enough: refusals first, then one exchange, then the end of its token.


def statuses(double: VendorDouble, path: str) -> list[int]:
    """Return what was answered to calls of this path, in order."""
    return [each.status for each in double.mock.requests.all() if path in each.url.lower()]


def test_refusals_come_before_the_one_exchange_and_delinking_comes_last() -> None:
    with vendor_double() as double:
        results = verified(double, "dapi")
        exchanges, everything = statuses(double, "exchangetoken"), double.mock.requests.all()
    first = exchanges.index(200)
    assert set(exchanges[:first]) == {400, 401, 422}
    assert first > 25
    assert 200 not in exchanges[first + 1 :]
    ends = ["delinkuser" in each.url.lower() and each.status == 200 for each in everything]
    assert ends.count(True) == 1
    after = everything[ends.index(True) + 1 :]
    assert [each.status for each in after] == [401] * len(after)
    assert failures(results) == []
    found = {each.id: each for each in results.rows}
    needy = found["dapi.connection_of_another_code"]
    assert needy.verdict == "not-checked"
    assert "second access code" in needy.detail
    for name in ("exchange", "access_code_once", "delinked_token"):
        assert found[f"dapi.{name}"].verdict == "agrees"


def test_without_destructive_nothing_is_delinked_and_no_good_token_is_sent_there() -> None:
    """A service that looks at the token alone would end it."""
    with vendor_double() as double:
        known = double.environment("dapi")
        results = verified(double, "dapi", destructive=False, environment=known)
        delinked = statuses(double, "delinkuser")
        ending = [asked for asked in double.seen if asked.path.endswith("/DelinkUser")]
    harmless = {None, f"Bearer {known['DAPI_ACCESS_CODE']}"}
    assert {asked.headers.get("Authorization") for asked in ending} == harmless
    assert delinked
    assert 200 not in delinked
    left = [each for each in results.rows if "DelinkUser" in each.id and each.detail]
    assert len(left) == 6
    reasons = [each.detail for each in results.rows if each.id.startswith("dapi.delink")]
    assert reasons
    assert all("give --destructive" in each for each in [*reasons, *(row.detail for row in left)])


def test_without_a_code_the_missing_variable_is_named() -> None:
    with vendor_double() as double:
        known = {"DAPI_APP_SECRET": "app_secret_value"}
        found = verified(double, "dapi", environment=known).rows
    details = {each.detail for each in found if each.verdict == "not-checked"}
    assert "credential missing: DAPI_ACCESS_CODE is not set" in details


def number_from_text(sent: dict[str, object]) -> dict[str, object]:
    """A text of digits is read as a number, as a service that takes forms may do."""
    life = sent.get("expires_in")
    return {**sent, "expires_in": int(life)} if isinstance(life, str) and life.isdigit() else sent


def without_type_empty(asked: Request) -> Request:
    """A body without a content type is read as an empty one."""
    if asked.method != "POST" or asked.headers.get("Content-Type"):
        return asked
    return header_sent("/", "Content-Type", "application/json").ask(asked)._replace(body=b"")


NULL = ("iban", "number", "isFavourite", "description", "details", "beforeAmount", "afterAmount")


def as_node_sdk_says(said: dict[str, object]) -> object:
    """Fields that may be null are null, and those that may be absent are absent."""
    changed = json.loads(json.dumps(said))
    for each in [*changed.get("accounts", ()), *changed.get("transactions", ())]:
        each.update({name: None for name in NULL if name in each})
        each.pop("balance", None)
        each.pop("reference", None)
    for card in changed.get("cards", ()):
        card.update({"cardNumber": None, "creditLimit": None, "name": None, "expiryDate": None})
    if "accountNumber" in changed.get("balance", ()):
        changed["balance"]["accountNumber"] = None
    return without("operationID")(changed)


ALLOWED = {
    "a text as lifetime": (
        "kitegateway",
        body_sent("/v1/auth/token", number_from_text),
        {"kitegateway.useless_life[300]"},
    ),
    "a content type is needed": (
        "kitegateway",
        Change(ask=without_type_empty),
        {"kitegateway.form_without_content_type", "kitegateway.json_without_headers"},
    ),
    "what Dapi's own code allows": ("dapi", success("/v2/data/", as_node_sdk_says), None),
}


@pytest.mark.parametrize(("vendor", "change", "refuted"), ALLOWED.values(), ids=ALLOWED)
def test_what_a_page_allows_has_not_drifted(
    vendor: str, change: Change, refuted: set[str] | None
) -> None:
    results = results_of(change, vendor)
    assert failures(results) == [], as_text(failures(results))
    assert not results.broken
    found = {each.id for each in results.checks if each.verdict == "refuted"}
    assert refuted in (None, found)


def test_what_cannot_be_provoked_says_why() -> None:
    with vendor_double() as double:
        found = verified(double, "kitegateway", fast=True).rows
    details = {each.id: each.detail for each in found if each.verdict == "not-checked"}
    why = "cannot be provoked there"
    assert details["kitegateway.internal_error"] == f"{why}: a failure cannot be ordered"
    assert details["kitegateway.second_pair"] == f"{why}: it needs a second account"
    assert all(details.values()), as_text(found)
