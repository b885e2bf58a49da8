"""The real services of a vendor: their addresses, and the variables with the credentials."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

Realness = Literal["sandbox", "production"]


class LiveService(NamedTuple):
    """The real services of a vendor, which `verify` compares with its contract.

    `sandbox` and `production` are base URLs, "" if there is none. `url_variable` is the
    environment variable with the sandbox's base URL, if each customer has another one.
    `credentials` has the vendor's name of each credential and its environment variable.
    """

    sandbox: str = ""
    production: str = ""
    url_variable: str = ""
    credentials: Mapping[str, str] = MappingProxyType({})


NOWHERE = LiveService()
"""The value for a vendor without a service that could be checked."""
