"""Settings: words and whole numbers out of a table; what is wrong is named."""

from dataclasses import dataclass
from typing import Any, Literal

import pytest

from mockserver.model.errors import ConfigurationError
from mockserver.model.settings import Address, NoSettings, read_settings


@dataclass(frozen=True)
class Switches:
    mode: Literal["loose", "strict"] = "loose"
    life: int = 60
    redirects: tuple[Address, ...] = ()


def test_table_overrides_the_defaults() -> None:
    assert read_settings(Switches, {}, "acme") == Switches("loose", 60)
    table = {"mode": "strict", "life": 1}
    assert read_settings(Switches, table, "acme") == Switches("strict", 1)


URL = "a URL such as https://app.example.org/back, without query and fragment"
MODE = "acme.mode must be one of loose, strict"
LIFE = "acme.life must be a whole number, 1 to 1000000000"


@pytest.mark.parametrize(("table", "message"), [
    *(({"mode": mode}, MODE) for mode in ("lose", 1, ["loose"], None)),
    *(({"life": life}, LIFE) for life in (0, -1, 1.5, True, "60")),
    *(({"redirects": each}, "acme.redirects must be a list of strings") for each in ("x", [1])),
    ({"lfe": 60}, "acme.lfe is not a setting; known: mode, life, redirects"),
    ({1: 60}, "acme.1 is not a setting; known: mode, life, redirects"),
    *(({"redirects": [each]}, f"acme.redirects: {each!r} is not {URL}")
      for each in ("foo", "https:///a", "https://a.test/b?c", "http://[x/")),
])  # fmt: skip
def test_wrong_setting_is_named(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings(Switches, table, "acme")
    assert str(caught.value) == message
    assert read_settings(NoSettings, {}, "acme") == NoSettings()
    with pytest.raises(ConfigurationError, match=r"acme\.mode is not a setting; known: none"):
        read_settings(NoSettings, {"mode": "loose"}, "acme")
