"""`report.xml`, as JUnit's readers in build servers take it."""

from itertools import groupby
from operator import attrgetter
from xml.etree import ElementTree as ET

from mockserver.verification.results import CheckResult, RunResults


def junit(findings: RunResults) -> str:
    """A suite a vendor: drift is a failure, what was not checked is skipped, with its reason."""
    root = ET.Element("testsuites", name="token-mockserver verify")
    by_vendor = sorted(findings.found, key=attrgetter("vendor"))
    for vendor, group in groupby(by_vendor, attrgetter("vendor")):
        _add_suite(root, vendor, list(group))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_suite(root: ET.Element, vendor: str, found: list[CheckResult]) -> None:
    failures = sum(finding.fails for finding in found)
    skipped = sum(finding.verdict == "not-checked" for finding in found)
    counts = {"tests": len(found), "failures": failures, "errors": 0, "skipped": skipped}
    numbers = {name: str(count) for name, count in counts.items()}
    suite = ET.SubElement(root, "testsuite", {"name": vendor, **numbers})
    for finding in found:
        _add_case(suite, finding)


def _add_case(suite: ET.Element, finding: CheckResult) -> None:
    case = ET.SubElement(
        suite, "testcase", classname=finding.vendor, name=_readable(finding.id), time="0"
    )
    properties = ET.SubElement(case, "properties")
    for name in ("statement", "tag", "source", "verdict", "grade"):
        value = getattr(finding, name)
        if value is not None:
            ET.SubElement(properties, "property", name=name, value=_readable(value))
    detail = _readable(finding.detail)
    if finding.fails:
        ET.SubElement(case, "failure", message=detail, type=finding.word).text = detail
    elif finding.verdict == "not-checked":
        ET.SubElement(case, "skipped", message=detail)
    elif detail:
        ET.SubElement(case, "system-out").text = f"{finding.word}: {detail}"


def _readable(text: str) -> str:
    """Without what no XML may hold."""
    return "".join(sign if sign.isprintable() or sign in "\t\n" else "\ufffd" for sign in text)
