"""The results of a run as a table for a terminal, and as files."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from mockserver.model.errors import ConfigurationError
from mockserver.verification.reports.junit import junit
from mockserver.verification.reports.pages import html, markdown
from mockserver.verification.results import RunResults


def as_json(results: RunResults) -> str:
    """Return `{"target", "hosts", "calls", "checks": [...]}`."""
    return json.dumps(results.as_json(), indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, tuple[str, Callable[[RunResults], str]]] = {
    "junit": ("report.xml", junit),
    "json": ("report.json", as_json),
    "md": ("report.md", markdown),
    "html": ("report.html", html),
}
"""By name: the file, and the function that returns its text."""


def chosen(text: str) -> tuple[str, ...]:
    """Return the formats in a text such as "junit,json", or raise ConfigurationError."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in FORMATS:
            raise ConfigurationError(f"--report: {name!r} is none of {', '.join(FORMATS)}")
    return names


def write(results: RunResults, formats: Iterable[str], folder: Path) -> list[Path]:
    """Write the reports and return their paths.

    Raises:
        ConfigurationError: If a report cannot be written.
    """
    written = []
    try:
        for name in formats:
            folder.mkdir(parents=True, exist_ok=True)
            file, render = FORMATS[name]
            path = folder / file
            path.write_text(render(results), encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise ConfigurationError(f"no report can be written to {folder}: {error}") from None
    return written
