"""The README is short, and what the pages list exists."""

import re

import token_mockserver
from mockserver.admin.admin_auth import PREFIX
from mockserver.admin.routes import ROUTES
from mockserver.model.defects import OUTCOMES
from tests.docs.snippets import ROOT, pages

README = (ROOT / "README.md").read_text(encoding="utf-8")
_LINK = re.compile(r"\]\(((?!https?:)[^)#]+)")


def test_it_has_at_most_150_lines() -> None:
    assert README.count("\n") <= 150


def test_the_test_command_is_the_one_that_ci_looks_for() -> None:
    found = re.findall(r"^(python3 -m venv .*tox.*)$", README, re.MULTILINE)
    assert len(found) == 1


def test_each_outcome_of_a_magic_account_is_listed() -> None:
    page = (ROOT / "docs/how-to/tokens.md").read_text(encoding="utf-8")
    table = page[page.index("| outcome |") :].partition("\n\n")[0]
    assert tuple(re.findall(r"`([^`]+)`", table)) == OUTCOMES


def test_each_admin_call_that_a_page_names_exists() -> None:
    known = {path for route in ROUTES for _, path in route.requests()}
    pattern = re.compile(rf"`(?:[A-Z, ]+ )?{PREFIX}(/[^`? ]+)`")
    named = {path for page in pages() for path in pattern.findall((ROOT / page).read_text())}
    assert named
    assert named <= known | {"/vendors/dapi/connect"}


def test_each_link_leads_to_a_file() -> None:
    broken = [
        f"{page}: {target}"
        for page in pages()
        for target in _LINK.findall((ROOT / page).read_text(encoding="utf-8"))
        if not ((ROOT / page).parent / target).exists()
    ]
    assert broken == []


def test_the_reference_describes_each_public_name() -> None:
    reference = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
    described = re.findall(r"^\.\. auto\w+:: token_mockserver\.(\w+)$", reference, re.MULTILINE)
    assert set(described) == set(token_mockserver.__all__) - {"__version__"}
