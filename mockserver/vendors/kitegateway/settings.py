"""Kitegateway's settings."""

from typing import Literal, NamedTuple


class Settings(NamedTuple):
    """The settings and their defaults.

    `headers` decides if a token needs the headers that the page calls required. `lenient` takes
    what the vendor's own plugin sends; `strict` answers 400 if one is missing.
    """

    headers: Literal["lenient", "strict"] = "lenient"
