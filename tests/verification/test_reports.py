"""The reports are well formed, whatever a vendor sends, and say what the findings say."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import click
import pytest

from mockserver.model.errors import ConfigurationError
from mockserver.verification.report_files import FORMATS, chosen, html, junit, markdown
from mockserver.verification.report_table import outcome, overview, table
from mockserver.verification.results import CheckResult, ContractFinding, RunResults, Secrets
from mockserver.verification.statements import Reason, Why

NASTY = 'came <script>alert("x")</script> | `a` & \x00\x1b[31m ]]> *b* [c](javascript:d)'
GOOD = CheckResult("acme.good", "acme", "It is so.", "S", "a page", "agrees")
DRIFT = CheckResult("acme.bad", "acme", "It is.", "S", "a page", "drifted", "breaking", NASTY)
NEW = CheckResult(
    "acme.new", "acme", "body.x: no page", "X", "no page", "drifted", "additive", "came 1"
)
LEARNT = CheckResult("acme.x", "acme", "It is thus.", "X", "our choice", "refuted", None, "came 2")
RESET = Why(Reason.HOST_UNREACHABLE, "reset")
OPEN = CheckResult("dapi.open", "dapi", "It may be.", "P", "a page", "not-checked", None, "no host")


def findings(*found: CheckResult, **more: object) -> RunResults:
    return RunResults("sandbox", [*found], ["acme.test"], 7, **more)  # type: ignore[arg-type]


FOUND = ContractFinding(
    "acme.GET /x answered 200: $.x",
    "acme",
    "GET /x answered 200: $.x: it is so",
    "S",
    "a page",
    "drifted",
    "breaking",
    endpoint="GET /x answered 200",
    path="$.x",
    says="it is so",
    came="1",
)
ALL = findings(GOOD, DRIFT, NEW, LEARNT, OPEN)


def test_json_is_as_documented() -> None:
    report = json.loads(FORMATS["json"][1](ALL))
    assert list(report) == ["target", "hosts", "calls", "checks"]
    assert report["checks"][1] == {
        "id": "acme.bad",
        "vendor": "acme",
        "statement": "It is.",
        "tag": "S",
        "source": "a page",
        "verdict": "drifted",
        "grade": "breaking",
        "detail": NASTY,
    }


def test_junit_is_xml_and_counts_what_fails_and_what_was_left_out() -> None:
    acme, dapi = ET.fromstring(junit(ALL))
    assert (acme.get("tests"), acme.get("failures"), acme.get("skipped")) == ("4", "1", "0")
    assert (dapi.get("tests"), dapi.get("failures"), dapi.get("skipped")) == ("1", "0", "1")
    failure = acme.find("testcase[@name='acme.bad']/failure")
    assert failure is not None
    assert "<script>" in str(failure.get("message"))
    skipped = dapi.find("testcase/skipped")
    assert skipped is not None
    assert skipped.get("message") == "no host"


def test_junit_has_the_seconds_of_each_check_and_of_each_vendor() -> None:
    root = ET.fromstring(junit(findings(replace(GOOD, seconds=1.25), replace(DRIFT, seconds=0.5))))
    (acme,) = root
    assert (root.get("time"), acme.get("time")) == ("1.750", "1.750")
    assert [case.get("time") for case in acme] == ["1.250", "0.500"]


def test_junit_shows_a_broken_check_as_an_error() -> None:
    (acme,) = ET.fromstring(junit(findings(GOOD, replace(GOOD, verdict="broken", detail="bug"))))
    assert (acme.get("errors"), acme.get("failures")) == ("1", "0")
    error = acme.find("testcase/error")
    assert error is not None
    assert error.get("message") == "bug"


def test_a_finding_is_shown_once_with_its_statements() -> None:
    touched = replace(GOOD, findings=(FOUND.id,)).not_made(Why(Reason.NOT_JUDGED, FOUND.id))
    drifted = replace(DRIFT, findings=(FOUND.id,))
    results = findings(touched, drifted, replace(GOOD, statement="Else."), findings=[FOUND])
    (row,) = overview(results).findings
    assert [each.row.id for each in row.touched] == ["acme.bad", "acme.good"]
    assert [each.row.statement for each in overview(results).others] == ["Else."]
    lines = [line.strip() for line in click.unstyle(table(results, 200)).splitlines()]
    at = next(number for number, line in enumerate(lines) if "$.x: it is so" in line)
    assert lines[at + 1 : at + 4] == [
        "came 1; a page (S)",
        "drifted (breaking): S It is.",
        "not judged: S It is so.",
    ]
    assert html(results).count("<article") == 1
    assert '<span class="not-checked">not judged</span>: It is so. (S)' in html(results)
    row_of_page = next(line for line in markdown(results).splitlines() if "$.x" in line)
    assert "not judged: It is so." in row_of_page


@pytest.mark.parametrize("page", [html, markdown])
def test_a_page_has_date_and_versions_and_a_legend(page: Callable[[RunResults], str]) -> None:
    text = page(ALL)
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC; token-mockserver [\d.]+, Python 3", text)
    assert "pytest " in text
    assert "requests " in text
    assert "the service deviates from a page, and a client breaks" in text
    assert "our choice" in text


def test_html_filters_by_verdict_and_fits_a_narrow_screen() -> None:
    page = html(ALL)
    assert page.count('type="radio"') == 1 + len({row.word for row in ALL.rows})
    assert '[data-verdict]:not([data-verdict="drifted (breaking)"]) { display: none; }' in page
    assert "@media (max-width: 40rem)" in page
    assert 'content="width=device-width' in page


def test_html_shows_what_a_vendor_sent_as_text() -> None:
    page = html(ALL)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http://" not in page
    assert "https://" not in page
    assert "src=" not in page


def test_markdown_keeps_what_a_vendor_sent_in_its_cell() -> None:
    rows = [line for line in markdown(ALL).splitlines() if line.startswith("| acme | S | drifted")]
    assert len(rows) == 1
    assert rows[0].replace("\\|", "").count("|") == 6
    assert "<script>" not in rows[0].replace("\\<", "")


def test_the_table_puts_what_needs_a_look_first_and_alike_ones_together() -> None:
    text = table(findings(GOOD, GOOD, OPEN, DRIFT), 200)
    rows = [line for line in text.splitlines() if line.startswith(("acme", "dapi"))]
    assert [row.split()[0] for row in rows] == ["acme", "dapi", "acme"]
    assert rows[2].endswith("It is so. (x2)")
    assert "2 agrees, 1 not-checked, 1 drifted (breaking)" in text
    assert text.endswith("target sandbox: 7 calls, answered by acme.test")


def test_the_table_says_a_reason_once() -> None:
    found = findings(DRIFT, replace(DRIFT, statement="It is too."))
    seen = [line.strip() for line in click.unstyle(table(found, 200)).splitlines()]
    assert sum(line.startswith("came <script>") for line in seen) == 1
    assert "the same" in seen


@pytest.mark.parametrize(("found", "word"), [
    (findings(GOOD, NEW, LEARNT), "fine"),
    (findings(GOOD, DRIFT, silent={"dapi": RESET}), "drift"),
    (findings(GOOD, OPEN, silent={"dapi": RESET}), "outage"),
    (findings(OPEN, silent={"dapi": Why(Reason.NOTHING_ASKED)}), "not checked"),
    (findings(), "not checked"),
])  # fmt: skip
def test_the_outcome_keeps_drift_outage_and_not_checked_apart(found: RunResults, word: str) -> None:
    assert outcome(found) == word
    assert markdown(found).startswith(f"# Contract check: {word}\n")


def test_of_a_service_that_was_silent_nothing_was_checked() -> None:
    settled = findings(GOOD, DRIFT, silent={"acme": Why(Reason.NO_API, "a page")}).settled()
    assert {(each.verdict, each.detail) for each in settled.checks} == {
        ("not-checked", "no API there: a page")
    }
    assert not settled.failed


def test_formats_are_chosen_by_name() -> None:
    assert chosen("junit, json") == ("junit", "json")
    assert chosen("") == ()
    with pytest.raises(ConfigurationError, match="'pdf'"):
        chosen("json,pdf")


def test_what_is_shown_has_no_secret_and_no_sign_that_a_terminal_obeys() -> None:
    secrets = Secrets()
    secrets.learn({"api-key": "s3cr3t-word"})
    assert secrets.shown("came s3cr3t-word\x1b[31m\r\n").startswith("came [redacted:")
    assert secrets.shown("red \x1b[31m\r\n") == "red \ufffd[31m\ufffd\ufffd"
    assert secrets.shown("id 0f1e2d3c4b5a69788796a5b4") == secrets.shown(
        "id 0f1e2d3c4b5a69788796a5b4"
    )
    assert "0f1e2d3c" not in secrets.shown("id 0f1e2d3c4b5a69788796a5b4")
    assert secrets.shown("GET /v1/data/wallets/{currency}/balance") == (
        "GET /v1/data/wallets/{currency}/balance"
    )
    assert len(secrets.shown("word " * 1000)) < 700


@pytest.mark.parametrize("why", [Reason.OUTAGE, Reason.HOST_UNREACHABLE])
def test_an_outage_of_a_part_is_not_fine(why: Reason) -> None:
    assert outcome(RunResults("sandbox", [GOOD, OPEN.not_made(Why(why))])) == "outage"
    assert outcome(RunResults("sandbox", [GOOD, OPEN])) == "fine"
