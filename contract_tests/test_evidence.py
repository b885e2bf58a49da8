"""The contract allows the exchanges that the pages print, and the mock answers like them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from mockserver.verification.answer_check import media_type, tokens_differences
from mockserver.verification.check_client import CheckClient, accepted
from mockserver.verification.contract_tree import contract_for
from mockserver.verification.schema_check import schema_differences
from mockserver.verification.service_under_test import MockControl
from mockserver.verification.statements import Tag, statement

_PARTS = ("header", "payload", "signature")
_ROOT = Path(__file__).parents[1]
_FOLDERS = (_ROOT / "fixtures", _ROOT / "_fixtures")  # in the repository, in the wheel


@dataclass(frozen=True)
class PrintedExchange:
    """One file of `fixtures/`: a request, the printed answer, and the state that they need."""

    name: str
    content: Mapping[str, Any]

    @property
    def vendor(self) -> str:
        """Return the vendor."""
        return str(self.content["vendor"])

    @property
    def tag(self) -> Tag:
        """Return the evidence tag of the exchange."""
        tag: Tag = self.content["tag"]
        return tag

    @property
    def source(self) -> str:
        """Return the page that prints it."""
        return str(self.content["source"])

    @property
    def answer(self) -> Mapping[str, Any]:
        """Return the printed answer; empty if none is printed."""
        return self.content["response"] or {}

    @property
    def varies(self) -> list[str]:
        """Return the JSON pointers to the values that differ in each response."""
        return list(self.content["varies"])

    @property
    def equal_parts(self) -> Mapping[str, list[str]]:
        """Return, by JSON pointer to a token, the parts of it that must be equal."""
        return dict(self.content.get("equal_parts", {}))

    @property
    def account(self) -> Mapping[str, str] | None:
        """Return the credentials of an account to add first."""
        return (self.content["setup"] or {}).get("account")

    @property
    def token(self) -> str | None:
        """Return a text in the request that a token of the account replaces."""
        return (self.content["setup"] or {}).get("token")


def _exchanges() -> list[PrintedExchange]:
    paths = sorted(path for folder in _FOLDERS for path in folder.glob("*/*.json"))
    return [
        PrintedExchange(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in paths
    ]


def _each(text: str, chosen: list[PrintedExchange]) -> pytest.MarkDecorator:
    """Run a check with each of the chosen exchanges, with the tag and source of the exchange."""
    parameters = [
        pytest.param(
            exchange,
            id=f"{exchange.vendor}-{exchange.name}",
            marks=statement(
                tag=exchange.tag,
                source=exchange.source,
                text=f"{exchange.name}: {text}",
                vendor=exchange.vendor,
                of_mock=True,
            ),
        )
        for exchange in chosen
    ]
    return pytest.mark.parametrize("exchange", parameters)


PRINTED = _exchanges()
assert PRINTED, f"no exchanges in {_FOLDERS}"
REQUESTED = [exchange for exchange in PRINTED if exchange.content["endpoint"]]
ANSWERED = [exchange for exchange in PRINTED if exchange.answer]
SIMULATED = [exchange for exchange in PRINTED if "admin" in exchange.content]


@pytest.fixture
def fresh(control: MockControl) -> Iterator[MockControl]:
    """Reset the mock before and after the check, and return its control interface."""
    control.reset()
    yield control
    control.reset()


@_each("the contract knows the printed request", REQUESTED)
def test_request_is_documented(exchange: PrintedExchange) -> None:
    """Method and path of the request are those of its operation."""
    request = exchange.content["request"]
    operation = contract_for(exchange.vendor).operation(exchange.content["endpoint"])
    assert operation == (request["method"], request["path"])


@_each("the contract allows the printed answer", ANSWERED)
def test_answer_is_documented(exchange: PrintedExchange) -> None:
    """The answer is valid by the contract, and so is a token that can be read."""
    contract, answer = contract_for(exchange.vendor), exchange.answer
    if "admin" in exchange.content:
        schema = contract.root.step(f"x-{exchange.content['admin']}", "answer")
    else:
        request = exchange.content["request"]
        response = contract.responses(request["method"], request["path"])[answer["status"]]
        schema = response.step("content", answer["content_type"], "schema")
    found = [*schema_differences(answer["body"], schema, "body")]
    if exchange.equal_parts:  # a real token; most that are printed are placeholders
        found += tokens_differences(answer["body"], schema, exact=True)
    assert [str(difference) for difference in found] == []


@_each("the mock answers as printed", REQUESTED)
def test_mock_answers_as_printed(
    exchange: PrintedExchange, mock: CheckClient, fresh: MockControl
) -> None:
    """Status, content type, shape and values are those printed, except the values that differ."""
    token = _prepare(exchange, fresh)
    answer = _send(exchange, mock, token)
    if exchange.answer:
        assert answer.status_code == exchange.answer["status"]
        assert media_type(answer) == exchange.answer["content_type"]
        _compare(exchange, answer.json())
    else:
        accepted(answer)


@_each("the simulated action returns what is printed", SIMULATED)
def test_mock_hands_out_as_printed(
    exchange: PrintedExchange, mock: CheckClient, fresh: MockControl
) -> None:
    """A simulated action, such as a login, returns the printed form and values."""
    _compare(exchange, mock.act(exchange.content["admin"]))


def _prepare(exchange: PrintedExchange, mock: MockControl) -> str:
    """Set the clock and add the account; return a token of it if the request has one."""
    if exchange.content["clock"]:
        mock.freeze(exchange.content["clock"])
    if not exchange.account:
        return ""
    account = mock.add_account(exchange.vendor, exchange.account)
    return mock.mint(exchange.vendor, account["id"]) if exchange.token else ""


def _send(exchange: PrintedExchange, client: CheckClient, token: str) -> requests.Response:
    def filled(text: str) -> str:
        return text.replace(exchange.token, token) if exchange.token else text

    request = exchange.content["request"]
    return client.send(
        request["method"],
        "?".join(filter(None, [request["path"], filled(request["query"])])),
        host=exchange.content["host"],
        headers={name: filled(value) for name, value in request["headers"]},
        data=filled(request["body"]),
    )


def _compare(exchange: PrintedExchange, received: Any) -> None:
    """Compare the printed body with the received one, which may have more fields."""
    _compare_part(exchange, exchange.answer["body"], received, "")


def _compare_part(exchange: PrintedExchange, printed: Any, received: Any, pointer: str) -> None:
    where = pointer or "the body"
    assert type(received) is type(printed), f"{where} is of another JSON type than printed"
    if isinstance(printed, dict):
        for name, value in printed.items():
            assert name in received, f"{where} has no {name}"
            _compare_part(exchange, value, received[name], f"{pointer}/{name}")
    elif pointer not in exchange.varies:
        assert received == printed, f"{where} is another than printed"
    for part in exchange.equal_parts.get(pointer, []):
        index = _PARTS.index(part)
        same = received.split(".")[index] == printed.split(".")[index]
        assert same, f"the {part} of {where} is another than printed"
