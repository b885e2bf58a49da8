"""A vendor that does what its pages say never raises anything, whatever the time of day is."""

import time
from collections.abc import Iterator

import pytest

from mockserver.vendors import vendor_names
from tests.verification.vendor_double import vendor_double
from tests.verification.verifying import as_text, failures, variables, verified

MOMENTS = [
    "2026-12-31T23:59:57Z",  # a year ends while it is asked
    "2026-06-30T23:59:58Z",  # where leap seconds are put
    "2028-02-29T23:59:58Z",  # a leap day ends
    "2026-03-29T00:59:58Z",  # summer time begins in Europe
    "2026-11-01T05:59:58Z",  # summer time ends in America
    "2038-01-19T03:14:05Z",  # seconds outgrow 32 bits
]


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kathmandu"])
def _zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """The zone of the machine that asks."""
    with variables(TZ=request.param):
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("moment", MOMENTS)
def test_at_this_moment(moment: str) -> None:
    with vendor_double() as double:
        double.mock.clock.freeze(moment)
        double.mock.clock.unfreeze()
        findings = verified(double, *vendor_names())
    found = {finding.verdict for finding in findings.rows}
    assert found == {"agrees", "confirmed", "not-checked"}, as_text(findings.rows)


@pytest.mark.usefixtures("_zone")
def test_in_this_zone() -> None:
    with vendor_double() as double:
        findings = verified(double, *vendor_names(), fast=True)
    assert failures(findings) == []
    assert {each.verdict for each in findings.rows} == {"agrees", "confirmed", "not-checked"}


def test_again_and_again() -> None:
    with vendor_double() as double:
        for _ in range(5):
            assert failures(verified(double, *vendor_names(), fast=True)) == []
