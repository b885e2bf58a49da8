"""`report.md` and `report.html`, for people: from templates beside this module."""

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from mockserver.verification.evidence_ledger import LedgerEntry
from mockserver.verification.reports.summary import outcome, summary, summary_rows
from mockserver.verification.results import RunResults, counted


def markdown(findings: RunResults) -> str:
    """A page as hosts of code show it."""
    return _render("report.md", findings)


def html(findings: RunResults) -> str:
    """A page that needs nothing else; whatever a vendor sent is shown as text."""
    return _render("report.html", findings)


def ledger_page(entries: Sequence[LedgerEntry]) -> str:
    """The ledger as a page of documentation."""
    return _templates().get_template("ledger.md.jinja").render(entries=entries)


def _render(name: str, findings: RunResults) -> str:
    return (
        _templates()
        .get_template(f"{name}.jinja")
        .render(
            outcome=outcome(findings),
            summary=summary(findings),
            counts=counted(findings.found),
            lines=summary_rows(findings.found),
        )
    )


def _cell(text: str) -> str:
    """A text that stays in its cell of a Markdown table, and is no markup."""
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
