"""Verdicts as a test reads them, and their reports as text, JSON and JUnit XML."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.model.clock import iso
from mockserver.testing.journal_control import LoggedRequest, logged

Ignored = Mapping[str, str]
"""By id of a rule, the reason for which it may be broken."""

_STATES = ("kept", "broken", "not-exercised")


class Finding(NamedTuple):
    """One violation of a rule.

    Attributes:
        severity: "error" or "warning".
        expected: What should have come instead.
        requests: The two or three requests that matter, in order.
    """

    severity: str
    expected: str
    requests: tuple[LoggedRequest, ...]


class Verdict(NamedTuple):
    """A rule for token clients, and whether the requests of the journal keep it.

    Attributes:
        id: The rule's name, "no-cache".
        severity: "error" or "warning".
        state: "kept", "broken" or "not-exercised".
        text: One sentence that says what a client does that keeps the rule.
        source: The RFC, page or guideline on which the rule is based.
        requests: The requests of the findings, or some that keep the rule, oldest first.
        findings: The first five that break the rule.
    """

    id: str
    severity: str
    state: str
    text: str
    source: str
    requests: tuple[LoggedRequest, ...]
    findings: tuple[Finding, ...]

    def report(self) -> str:
        """Return the rule, its requests in order, and what should have come instead."""
        return "\n".join(_lines(self))


def verdict_of(shown: Mapping[str, Any]) -> Verdict:
    """Return a verdict from the JSON object by which the admin API shows it."""
    requests = {each["id"]: logged(each) for each in shown["requests"]}
    findings = tuple(_finding_of(each, requests) for each in shown["findings"])
    return Verdict(
        shown["id"],
        shown["severity"],
        shown["state"],
        shown["text"],
        shown["source"],
        tuple(requests.values()),
        findings,
    )


def _finding_of(shown: Mapping[str, Any], requests: Mapping[str, LoggedRequest]) -> Finding:
    found = tuple(requests[each] for each in shown["requests"])
    return Finding(shown["severity"], shown["expected"], found)


def check_ignored(ignored: Ignored, known: Iterable[str]) -> None:
    """Raise ValueError for a rule that does not exist, and for a missing reason."""
    names = list(known)
    for name, reason in ignored.items():
        if name not in names:
            raise ValueError(f"ignore: there is no rule {name!r}; rules: {', '.join(names)}")
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(f"ignore: {name} needs a reason, such as {{{name!r}: 'issue 12'}}")


def failure(verdicts: Iterable[Verdict], ignored: Ignored) -> str:
    """Return the text of the rules that are broken and not ignored; "" if there are none."""
    all_broken = [verdict for verdict in verdicts if verdict.state == "broken"]
    broken = [verdict for verdict in all_broken if verdict.id not in ignored]
    if not broken:
        return ""
    count = "1 rule" if len(broken) == 1 else f"{len(broken)} rules"
    passed = [verdict.id for verdict in all_broken if verdict.id in ignored]
    notes = [f"ignored: {name} ({ignored[name]})" for name in passed]
    return "\n".join(
        [f"the token client breaks {count}:", *(one.report() for one in broken), *notes]
    )


def _lines(verdict: Verdict) -> Iterator[str]:
    head = f"{verdict.id} ({verdict.severity}): {verdict.text} [{verdict.source}]"
    if verdict.state != "broken":
        yield f"{head} - {verdict.state}"
        return
    yield head
    for finding in verdict.findings[:1]:
        for number, request in enumerate(finding.requests, 1):
            yield f"  {number}. {_line(request)}"
        yield f"  instead: {finding.expected}"
    if len(verdict.findings) > 1:
        yield f"  and {len(verdict.findings) - 1} more"


def _line(request: LoggedRequest) -> str:
    answer = str(request.status) if request.status else "no answer"
    token = f", token {request.token_id[:8]}" if request.token_id else ""
    reason = f" ({request.reason})" if request.reason else ""
    where = f"{request.vendor or '-'} {request.endpoint or '-'}"
    return f"{iso(request.at)}  {request.method} {request.url}  {where}{token} -> {answer}{reason}"


def table(verdicts: Iterable[Verdict]) -> str:
    """Return a line for each rule, and the reports of those that are broken."""
    found = list(verdicts)
    lines = [f"{one.state:<14}{one.severity:<9}{one.id}" for one in found]
    return "\n".join([*lines, *(one.report() for one in found if one.state == "broken")])


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as a JSON value."""
    return {
        **verdict._asdict(),
        "requests": [_plain(request) for request in verdict.requests],
        "findings": [
            {**finding._asdict(), "requests": [_plain(one) for one in finding.requests]}
            for finding in verdict.findings
        ],
    }


def _plain(request: LoggedRequest) -> dict[str, Any]:
    return {**request._asdict(), "at": iso(request.at)}


def junit(verdicts: Iterable[Verdict], name: str = "token-mockserver verdicts") -> str:
    """Return the verdicts in the JUnit format: a broken rule is a failure.

    A rule that was not exercised is skipped.
    """
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - for this report only

    found = list(verdicts)
    counts = {state: sum(one.state == state for one in found) for state in _STATES}
    numbers = {
        "tests": str(len(found)),
        "failures": str(counts["broken"]),
        "errors": "0",
        "skipped": str(counts["not-exercised"]),
    }
    root = ET.Element("testsuites", {"name": name, **numbers})
    suite = ET.SubElement(root, "testsuite", {"name": "verdicts", **numbers})
    for one in found:
        case = ET.SubElement(suite, "testcase", {"classname": "verdicts", "name": one.id})
        if one.state == "broken":
            ET.SubElement(case, "failure", message=one.text, type=one.severity).text = one.report()
        elif one.state == "not-exercised":
            ET.SubElement(case, "skipped", message="no request could have shown it")
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
