"""Settings: words and whole numbers out of a table; what is wrong is named."""

from dataclasses import dataclass
from typing import Any, Literal

import pytest

from mockserver.model.errors import ConfigurationError
from mockserver.model.settings import NoSettings, read_settings


@dataclass(frozen=True)
class Switches:
    mode: Literal["loose", "strict"] = "loose"
    life: int = 60


def test_an_empty_table_gives_the_defaults() -> None:
    assert read_settings(Switches, {}, "acme") == Switches("loose", 60)


def test_a_table_overrides_the_defaults() -> None:
    table = {"mode": "strict", "life": 1}
    assert read_settings(Switches, table, "acme") == Switches("strict", 1)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"mode": "lose"}, "acme.mode must be one of loose, strict"),
        ({"mode": 1}, "acme.mode must be one of loose, strict"),
        ({"mode": ["loose"]}, "acme.mode must be one of loose, strict"),
        ({"mode": None}, "acme.mode must be one of loose, strict"),
        ({"life": 0}, "acme.life must be a whole number, 1 to 1000000000"),
        ({"life": -1}, "acme.life must be a whole number, 1 to 1000000000"),
        ({"life": 1.5}, "acme.life must be a whole number, 1 to 1000000000"),
        ({"life": True}, "acme.life must be a whole number, 1 to 1000000000"),
        ({"life": "60"}, "acme.life must be a whole number, 1 to 1000000000"),
        ({"lfe": 60}, "acme.lfe is no setting; known: mode, life"),
        ({1: 60}, "acme.1 is no setting; known: mode, life"),
    ],
)
def test_a_wrong_setting_is_named(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings(Switches, table, "acme")
    assert str(caught.value) == message


def test_a_vendor_without_switches_knows_none() -> None:
    assert read_settings(NoSettings, {}, "acme") == NoSettings()
    with pytest.raises(ConfigurationError, match=r"acme\.mode is no setting; known: none"):
        read_settings(NoSettings, {"mode": "loose"}, "acme")
