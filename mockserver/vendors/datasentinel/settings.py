"""What can be switched about Datasentinel."""

from typing import Literal, NamedTuple


class Settings(NamedTuple):
    """`info_auth`: whether asking what a token says needs Basic authentication. The page says
    that it does; the vendor's own automation goes without.
    """

    info_auth: Literal["required", "optional"] = "required"
