"""What can be switched about Kitegateway."""

from typing import Literal, NamedTuple


class Settings(NamedTuple):
    """`headers`: whether a token needs the headers that the page calls required. `lenient` takes
    what the vendor's own plugin sends; `strict` answers 400 where one is missing.
    """

    headers: Literal["lenient", "strict"] = "lenient"
