"""What can be switched about Kitegateway."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Settings:
    """`headers`: whether a token needs the headers that the page calls required. `lenient` takes
    what the vendor's own plugin sends; `strict` answers 400 where one is missing.
    """

    headers: Literal["lenient", "strict"] = "lenient"
