"""Differences between the contract and an answer, and the errors that carry them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from mockserver.verification.statements import DOCUMENTED, UNDOCUMENTED, Evidence, Grade

_OPAQUE = re.compile(r"""\\?["']([\w+/=.~-]{20,})\\?["']""")  # long, and not a word of a language
_JWT = re.compile(r"eyJ[\w-]*\.[\w-]*\.[\w-]*")
_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_GRADES: tuple[Grade, ...] = ("breaking", "cosmetic", "additive")


@dataclass(frozen=True)
class Difference:
    """One part of an answer that is not as the contract says.

    Attributes:
        grade: "breaking" if a client breaks, "additive" for something new, else "cosmetic".
        path: The JSON path of the part, or "header" and a name, or "status".
        says: The rule that the part breaks.
        came: The value that the service sent.
        evidence: The source of the rule; `UNDOCUMENTED` if there is none.
    """

    grade: Grade
    path: str
    says: str
    came: str
    evidence: Evidence

    def __str__(self) -> str:
        return f"{self.text} [{self.grade}]"

    @property
    def text(self) -> str:
        """Return the part, the rule with its source, and the value that came."""
        source = f"{self.evidence.source} ({self.evidence.tag}) says: "
        says = self.says if self.evidence == UNDOCUMENTED else source + self.says
        return f"{self.path}: {says}; came {self.came}"

    @property
    def documented(self) -> bool:
        """Return True if a page of the vendor makes the rule."""
        return self.evidence.tag in DOCUMENTED


@dataclass(frozen=True)
class Deviation:
    """A difference and the exchange that showed it, such as "GET /path answered 200"."""

    exchange: str
    difference: Difference
    refusal: bool = False


class WrongStatus(AssertionError):
    """An answer with another status than the one that a check is about."""

    def __init__(self, exchange: str, difference: Difference, *, refusal: bool) -> None:
        super().__init__(f"{exchange}\n  {difference}")
        self.exchange = exchange
        self.difference = difference
        self.refusal = refusal


class NotAccepted(AssertionError):
    """A refusal where a check states that the service succeeds."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__(f"it answered {answer.status_code}, where a success is documented")
        self.refusal = answer.status_code == requests.codes.unauthorized


class NoSuccess(Exception):
    """A refusal where a check needs a success before it can look at its statement."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__(f"it answered {answer.status_code}, where a success is documented")
        self.answer = answer


class AnswersDeviate(AssertionError):
    """The end of a check whose own assertions hold, although its answers deviate elsewhere."""

    def __init__(self, deviations: Sequence[Deviation]) -> None:
        lines = [f"{each.exchange}: {each.difference}" for each in deviations]
        super().__init__("\n  ".join(["an answer deviates from the contract:", *lines]))


def merged(differences: Iterable[Difference]) -> list[Difference]:
    """Return one difference for each part: rules that fail together are one deviation.

    The rule with the best evidence gives the evidence, the gravest one the grade.
    """
    parts: dict[str, list[Difference]] = {}
    for each in differences:
        path = re.sub(r"\.\d+(?=\.|$)", "[]", each.path)
        parts.setdefault(path, []).append(each)
    return [_merge(path, together) for path, together in parts.items()]


def _merge(path: str, together: Sequence[Difference]) -> Difference:
    best = min(together, key=lambda each: "SPCX".index(each.evidence.tag))
    grade = min((each.grade for each in together), key=_GRADES.index)
    says = " and ".join(dict.fromkeys(each.says for each in together))
    came = " and ".join(dict.fromkeys(each.came for each in together))
    return Difference(grade, path, says, came, best.evidence)


def json_type(value: Any) -> str:
    """Return the JSON type of a value."""
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, list) else _JSON_TYPES[type(value)]


def shown(value: Any) -> str:
    """Return a JSON value as text, without tokens and without what may be a secret.

    The text is whole: secrets must be redacted before a text is cut.
    """
    text = _JWT.sub("<token>", json.dumps(value, ensure_ascii=False))
    return unquoted(text)


def unquoted(text: str) -> str:
    """Return a text in which no quoted value is left that may be a secret."""
    return _OPAQUE.sub(lambda match: f"<{len(match[1])} characters>", text)


def listed(names: Sequence[object]) -> str:
    """Return names in their order with commas, or "none"."""
    return ", ".join(map(str, names)) or "none"
