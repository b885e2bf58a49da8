"""The results for a terminal."""

import textwrap
from collections.abc import Iterator, Sequence

import click

from mockserver.verification.reports.summary import (
    ResultRow,
    missing_credentials,
    overview,
    summary,
)
from mockserver.verification.results import Finding, ReportRow, RunResults, counted

_COLOURS = {
    "agrees": "green",
    "confirmed": "green",
    "drifted": "red",
    "refuted": "yellow",
    "not-checked": "cyan",
    "broken": "magenta",
}
_HEADS = ("vendor", "tag", "verdict", "statement, and what was seen")
_LEAST = 40  # columns for the statement


def table(results: RunResults, width: int) -> str:
    """Return all rows, then the number of each verdict and the servers that were asked.

    The text has colours; `click.echo` removes them where there is no terminal.
    """
    shown = overview(results)
    rows = [*shown.findings, *shown.others]
    layout = _Layout(results.rows, width)
    lines = [layout.heads]
    before = ""
    for row in rows:
        lines += layout.lines(row, before)
        lines += layout.touched(row.touched)
        before = row.row.detail
    counts = ", ".join(f"{count} {word}" for word, count in counted(results.rows).items())
    ends = [counts or "no checks", missing_credentials(results), summary(results)]
    return "\n".join([*lines, "", *filter(None, ends)])


class _Layout:
    """The columns of the table."""

    def __init__(self, rows: Sequence[ReportRow], width: int) -> None:
        self._columns = [
            max([len(_HEADS[0]), *(len(row.vendor) for row in rows)]),
            len(_HEADS[1]),
            max([len(_HEADS[2]), *(len(row.word) for row in rows)]),
        ]
        self._indent = sum(self._columns) + 2 * len(self._columns)
        self._width = max(width, self._indent + _LEAST)

    @property
    def heads(self) -> str:
        """Return the line of the column heads."""
        heads = [f"{head:<{size}}" for head, size in zip(_HEADS, self._columns, strict=False)]
        return "  ".join([*heads, _HEADS[3]])

    def lines(self, row: ResultRow, before: str) -> Iterator[str]:
        """Yield the lines of a row; a detail that is the one `before` is not repeated."""
        shown = row.row
        words = [shown.vendor, shown.tag, shown.word]
        cells = [f"{word:<{size}}" for word, size in zip(words, self._columns, strict=True)]
        cells[2] = click.style(cells[2], fg=_colour(shown))
        indent = " " * self._indent
        first, *more = textwrap.wrap(row.statement, self._width - self._indent)
        yield "  ".join([*cells, first])
        yield from (indent + text for text in more)
        detail = "the same" if shown.detail and shown.detail == before else shown.detail
        if isinstance(shown, Finding):
            detail = f"came {shown.came}; {shown.source} ({shown.tag})"
        yield from self._dim(detail)

    def touched(self, rows: Sequence[ResultRow]) -> Iterator[str]:
        """Yield one line for each statement that a finding touches."""
        for row in rows:
            word = "not judged" if row.row.verdict == "not-checked" else row.row.word
            yield from self._dim(f"{word}: {row.row.tag} {row.statement}")

    def _dim(self, text: str) -> Iterator[str]:
        indent = " " * (self._indent + 2)
        lines = textwrap.wrap(text, self._width - self._indent - 2) if text else []
        yield from (indent + click.style(line, dim=True) for line in lines)


def _colour(row: ReportRow) -> str:
    return "yellow" if row.grade == "additive" else _COLOURS[row.verdict]
