"""What can be switched about dStor."""

from typing import Literal, NamedTuple


class Settings(NamedTuple):
    """`past_expiration`: what an `x-expiration` in the past does. `accept` buys a token that has
    expired (both values printed in the page are in the past); `reject` answers 400.

    `default_ttl`: seconds that a token lives if no `x-expiration` is sent; the page says a year.
    """

    past_expiration: Literal["accept", "reject"] = "accept"
    default_ttl: int = 31_536_000
