"""Where a vendor's real service is, and which words one needs there."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

Realness = Literal["sandbox", "production"]


class LiveService(NamedTuple):
    """The real services of a vendor, for who checks whether they are still as documented.

    `sandbox`, `production`: base URLs, "" where there is none. `url_variable`: the environment
    variable that has the sandbox's base URL instead, where each customer has an own one.
    `credentials`: the vendor's name of each credential, and its environment variable.
    """

    sandbox: str = ""
    production: str = ""
    url_variable: str = ""
    credentials: Mapping[str, str] = MappingProxyType({})


NOWHERE = LiveService()
"""Of a vendor without a service that could be checked."""
