"""An answer judged by a contract: status, content type, headers, body, and the tokens in it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import requests

from mockserver.verification.contract_tree import UNDOCUMENTED, ContractNode, ContractTree
from mockserver.verification.differences import Difference, listed, shown
from mockserver.verification.schema_check import judge_json, parts_of
from mockserver.verification.token_check import judge_token


def judge(
    contract: ContractTree, answer: requests.Response, path: str, *, expect: int | None, exact: bool
) -> list[Difference]:
    """All that differs from the documented answers to this request.

    `path`: as the vendor sees it. `expect`: the one status that the check is about, if any.
    `exact`: a token lives as long as the mock says, to the second.
    """
    documented = contract.responses(str(answer.request.method), urlsplit(path).path)
    response = documented.get(answer.status_code)
    wrong = _judge_status(answer.status_code, documented, expect)
    if wrong or response is None:
        return [wrong] if wrong else []
    return [
        *_judge_type(answer, response),
        *_judge_headers(answer, response),
        *_judge_body(answer, response, exact=exact),
    ]


def media_type(answer: requests.Response) -> str:
    """The content type without parameters; "" where there is none."""
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _judge_status(
    came: int, documented: dict[int, ContractNode], expect: int | None
) -> Difference | None:
    if expect is not None and came != expect:
        evidence = documented[expect].evidence if expect in documented else UNDOCUMENTED
        return Difference("breaking", "status", f"it is {expect}", str(came), evidence, asked=True)
    if came not in documented:
        says = f"the contract knows {listed([*documented])}"
        return Difference("breaking", "status", says, str(came), UNDOCUMENTED)
    return None


def _judge_type(answer: requests.Response, response: ContractNode) -> Iterator[Difference]:
    types = [*response.value.get("content", {})]
    came = media_type(answer)
    if types and came not in types:
        evidence = response.step("content", types[0]).evidence
        yield Difference("breaking", "Content-Type", listed(types), came or "none", evidence)
    if not types and answer.content:
        says, evidence = "there is no body", response.evidence
        yield Difference("breaking", "body", says, f"{len(answer.content)} bytes", evidence)


def _judge_headers(answer: requests.Response, response: ContractNode) -> Iterator[Difference]:
    for name in response.value.get("headers", {}):
        rules = response.step("headers", name).resolved()
        if name in answer.headers:
            yield from judge_json(answer.headers[name], rules.step("schema"), f"header {name}")
        elif rules.value.get("required"):
            yield Difference("breaking", f"header {name}", "it is sent", "none", rules.evidence)


def _judge_body(
    answer: requests.Response, response: ContractNode, *, exact: bool
) -> Iterator[Difference]:
    came = media_type(answer)
    if came not in response.value.get("content", {}):
        return
    schema = response.step("content", came, "schema")
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        text = shown(answer.text)
        yield Difference("breaking", "body", "it is JSON", text, schema.evidence)
        return
    yield from judge_body(body, schema, exact=exact)


def judge_body(body: object, schema: ContractNode, *, exact: bool) -> list[Difference]:
    """What differs in a JSON body and in the tokens that it holds."""
    return [*judge_json(body, schema, "body"), *judge_tokens(body, schema, exact=exact)]


def judge_tokens(body: object, schema: ContractNode, *, exact: bool) -> Iterator[Difference]:
    """What differs in the tokens that a JSON body holds."""
    for part in parts_of(body, schema, "body"):
        for rules in [place.step("x-token") for place in part.schemas if place.has("x-token")]:
            if isinstance(part.value, str):
                yield from judge_token(part.value, rules, part.where, exact=exact)
