"""Where a vendor's real service is, and which words one needs there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Realness = Literal["sandbox", "production"]


@dataclass(frozen=True, slots=True)
class Live:
    """The real services of a vendor, for who checks whether they are still as documented.

    `sandbox`, `production`: base URLs, "" where there is none. `url_variable`: the environment
    variable that has the sandbox's base URL instead, where each customer has an own one.
    `credentials`: the vendor's name of each credential, and its environment variable.
    """

    sandbox: str = ""
    production: str = ""
    url_variable: str = ""
    credentials: Mapping[str, str] = field(default_factory=dict)


NOWHERE = Live()
"""Of a vendor without a service that could be checked."""
