"""A vendor that does what its pages say never raises anything, whatever the time of day is."""

import time
from collections.abc import Iterator

import pytest

from mockserver.vendors import vendor_names
from tests.verification.judging import failures, judged, told, variables
from tests.verification.playing import playing

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
    with playing() as played:
        played.mock.clock.freeze(moment)
        played.mock.clock.unfreeze()
        findings = judged(played, *vendor_names())
    found = {finding.verdict for finding in findings.found}
    assert found == {"agrees", "confirmed", "not-checked"}, told(findings.found)


@pytest.mark.usefixtures("_zone")
def test_in_this_zone() -> None:
    with playing() as played:
        findings = judged(played, *vendor_names(), hasty=True)
    assert failures(findings) == []
    assert {each.verdict for each in findings.found} == {"agrees", "confirmed", "not-checked"}


def test_again_and_again() -> None:
    with playing() as played:
        for _ in range(5):
            assert failures(judged(played, *vendor_names(), hasty=True)) == []
