"""What the README lists is what there is."""

import re
from pathlib import Path

from mockserver.admin.admin_auth import PREFIX
from mockserver.admin.routes import ROUTES
from mockserver.model.defects import OUTCOMES

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_each_outcome_of_a_magic_account_is_listed() -> None:
    table = README[README.index("| outcome |") :].partition("\n\n")[0]
    assert tuple(re.findall(r"`([^`]+)`", table)) == OUTCOMES


def test_each_call_that_is_listed_exists() -> None:
    known = {path for route in ROUTES for _, path in route.requests()}
    named = set(re.findall(rf"`(?:[A-Z, ]+ )?{PREFIX}(/[^`? ]+)`", README))
    assert named
    assert named <= known | {"/vendors/dapi/connect"}
