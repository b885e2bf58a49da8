"""`report.xml` in the JUnit format that build servers read."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from xml.etree import ElementTree as ET

from mockserver.verification.results import CheckResult, ReportRow, RunResults

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
