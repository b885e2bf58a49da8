"""A vendor's contract as a tree whose nodes have evidence, and deviations of answers from it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import requests

from mockserver.model.vendor import contract_of
from mockserver.verification.statements import (
    DOCUMENTED,
    UNDOCUMENTED,
    Evidence,
    Grade,
    rank,
    vendors,
)

_OPAQUE = re.compile(r"""\\?["']([\w+/=.~-]{20,})\\?["']""")  # long, and not a word of a language
_JWT = re.compile(r"eyJ[\w-]*\.[\w-]*\.[\w-]*")
_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_GRADES: tuple[Grade, ...] = ("breaking", "cosmetic", "additive")

Step = str | int


@dataclass(frozen=True)
class ContractNode:
    """A node of a contract: its pointer, its value and its evidence."""

    document: Mapping[str, Any]
    pointer: tuple[Step, ...]
    value: Any
    evidence: Evidence

    def step(self, *names: Step) -> "ContractNode":
        """Return the node below, through references.

        A node without evidence of its own has the evidence of the nearest node above it.
        """
        node = self
        for name in names:
            beside = isinstance(node.value, dict) and name in node.value
            node = (node if beside else node.resolved())._below(name)
        return node

    def has(self, name: str) -> bool:
        """Return True if the node has a child of this name."""
        value = self.resolved().value
        return isinstance(value, dict) and name in value

    def resolved(self) -> "ContractNode":
        """Return the node that a reference leads to; any other node is returned as it is."""
        node = self
        while isinstance(node.value, dict) and "$ref" in node.value:
            names = node.value["$ref"].removeprefix("#/").split("/")
            target = ContractNode(self.document, (), self.document, node.evidence)
            for name in names:
                target = target._below(name.replace("~1", "/").replace("~0", "~"))
            node = target
        return node

    def _below(self, name: Step) -> "ContractNode":
        value = self.value[name]
        said = value.get("x-evidence") if isinstance(value, dict) else None
        if said is None and isinstance(self.value, dict):
            said = self.value.get(f"x-evidence-{name}")
        evidence = Evidence(said["tag"], said["source"]) if said else self.evidence
        return ContractNode(self.document, (*self.pointer, name), value, evidence)


class ContractTree:
    """The OpenAPI document of one vendor."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.root = ContractNode(document, (), document, UNDOCUMENTED)

    def responses(self, method: str, path: str) -> dict[int, ContractNode]:
        """Return the documented answers to a request by status."""
        item = self._item(path)
        if item and item.has(method.lower()):
            responses = item.step(method.lower(), "responses")
            return {int(status): responses.step(status).resolved() for status in responses.value}
        if method == "OPTIONS" and self.root.has("x-cors"):
            preflight = self.root.step("x-cors", "preflight")
            return {preflight.value["status"]: preflight}
        unmatched = self.root.step("x-unmatched", "wrong-method" if item else "unknown-path")
        response = unmatched.step("response").resolved()
        return {unmatched.value["status"]: replace(response, evidence=unmatched.evidence)}

    def template(self, path: str) -> str:
        """Return a path as the contract has it, with `/{name}`; an unknown path is unchanged."""
        item = self._item(path)
        return str(item.pointer[-1]) if item else path

    def operation(self, name: str) -> tuple[str, str] | None:
        """Return method and path of the operation `name`, or None."""
        for path, method, operation in self._operations():
            if operation["operationId"] == name:
                return method.upper(), path
        return None

    def _operations(self) -> Iterator[tuple[str, str, Any]]:
        for path, item in self.root.value["paths"].items():
            for method, operation in item.items():
                if isinstance(operation, dict) and "operationId" in operation:
                    yield path, method, operation

    def _item(self, path: str) -> ContractNode | None:
        paths = self.root.step("paths")
        if self.root.has("x-trailing-slash"):
            path = path.rstrip("/")
        for template in paths.value:
            item = paths.step(template)
            if _pattern(template, _ignores_case(item)).fullmatch(path):
                return item
        return None


@cache
def contract_for(vendor: str) -> ContractTree:
    """Return the contract of the vendor of this name."""
    return ContractTree(contract_of(vendors()[vendor]))


@cache
def _pattern(template: str, ignore_case: bool) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", template)
    pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)
    return re.compile(pattern, re.IGNORECASE if ignore_case else re.NOFLAG)


def _ignores_case(item: ContractNode) -> bool:
    return any(
        operation.get("x-path-case", {}).get("ignored", False)
        for operation in item.value.values()
        if isinstance(operation, dict)
    )


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
    """A refusal where a check needs a success before it can test its statement."""

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
    best = min(together, key=lambda each: rank(each.evidence.tag))
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
    """Return a JSON value as text, without tokens and values that may be secrets.

    The text is not shortened, because secrets must be redacted before that.
    """
    text = _JWT.sub("<token>", json.dumps(value, ensure_ascii=False))
    return unquoted(text)


def unquoted(text: str) -> str:
    """Return a text in which the length replaces each quoted value that may be a secret."""
    return _OPAQUE.sub(lambda match: f"<{len(match[1])} characters>", text)


def listed(names: Sequence[object]) -> str:
    """Return names in their order with commas, or "none"."""
    return ", ".join(map(str, names)) or "none"
