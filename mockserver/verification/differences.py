"""What differs between a contract and what came, told as a person would."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.verification.contract_tree import UNDOCUMENTED, Evidence
from mockserver.verification.results import DOCUMENTED, Grade

_OPAQUE = re.compile(r"""\\?["']([\w+/=.~-]{20,})\\?["']""")  # long, and not a word of any language
_JWT = re.compile(r"eyJ[\w-]*\.[\w-]*\.[\w-]*")


@dataclass(frozen=True)
class Difference:
    """One part of an answer that is not as documented.

    `grade`: `breaking`, a client breaks; `additive`, something new; `cosmetic`, neither.
    `evidence`: who says what was expected; `UNDOCUMENTED` where nobody does. `asked`: whether
    this is the very thing that a check asks about.
    """

    grade: Grade
    part: str
    says: str
    came: str
    evidence: Evidence
    asked: bool = False

    def __str__(self) -> str:
        return f"{self.text} [{self.grade}]"

    @property
    def text(self) -> str:
        """Which part, what is said of it, what came."""
        source = f"{self.evidence.source} ({self.evidence.tag}) says: "
        says = self.says if self.evidence == UNDOCUMENTED else source + self.says
        return f"{self.part}: {says}; came {self.came}"

    @property
    def doubtful(self) -> bool:
        """Whether it is beside the point of a check, and no page says that it is wrong."""
        return not self.asked and not self.documented

    @property
    def documented(self) -> bool:
        """Whether a page of the vendor says otherwise."""
        return self.evidence.tag in DOCUMENTED


class Divergence(AssertionError):
    """An answer that is not as documented. `differences`: in what."""

    def __init__(self, exchange: str, differences: Sequence[Difference]) -> None:
        super().__init__("\n".join([exchange, *(f"  {found}" for found in differences)]))
        self.exchange = exchange
        self.differences = tuple(differences)


def shown(value: Any) -> str:
    """A JSON value for people, without the tokens in it, and without what may be a secret.

    Whole: who cuts it redacts it first.
    """
    text = _JWT.sub("<token>", json.dumps(value, ensure_ascii=False))
    return _OPAQUE.sub(lambda match: f"<{len(match[1])} characters>", text)


def unquoted(text: str) -> str:
    """A text in which no quoted value is left that may be a secret."""
    return _OPAQUE.sub(lambda match: f"<{len(match[1])} characters>", text)


def listed(names: Sequence[object]) -> str:
    """Names in their order, or that there are none."""
    return ", ".join(map(str, names)) or "none"
