"""Observations of services: recordings as dated files, and the ledger of all statements."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from mockserver.model.clock import SHIFT, Clock
from mockserver.model.errors import MockServerError
from mockserver.storage.memory import MemoryCollection
from mockserver.verification.check_runner import Watcher, run_pytest
from mockserver.verification.results import CheckResult, ObservedAnswer, RunResults
from mockserver.verification.statements import Tag, rank

STALE = 30
"""The number of days after which an observation is stale."""

_GOOD = ("agrees", "confirmed")


class NotRecorded(MockServerError):
    """An observation that was not written; the text says why."""


@dataclass(frozen=True)
class Observation:
    """The last result of a check: its day, its verdict, and True if a mock was asked."""

    day: date
    verdict: str
    mock: bool


def now() -> datetime:
    """Return the machine's time in UTC, also if a test has replaced `datetime`."""
    return Clock(MemoryCollection(SHIFT)).now()


def today() -> date:
    """Return the day of a run in UTC."""
    return now().date()


def last(fixtures: Path) -> dict[str, Observation]:
    """Return by check the last observation under `fixtures`; one of a vendor precedes a mock's.

    Raises:
        MockServerError: If a file is not a recording.
    """
    found: dict[str, Observation] = {}
    for path in sorted(fixtures.glob("*/observed/*.json"), key=lambda path: path.stem):
        for check, observation in _read(path):
            if not observation.mock or check not in found or found[check].mock:
                found[check] = observation
    return found


def remembered(results: RunResults, known: dict[str, Observation], day: date) -> RunResults:
    """Return the results with notes on what has changed since earlier runs, and what is stale."""
    real = [vendor for vendor, service in results.services.items() if not service.mock]
    checks = [_with_memory(each, known, day, real=each.vendor in real) for each in results.checks]
    return replace(results, checks=checks)


def record(results: RunResults, fixtures: Path, day: date) -> list[Path]:
    """Write what was observed to `<vendor>/observed/<day>.json`, and return the paths.

    The observations of another host on the same day go to `<day>-<host>.json`. A vendor for which
    nothing was checked is left out.

    Raises:
        NotRecorded: If a file cannot be written, or would contain a credential or a text that
            looks like a secret.
    """
    texts = {}
    for vendor in results.services:
        content = _content(results, vendor, day)
        if content["checks"]:
            path = _path(fixtures / vendor / "observed", day, content["host"])
            text = json.dumps(_merged(path, content), indent=2, ensure_ascii=False) + "\n"
            if not results.secrets.clean(text):
                raise NotRecorded(f"{vendor}: there is a secret in what was observed: not recorded")
            texts[path] = text
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            # A lone surrogate becomes the escape that JSON has for it.
            path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise NotRecorded(f"{fixtures}: {error}") from None
    return list(texts)


def _path(folder: Path, day: date, host: str) -> Path:
    path = folder / f"{day}.json"
    if not path.exists() or _load(path).get("host") == host:
        return path
    return folder / f"{day}-{re.sub('[^a-z0-9.]+', '-', host.lower())}.json"


def _content(results: RunResults, vendor: str, day: date) -> dict[str, Any]:
    service = results.services[vendor]
    checks = {
        each.id: {"statement": each.statement, "tag": each.tag, "verdict": each.verdict}
        for each in results.checks
        if each.vendor == vendor and each.verdict not in ("not-checked", "broken")
    }
    return {
        "vendor": vendor,
        "target": "named" if service.named else results.target,
        "host": service.host,
        "mock": service.mock,
        "date": day.isoformat(),
        "checks": checks,
        "answers": [_answer(each) for each in results.answers if each.vendor == vendor],
    }


def _answer(answer: ObservedAnswer) -> dict[str, Any]:
    return {
        "asked": answer.asked,
        "status": answer.status,
        "content_type": answer.content_type,
        "shape": dict(answer.shape),
    }


def _merged(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    """Return the content, with the observations that only earlier runs of the same day made."""
    if not path.exists():
        return content
    try:
        return _together(_load(path), content)
    except (LookupError, TypeError) as error:
        raise NotRecorded(f"{path} is not a recording: {error!r}") from None


def _together(before: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    seen = [(answer["asked"], answer["status"]) for answer in content["answers"]]
    others = [each for each in before["answers"] if (each["asked"], each["status"]) not in seen]
    checks = {**before["checks"], **content["checks"]}
    return {**content, "checks": checks, "answers": content["answers"] + others}


def _with_memory(
    result: CheckResult, known: dict[str, Observation], day: date, *, real: bool
) -> CheckResult:
    seen = known.get(result.id)
    if seen is None:
        return result
    age = (day - seen.day).days
    wrong = result.verdict in ("drifted", "refuted")
    if wrong and seen.verdict in _GOOD and real and not seen.mock:
        before = f"vendor changed: it was seen to be so on {seen.day}"
        return replace(result, detail=f"{before}; {result.detail}")
    if result.verdict == "not-checked" and age > STALE:
        detail = f"{result.detail}; stale: last observed on {seen.day}, {age} days ago"
        return replace(result, detail=detail)
    return result


def _read(path: Path) -> Iterator[tuple[str, Observation]]:
    content = _load(path)
    try:
        day, mock = date.fromisoformat(content["date"]), bool(content["mock"])
        for check, said in content["checks"].items():
            yield check, Observation(day, str(said["verdict"]), mock)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise MockServerError(f"{path} is not a recording: {error!r}") from None


def _load(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MockServerError(f"{path} is not a recording: {error}") from None
    return content


def newest(ids: Iterable[str], known: dict[str, Observation]) -> Observation | None:
    """Return the last observation of any of these checks."""
    seen = [known[check] for check in ids if check in known]
    return max(seen, key=lambda observation: observation.day, default=None)


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
    return entry.vendor, rank(entry.tag)
