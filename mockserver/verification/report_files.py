"""The results as files: JUnit, JSON, Markdown and HTML."""

import json
import platform
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.metadata import version
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from xml.etree import ElementTree as ET

from jinja2 import Environment, PackageLoader, StrictUndefined

from mockserver.model.errors import ConfigurationError
from mockserver.model.version import VERSION
from mockserver.verification.observations import LedgerEntry, now
from mockserver.verification.report_table import (
    LEGEND,
    TAGS,
    missing_credentials,
    outcome,
    overview,
    summary,
)
from mockserver.verification.results import CheckResult, ReportRow, RunResults, counted

_LIBRARIES = ("jsonschema", "pyjwt", "pytest", "requests")

_PROPERTIES = ("statement", "tag", "source", "verdict", "grade")


def junit(results: RunResults) -> str:
    """Return one suite for each vendor.

    Drift is a failure, a broken check an error; a check that was not made is skipped, with its
    reason. Times are in seconds.
    """
    root = ET.Element("testsuites", {"name": "token-mockserver verify", **_numbers(results.rows)})
    by_vendor = sorted(results.rows, key=attrgetter("vendor"))
    for vendor, group in groupby(by_vendor, attrgetter("vendor")):
        rows = list(group)
        suite = ET.SubElement(root, "testsuite", {"name": vendor, **_numbers(rows)})
        for row in rows:
            _add_case(suite, row)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _numbers(rows: Sequence[ReportRow]) -> dict[str, str]:
    return {
        "tests": str(len(rows)),
        "failures": str(sum(row.fails for row in rows)),
        "errors": str(sum(row.verdict == "broken" for row in rows)),
        "skipped": str(sum(row.verdict == "not-checked" for row in rows)),
        "time": f"{sum(_seconds(row) for row in rows):.3f}",
    }


def _seconds(row: ReportRow) -> float:
    return row.seconds if isinstance(row, CheckResult) else 0.0


def _add_case(suite: ET.Element, row: ReportRow) -> None:
    attributes = {
        "classname": row.vendor,
        "name": _readable(row.id),
        "time": f"{_seconds(row):.3f}",
    }
    case = ET.SubElement(suite, "testcase", attributes)
    properties = ET.SubElement(case, "properties")
    for name in _PROPERTIES:
        value = getattr(row, name)
        if value is not None:
            ET.SubElement(properties, "property", name=name, value=_readable(value))
    detail = _readable(row.detail)
    if row.fails or row.verdict == "broken":
        element = "failure" if row.fails else "error"
        ET.SubElement(case, element, message=detail, type=row.word).text = detail
    elif row.verdict == "not-checked":
        ET.SubElement(case, "skipped", message=detail)
    elif detail:
        ET.SubElement(case, "system-out").text = f"{row.word}: {detail}"


def _readable(text: str) -> str:
    """Return a text without characters that XML does not allow."""
    return "".join(sign if sign.isprintable() or sign in "\t\n" else "\ufffd" for sign in text)


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
    """Return the versions of Python and of the libraries on which the verdicts depend."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return f"token-mockserver {VERSION}, Python {platform.python_version()}, {libraries}"


def _render(name: str, results: RunResults) -> str:
    return (
        _templates()
        .get_template(f"{name}.jinja")
        .render(
            outcome=outcome(results),
            summary=summary(results),
            missing=missing_credentials(results),
            date=f"{now():%Y-%m-%d %H:%M} UTC",
            versions=versions(),
            counts=counted(results.rows),
            overview=overview(results),
            legend=LEGEND,
            tags=TAGS,
        )
    )


def _cell(text: str) -> str:
    """Return a text on one line, with Markdown's characters escaped, for a cell of a table."""
    for sign in "\\`*_{}[]<>|#":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("mockserver.verification", "templates"),
        autoescape=lambda name: ".html" in (name or ""),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["cell"] = _cell
    return templates


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
