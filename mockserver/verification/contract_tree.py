"""A vendor's contract as a tree whose nodes have evidence."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mockserver.model.vendor import contract_of
from mockserver.verification.statements import UNDOCUMENTED, Evidence, vendors

Step = str | int


@dataclass(frozen=True)
class ContractNode:
    """A node of a contract: its pointer, its value and its evidence."""

    document: Mapping[str, Any]
    pointer: tuple[Step, ...]
    value: Any
    evidence: Evidence

    def step(self, *names: Step) -> "ContractNode":
        """Return the node below, through references, with its own or the nearest evidence."""
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
