"""dStor's settings."""

from typing import Literal, NamedTuple


class Settings(NamedTuple):
    """The settings and their defaults.

    `past_expiration` decides what an `x-expiration` in the past does. `accept` buys a token that
    has expired (both values printed in the page are in the past); `reject` answers 400.

    `default_ttl` is the life of a token in seconds if no `x-expiration` is sent; the page says a
    year.
    """

    past_expiration: Literal["accept", "reject"] = "accept"
    default_ttl: int = 31_536_000
