"""What differs between a contract and what came, told as a person would."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .contract import UNDOCUMENTED, Evidence

Grade = Literal["breaking", "additive", "cosmetic"]
_LONGEST = 120
_JWT = re.compile(r"eyJ[\w-]*\.[\w-]*\.[\w-]*")


@dataclass(frozen=True)
class Difference:
    """One part of an answer that is not as documented.

    `grade`: `breaking`, a client breaks; `additive`, something new; `cosmetic`, neither.
    `evidence`: who says what was expected; `UNDOCUMENTED` where nobody does.
    """

    grade: Grade
    part: str
    says: str
    came: str
    evidence: Evidence

    def __str__(self) -> str:
        source = f"{self.evidence.source} ({self.evidence.tag}) says "
        says = self.says if self.evidence == UNDOCUMENTED else source + self.says
        return f"{self.part}: {says}; came {self.came} [{self.grade}]"


class Divergence(AssertionError):
    """An answer that is not as documented. `differences`: in what."""

    def __init__(self, exchange: str, differences: Sequence[Difference]) -> None:
        super().__init__("\n".join([exchange, *(f"  {found}" for found in differences)]))
        self.differences = tuple(differences)


def shown(value: Any) -> str:
    """A JSON value for people: short, and without the tokens in it."""
    text = _JWT.sub("<token>", json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def listed(names: Sequence[object]) -> str:
    """Names in their order, or that there are none."""
    return ", ".join(map(str, names)) or "none"
