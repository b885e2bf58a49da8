"""The README is short, and what the pages list exists."""

import re
from configparser import ConfigParser

import yaml

import token_mockserver
from mockserver.admin.admin_auth import PREFIX
from mockserver.admin.routes import ROUTES
from mockserver.model.defects import OUTCOMES
from tests.docs.snippets import ROOT, pages

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
_LINK = re.compile(r"\]\(((?!https?:)[^)#]+)")


def test_it_has_at_most_150_lines() -> None:
    assert README.count("\n") <= 150


def test_the_test_command_is_the_one_that_ci_looks_for() -> None:
    found = re.findall(r"^(python3 -m venv .*tox.*)$", README, re.MULTILINE)
    assert len(found) == 1


def test_the_public_ci_runs_what_the_test_command_runs() -> None:
    # coverage runs all tests on 3.13, lowest all on 3.11
    instead = {"py313": "coverage", "py311": "lowest"}
    listed = re.search(r"^env_list = (.+)$", (ROOT / "tox.ini").read_text("utf-8"), re.MULTILINE)
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    public = workflow["jobs"]["tox"]["strategy"]["matrix"]["environment"]
    assert listed is not None
    assert {instead.get(each, each) for each in listed[1].split(", ")} <= set(public)


def test_the_set_up_has_the_tools_of_the_hooks() -> None:
    command = re.search(r"^python3 .*devenv -e (\w+)", CONTRIBUTING, re.MULTILINE)
    assert command is not None
    tox = ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")

    def needs(environment: str) -> str:
        named = tox[environment]["deps"]
        return named + "".join(map(needs, re.findall(r"{\[(.+?)\]deps}", named)))

    installed = set(re.findall(r"^[\w-]+", needs(f"testenv:{command[1]}"), re.MULTILINE))
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]
    tools = {hook["entry"].split()[0] for hook in hooks["hooks"]}
    packages = {"lint-imports": "import-linter"}
    assert {"pre-commit", *(packages.get(tool, tool) for tool in tools)} <= installed


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


def test_each_link_has_a_text() -> None:
    # Sphinx fills in the title of the page; a viewer of the repository shows nothing.
    assert [str(page) for page in pages() if "[](" in (ROOT / page).read_text("utf-8")] == []


def test_the_reference_describes_each_public_name() -> None:
    reference = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
    described = re.findall(r"^\.\. auto\w+:: token_mockserver\.(\w+)$", reference, re.MULTILINE)
    assert set(described) == set(token_mockserver.__all__) - {"__version__"}
