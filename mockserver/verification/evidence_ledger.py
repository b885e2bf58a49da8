"""The ledger: every statement, how well it is known, and when it was last observed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest

from mockserver.verification.check_runner import Watcher, run_pytest
from mockserver.verification.recordings import Observation, last, newest
from mockserver.verification.results import Tag


@dataclass
class LedgerEntry:
    """One statement, the ids of its checks, and the last observation if there is one."""

    vendor: str
    statement: str
    tag: Tag
    source: str
    checks: list[str] = field(default_factory=list)
    seen: Observation | None = None

    @property
    def observed(self) -> str:
        """Return the day and the verdict of the last observation."""
        if self.seen is None:
            return "never"
        return f"{self.seen.day} {self.seen.verdict}{' (mock)' if self.seen.mock else ''}"


class _Collected:
    """A pytest plugin that keeps the statements of the checks."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the statements of all checks."""
        self.said = [dict(item.user_properties) for item in session.items]


def entries(fixtures: Path) -> list[LedgerEntry]:
    """Return every statement by vendor and tag, with observations from `fixtures`."""
    collected, found, known = _Collected(), dict[tuple[str, ...], LedgerEntry](), last(fixtures)
    run_pytest(["--collect-only"], Watcher(), collected)
    for said in collected.said:
        words = (said["vendor"], said["statement"], said["tag"], said["source"])
        found.setdefault(words, LedgerEntry(*words)).checks.append(said["id"])
    for entry in found.values():
        entry.seen = newest(entry.checks, known)
    return sorted(found.values(), key=_order)


def as_json(entries: Sequence[LedgerEntry]) -> str:
    """Return a list of `{"vendor", "statement", "tag", "source", "checks", "observed"}`."""
    return json.dumps([_fields(entry) for entry in entries], indent=2, ensure_ascii=False)


def as_table(entries: Sequence[LedgerEntry]) -> str:
    """Return a table for a terminal."""
    rows = [(each.vendor, each.tag, each.observed, each.statement, each.source) for each in entries]
    heads = ("vendor", "tag", "last observed", "statement")
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(3)]
    lines = [_row(heads, widths)]
    indent = " " * (sum(widths) + 2 * len(widths))
    for row in rows:
        lines += [_row(row[:4], widths), f"{indent}  {row[4]}"]
    return "\n".join(lines)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=False)]
    return "  ".join([*padded, *cells[len(widths) :]])


def _fields(entry: LedgerEntry) -> dict[str, Any]:
    seen = entry.seen
    observed = seen and {"date": str(seen.day), "verdict": seen.verdict, "mock": seen.mock}
    return {
        "vendor": entry.vendor,
        "statement": entry.statement,
        "tag": entry.tag,
        "source": entry.source,
        "checks": entry.checks,
        "observed": observed,
    }


def _order(entry: LedgerEntry) -> tuple[str, int]:
    return entry.vendor, get_args(Tag).index(entry.tag)
