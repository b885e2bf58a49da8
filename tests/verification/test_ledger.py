"""The ledger has every statement, and says when it was last observed."""

import json
from pathlib import Path

from mockserver.vendors import vendor_names
from tests.command_line import call

REPOSITORY = Path(__file__).parents[2]


def test_it_lists_every_statement_of_every_vendor(tmp_path: Path) -> None:
    done = call("ledger", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    entries = json.loads(done.stdout)
    assert {entry["vendor"] for entry in entries} == set(vendor_names())
    assert {entry["tag"] for entry in entries} == {"S", "P", "C", "X"}
    assert all(entry["statement"] and entry["source"] and entry["checks"] for entry in entries)
    assert {entry["observed"] is None for entry in entries} == {True}


def test_it_knows_the_last_observation(tmp_path: Path) -> None:
    folder = tmp_path / "seen" / "dstor" / "observed"
    folder.mkdir(parents=True)
    check = {"statement": "...", "tag": "S", "verdict": "agrees"}
    observation = {"date": "2026-03-01", "mock": False, "checks": {"dstor.default_life": check}}
    (folder / "2026-03-01.json").write_text(json.dumps(observation))
    done = call("ledger", cwd=tmp_path, TOKEN_MOCKSERVER_FIXTURES="seen")
    lines = [line for line in done.stdout.splitlines() if "2026-03-01 agrees" in line]
    assert len(lines) == 1
    assert lines[0].startswith("dstor ")
    assert "one year" in lines[0]
    shown = json.loads(call("ledger", "--json", "--fixtures", "seen", cwd=tmp_path).stdout)
    assert {"date": "2026-03-01", "verdict": "agrees", "mock": False} in [
        entry["observed"] for entry in shown
    ]


def test_the_page_of_the_documentation_is_fresh() -> None:
    """Made by `token-mockserver ledger --markdown > docs/ledger.md`."""
    done = call("ledger", "--markdown", cwd=REPOSITORY)
    assert done.stdout == (REPOSITORY / "docs" / "ledger.md").read_text()


def test_an_observation_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    folder = tmp_path / "fixtures" / "dstor" / "observed"
    folder.mkdir(parents=True)
    (folder / "2026-03-01.json").write_text("{")
    done = call("ledger", cwd=tmp_path)
    assert done.returncode == 2
    assert "2026-03-01.json is not a recording" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_is_printed_in_one_form(tmp_path: Path) -> None:
    done = call("ledger", "--json", "--markdown", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "give one of them" in done.stderr
