"""The findings of a run as a table for a terminal, and as files."""

from collections.abc import Callable, Iterable
from pathlib import Path

from mockserver.model.errors import ConfigurationError
from mockserver.verification.reports.junit import junit
from mockserver.verification.reports.pages import html, markdown
from mockserver.verification.reports.plain import as_json
from mockserver.verification.results import RunResults

FORMATS: dict[str, tuple[str, Callable[[RunResults], str]]] = {
    "junit": ("report.xml", junit),
    "json": ("report.json", as_json),
    "md": ("report.md", markdown),
    "html": ("report.html", html),
}
"""By name: the file, and what writes its text."""


def chosen(text: str) -> tuple[str, ...]:
    """The formats of "junit,json". Raises ConfigurationError for one that is unknown."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in FORMATS:
            raise ConfigurationError(f"--report: {name!r} is none of {', '.join(FORMATS)}")
    return names


def write(findings: RunResults, formats: Iterable[str], folder: Path) -> list[Path]:
    """Write the reports; their paths. Raises ConfigurationError where that cannot be."""
    written = []
    try:
        for name in formats:
            folder.mkdir(parents=True, exist_ok=True)
            file, render = FORMATS[name]
            path = folder / file
            path.write_text(render(findings), encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise ConfigurationError(f"no report can be written to {folder}: {error}") from None
    return written
