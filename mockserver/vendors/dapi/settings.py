"""Dapi's settings."""

from typing import Literal, NamedTuple


class Settings(NamedTuple):
    """The settings and their defaults.

    `response` is what a successful exchange answers. `full` adds to the page's two fields those
    that the vendor's SDKs read (one fails without `status`); `page` sends the two alone.
    """

    response: Literal["full", "page"] = "full"
