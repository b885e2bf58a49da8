"""The findings for a terminal."""

import textwrap
from collections.abc import Iterator

import click

from mockserver.verification.reports.summary import ResultRow, summary, summary_rows
from mockserver.verification.results import CheckResult, RunResults, counted

_COLOURS = {
    "agrees": "green",
    "confirmed": "green",
    "drifted": "red",
    "refuted": "yellow",
    "not-checked": "cyan",
}
_HEADS = ("vendor", "tag", "verdict", "statement, and what was seen")


def table(findings: RunResults, width: int) -> str:
    """All findings, alike ones as one; then how many of each, and whom they are about.

    With colours: `click.echo` takes them out where there is no terminal.
    """
    lines = summary_rows(findings.found)
    columns = [
        max([len(_HEADS[0]), *(len(line.finding.vendor) for line in lines)]),
        len(_HEADS[1]),
        max([len(_HEADS[2]), *(len(line.finding.word) for line in lines)]),
    ]
    indent = sum(columns) + 2 * len(columns)
    heads = [f"{head:<{size}}" for head, size in zip(_HEADS, columns, strict=False)]
    width = max(width, indent + 40)
    rows: list[str] = []
    for before, line in zip([None, *lines], lines, strict=False):
        same = before is not None and before.finding.detail == line.finding.detail
        rows += _rows(line, columns, indent, width, same)
    counts = ", ".join(f"{count} {word}" for word, count in counted(findings.found).items())
    head = "  ".join([*heads, _HEADS[3]])
    return "\n".join([head, *rows, "", counts or "no checks", summary(findings)])


def _rows(
    line: ResultRow, columns: list[int], indent: int, width: int, same: bool
) -> Iterator[str]:
    """A line of the table, and what was seen below it; where it is the `same` again, that."""
    finding = line.finding
    words = [finding.vendor, finding.tag, finding.word]
    cells = [f"{word:<{size}}" for word, size in zip(words, columns, strict=True)]
    cells[2] = click.style(cells[2], fg=_colour(finding))
    first, *more = textwrap.wrap(line.statement, width - indent)
    yield "  ".join([*cells, first])
    detail = "the same" if same and finding.detail else finding.detail
    seen = textwrap.wrap(detail, width - indent - 2) if detail else []
    yield from (" " * indent + text for text in more)
    yield from (" " * (indent + 2) + click.style(text, dim=True) for text in seen)


def _colour(finding: CheckResult) -> str:
    return "yellow" if finding.grade == "additive" else _COLOURS[finding.verdict]
