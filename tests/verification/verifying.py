"""Runs the checks against a double of the vendors in this process, as `verify` does."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

from mockserver.verification.check_runner import run_checks
from mockserver.verification.results import ReportRow, RunResults
from mockserver.verification.run_config import RunConfig
from tests.verification.changes import Change
from tests.verification.vendor_double import VendorDouble, vendor_double


@contextmanager
def variables(**values: str) -> Iterator[None]:
    """Set environment variables for the block."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def verified(
    double: VendorDouble,
    *vendors: str,
    destructive: bool = True,
    fast: bool = False,
    environment: Mapping[str, str] | None = None,
    budget: int | None = 1000,
) -> RunResults:
    """Return the results for these vendors, with the credentials of an account there.

    Args:
        double: The double of the vendors.
        vendors: The vendors to check.
        destructive: As in `RunConfig`.
        fast: True to leave out the checks that let real seconds pass.
        environment: The environment variables in place of those of an account.
        budget: As in `RunConfig`.
    """
    urls = {vendor: double.base_url(vendor) for vendor in vendors}
    config = RunConfig(urls=urls, vendors=vendors, destructive=destructive, budget=budget)
    known = double.environment(*vendors) if environment is None else environment
    with variables(**known):
        return run_checks(config, None, *([FastOnly()] if fast else []))


def failures(results: RunResults) -> list[ReportRow]:
    return [row for row in results.rows if row.fails]


def as_text(rows: Sequence[ReportRow]) -> str:
    """Return the rows for the message of a failing test."""
    return "\n".join(f"{each.id}: {each.word}: {each.detail}" for each in rows)


class FastOnly:
    """A pytest plugin that leaves out the checks that let real seconds pass."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [
            item for item in items if "time_passes" not in getattr(item, "fixturenames", [])
        ]


def results_of(change: Change, vendor: str) -> RunResults:
    """Return the results for a vendor that does one thing differently."""
    with vendor_double(change) as double:
        return verified(double, vendor, fast=True)
