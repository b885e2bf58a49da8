"""`report.md` and `report.html`, from templates beside this module."""

import platform
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version

from jinja2 import Environment, PackageLoader, StrictUndefined

from mockserver.model.clock import SHIFT, Clock
from mockserver.model.version import VERSION
from mockserver.storage.memory import MemoryCollection
from mockserver.verification.evidence_ledger import LedgerEntry
from mockserver.verification.reports.summary import (
    LEGEND,
    TAGS,
    missing_credentials,
    outcome,
    overview,
    summary,
)
from mockserver.verification.results import RunResults, counted

_LIBRARIES = ("jsonschema", "pyjwt", "pytest", "requests")


def markdown(results: RunResults) -> str:
    """Return a page in the Markdown of code hosts."""
    return _render("report.md", results)


def html(results: RunResults) -> str:
    """Return a page without scripts or other files; text of a vendor is escaped."""
    return _render("report.html", results)


def ledger_page(entries: Sequence[LedgerEntry]) -> str:
    """Return the ledger as a page of documentation."""
    return _templates().get_template("ledger.md.jinja").render(entries=entries)


def versions() -> str:
    """Return the versions of everything that the verdicts depend on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return f"token-mockserver {VERSION}, Python {platform.python_version()}, {libraries}"


def _render(name: str, results: RunResults) -> str:
    now = Clock(MemoryCollection(SHIFT)).now()
    return (
        _templates()
        .get_template(f"{name}.jinja")
        .render(
            outcome=outcome(results),
            summary=summary(results),
            missing=missing_credentials(results),
            date=f"{now:%Y-%m-%d %H:%M} UTC",
            versions=versions(),
            counts=counted(results.rows),
            overview=overview(results),
            legend=LEGEND,
            tags=TAGS,
        )
    )


def _cell(text: str) -> str:
    """Return a text without Markdown that stays in its table cell."""
    for sign in "\\`*_{}[]<>|#":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("mockserver.verification.reports", "templates"),
        autoescape=lambda name: ".html" in (name or ""),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["cell"] = _cell
    return templates
