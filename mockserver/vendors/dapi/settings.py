"""What can be switched about Dapi."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Settings:
    """`response`: what a successful exchange answers. `full` adds to the page's two fields those
    that the vendor's SDKs read (one fails without `status`); `page` sends the two alone.
    """

    response: Literal["full", "page"] = "full"
