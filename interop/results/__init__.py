"""Dated results of the runners, and how two of them differ."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_ROOT = Path(__file__).parents[2]
Row = Mapping[str, Any]


def latest(subject: str) -> Sequence[Row]:
    """Return the rows of a subject's newest file; none if there is no file."""
    files = sorted(HERE.glob(f"{subject}-*.json"))
    rows: Sequence[Row] = json.loads(files[-1].read_text())["rows"] if files else []
    return rows


def latest_date(subject: str) -> str:
    """Return the day of a subject's newest file."""
    return sorted(HERE.glob(f"{subject}-*.json"))[-1].stem.removeprefix(f"{subject}-")


def write(subject: str, day: date, rows: Sequence[Row]) -> None:
    """Write a subject's results of a day, one row a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    text = f'{{"subject": "{subject}", "date": "{day}", "rows": [\n{lines}\n]}}\n'
    (HERE / f"{subject}-{day}.json").write_text(text)


def replaced(before: Sequence[Row], again: Sequence[Row], keys: Sequence[str]) -> Sequence[Row]:
    """Return the rows of an earlier run, those that were measured again in their new form."""
    new = {tuple(row[key] for key in keys): row for row in again}
    kept = [new.pop(tuple(row[key] for key in keys), row) for row in before]
    return [*kept, *new.values()]


def record(subject: str, rows: Sequence[Row], keys: Sequence[str]) -> None:
    """Write a subject's results of today, and print their differences from the newest file."""
    before = latest(subject)
    write(subject, datetime.now(UTC).date(), rows)
    print(*differences(before, rows, keys), sep="\n")


def lasting(text: str, varying: Mapping[str, str], longest: int) -> str:
    """Return the beginning of an error without what differs between runs and machines.

    Args:
        text: The error, as it was printed.
        varying: By the regular expression of what varies, what is shown instead.
        longest: How many characters are kept.
    """
    for pattern, instead in varying.items():
        text = re.sub(pattern, instead, text)
    return without_folders(text)[:longest].rstrip()


def without_folders(text: str) -> str:
    """Return a text in which a file of this project is named without its folder."""
    return re.sub(re.escape(f"{_ROOT}/") + r"(?:[^\s/]+/)*", "", text)


def differences(before: Sequence[Row], after: Sequence[Row], keys: Sequence[str]) -> Iterator[str]:
    """Yield a line for each row that is new, gone, or not as it was.

    Args:
        before: The rows of an earlier run.
        after: The rows of a later one.
        keys: The fields that say which row of the one is which of the other.
    """
    old, new = ({tuple(row[key] for key in keys): row for row in rows} for rows in (before, after))
    for name in old | new:
        was, now = old.get(name, {}), new.get(name, {})
        changed = [
            f"{key}: {was.get(key)} -> {now.get(key)}"
            for key in {**was, **now}
            if was.get(key) != now.get(key)
        ]
        if changed:
            yield f"{' '.join(map(str, name))}: {'; '.join(changed)}"
