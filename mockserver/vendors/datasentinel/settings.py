"""Datasentinel's settings."""

from typing import Literal, NamedTuple


class Settings(NamedTuple):
    """The settings and their defaults.

    `info_auth` decides if reading a token's claims needs Basic authentication. The page says
    that it does; the vendor's own automation sends none.
    """

    info_auth: Literal["required", "optional"] = "required"
