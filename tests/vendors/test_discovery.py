"""Vendors are found: folders of the package, and entry points of other distributions."""

from pathlib import Path

import pytest

from mockserver.model.errors import ConfigurationError
from mockserver.vendors import ENTRY_POINTS, discover, vendor_names
from tests.acme_vendor import ACME

BUILT_IN = ["dapi", "datasentinel", "dstor", "kitegateway"]
NOT_A_VENDOR = {"name": "acme"}
NAMESAKE = ACME._replace(name="dapi")


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The metadata of a distribution that is installed for one test."""
    metadata = tmp_path / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    return metadata


def declare(distribution: Path, *entry_points: str) -> None:
    text = "\n".join([f"[{ENTRY_POINTS}]", *entry_points])
    (distribution / "entry_points.txt").write_text(text)


def test_a_vendor_of_another_distribution_is_found(distribution: Path) -> None:
    declare(distribution, "acme = tests.acme_vendor:ACME")
    assert [vendor.name for vendor in discover()] == ["acme", *BUILT_IN]
    assert discover()[0] is ACME
    assert ENTRY_POINTS == "token_mockserver.vendors"  # others rely on it


def test_no_two_vendors_are_equal() -> None:
    other = ACME._replace()
    assert other != ACME
    assert [each for each in (other, ACME) if each == ACME] == [ACME]
    assert len({other, ACME}) == 2


def test_another_group_of_entry_points_is_ignored(distribution: Path) -> None:
    other_group = "[console_scripts]\nacme = tests.acme_vendor:ACME"
    (distribution / "entry_points.txt").write_text(other_group)
    assert [vendor.name for vendor in discover()] == BUILT_IN


@pytest.mark.parametrize(("entry_point", "word"), [
    ("acme = tests.vendors.test_discovery:NOT_A_VENDOR", "acme"),
    ("acme = tests.vendors.test_discovery", "acme"),
    ("acme = tests.vendors.test_discovery:NAMESAKE", "dapi"),
    ("other = tests.acme_vendor:ACME", "other"),
    ("dapi = tests.vendors.test_discovery:NAMESAKE", "two vendors 'dapi'"),
    ("acme = no_such_module:vendor", "acme"),
    ("acme = tests.acme_vendor:NO_SUCH_NAME", "acme"),
])  # fmt: skip
def test_what_cannot_be_a_vendor_is_named(distribution: Path, entry_point: str, word: str) -> None:
    declare(distribution, entry_point)
    with pytest.raises(ConfigurationError, match=word):
        discover()


def test_the_names_are_known_before_any_vendor_is_imported(distribution: Path) -> None:
    declare(distribution, "acme = no_such_module:vendor")
    assert vendor_names() == ["acme", *BUILT_IN]
