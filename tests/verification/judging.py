"""Judges a service that plays a vendor, in this process, as `verify` does."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from mockserver.verification.check_runner import run_checks
from mockserver.verification.results import CheckResult, RunResults
from mockserver.verification.run_config import RunConfig
from tests.verification.changes import Change
from tests.verification.playing import Played, playing


@contextmanager
def variables(**values: str) -> Iterator[None]:
    """The environment with these variables."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def judged(
    played: Played,
    *vendors: str,
    destructive: bool = True,
    hasty: bool = False,
    environment: Mapping[str, str] | None = None,
    budget: int | None = 1000,
) -> RunResults:
    """What the checks say of these vendors, as somebody finds who has an account there.

    `hasty`: without the checks that let real seconds pass. `environment`: in place of all that
    somebody with an account would set.
    """
    urls = {vendor: played.base_url(vendor) for vendor in vendors}
    order = RunConfig(urls=urls, vendors=vendors, destructive=destructive, budget=budget)
    known = played.environment(*vendors) if environment is None else environment
    with variables(**known):
        return run_checks(order, None, *([Hasty()] if hasty else []))


def failures(findings: RunResults) -> list[CheckResult]:
    return [finding for finding in findings.found if finding.fails]


def told(findings: list[CheckResult]) -> str:
    """For the message of a failing test."""
    return "\n".join(f"{each.id}: {each.word}: {each.detail}" for each in findings)


class Hasty:
    """A pytest plugin that leaves out the checks which let real seconds pass."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [
            item for item in items if "time_passes" not in getattr(item, "fixturenames", [])
        ]


def check_named(change: Change, vendor: str, word: str) -> None:
    """A change must be found as drift, and a finding must have this word."""
    with playing(change) as played:
        findings = judged(played, vendor, hasty=True)
    found = [each for each in findings.found if each.fails]
    assert any(word in f"{each.statement} {each.detail}" for each in found), told(found)
