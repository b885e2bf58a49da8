"""Checks an answer against a contract: status, content type, headers, body, tokens."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import requests

from mockserver.verification.contract_tree import (
    ContractNode,
    ContractTree,
    Difference,
    listed,
    shown,
)
from mockserver.verification.schema_check import parts_of, schema_differences
from mockserver.verification.statements import UNDOCUMENTED, Evidence, rank
from mockserver.verification.token_check import token_differences

BODY = "$"
"""The JSON path of a whole body."""


def answer_differences(
    contract: ContractTree, answer: requests.Response, path: str, *, exact: bool
) -> list[Difference]:
    """Return all differences between an answer and the documented answers to its request.

    Args:
        contract: The contract of the vendor.
        answer: The answer, with its request.
        path: The path of the request as the vendor has it.
        exact: True if a token must live exactly as long as the mock's tokens.
    """
    documented = documented_answers(contract, answer, path)
    response = documented.get(answer.status_code)
    if response is None:
        says = f"the contract has {listed([*documented])}"
        came = str(answer.status_code)
        return [Difference("breaking", "status", says, came, UNDOCUMENTED)]
    return [
        *_type_differences(answer, response),
        *_header_differences(answer, response),
        *_body_differences(answer, response, exact=exact),
    ]


def documented_answers(
    contract: ContractTree, answer: requests.Response, path: str
) -> dict[int, ContractNode]:
    """Return the documented answers to the request of `answer` by status."""
    return contract.responses(str(answer.request.method), urlsplit(path).path)


def success_evidence(contract: ContractTree, answer: requests.Response, path: str) -> Evidence:
    """Return the best evidence that the request of `answer` succeeds."""
    documented = documented_answers(contract, answer, path)
    nodes = [node for status, node in documented.items() if status < 300]
    for node in [*nodes]:
        for media in node.value.get("content", {}):
            nodes.append(node.step("content", media, "schema"))
    found = [node.evidence for node in nodes]
    return min(found, key=lambda each: rank(each.tag), default=UNDOCUMENTED)


def media_type(answer: requests.Response) -> str:
    """Return the content type without parameters; empty if there is none."""
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _type_differences(answer: requests.Response, response: ContractNode) -> Iterator[Difference]:
    types = [*response.value.get("content", {})]
    came = media_type(answer)
    if types and came not in types:
        evidence = response.step("content", types[0]).evidence
        yield Difference("breaking", "header Content-Type", listed(types), came or "none", evidence)
    if not types and answer.content:
        says, evidence = "there is no body", response.evidence
        yield Difference("breaking", BODY, says, f"{len(answer.content)} bytes", evidence)


def _header_differences(answer: requests.Response, response: ContractNode) -> Iterator[Difference]:
    for name in response.value.get("headers", {}):
        rules = response.step("headers", name).resolved()
        path = f"header {name}"
        if name in answer.headers:
            yield from schema_differences(answer.headers[name], rules.step("schema"), path)
        elif rules.value.get("required"):
            yield Difference("breaking", path, "it is sent", "none", rules.evidence)


def _body_differences(
    answer: requests.Response, response: ContractNode, *, exact: bool
) -> Iterator[Difference]:
    came = media_type(answer)
    if came not in response.value.get("content", {}):
        return
    schema = response.step("content", came, "schema")
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        yield Difference("breaking", BODY, "it is JSON", shown(answer.text), schema.evidence)
        return
    yield from body_differences(body, schema, exact=exact)


def body_differences(body: object, schema: ContractNode, *, exact: bool) -> list[Difference]:
    """Return the differences in a JSON body and in the tokens that it holds."""
    return [
        *schema_differences(body, schema, BODY),
        *tokens_differences(body, schema, exact=exact),
    ]


def tokens_differences(body: object, schema: ContractNode, *, exact: bool) -> Iterator[Difference]:
    """Yield the differences in the tokens that a JSON body holds."""
    for part in parts_of(body, schema, BODY):
        for rules in [node.step("x-token") for node in part.schemas if node.has("x-token")]:
            if isinstance(part.value, str):
                yield from token_differences(part.value, rules, part.path, exact=exact)
