"""The types that users see: the stub agrees with the code, and mypy finds misspelled names."""

import ast
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mockserver
from mockserver.testing.controls import Controls
from mockserver.testing.journal_control import Requests
from mockserver.testing.remote_mock import RemoteMock
from mockserver.testing.token_mock import TokenMock, mock_tokens
from mockserver.testing.token_server import TokenServer

STUB = Path(mockserver.__file__).with_suffix(".pyi")

CLASSES: dict[str, type] = {
    "_Controls": Controls,
    "_Requests": Requests,
    "RemoteMock": RemoteMock,
    "TokenMock": TokenMock,
    "TokenServer": TokenServer,
}
"""The classes of the stub that stand for classes of the code."""

HEAD = """
from typing import assert_type
from mockserver import ControlError, ConfigurationError, MockServerError
from mockserver import RemoteMock, TokenMock, TokenServer, mock_tokens
mock = TokenMock(freeze="2026-01-01T00:00:00Z")
acme = mock.vendors["acme"]
"""

GOOD = """
assert_type(mock.dstor.account.api_key, str)
assert_type(mock.dapi.connect(user="dapi_user1").accessCode, str)
assert_type(mock.dapi.account.bank_logins["dapi_user1"], str)
mock.mint("datasentinel", account=mock.datasentinel.accounts.add(user="Ann"))
mock.fail("dapi", endpoint="exchange_token", fault="CONNECTION_RESET_BY_PEER", phase="after")
mock.fail(status=503, times=2, skip=1, probability=0.5)
mock.delay("dstor", milliseconds=300, times=1)
mock.requests.assert_called("kitegateway", "balances", times=2)
mock.fail(acme, endpoint="buy")
mock.requests.wait(acme, "buy", timeout=0.5)
mock.mint(acme, account=acme.accounts.add(client_id="1"))
acme.log_in(user=acme.account.client_id)

@mock_tokens(seed=1)
def test() -> None: ...

with TokenServer() as server:
    server.namespace().kitegateway.account.secret_key
try:
    RemoteMock("http://127.0.0.1:7401").explain("dstor", "x").reason.upper()
except (ControlError, ConfigurationError, MockServerError) as error:
    print(error)
"""

BAD = [
    "mock.dstr",
    "mock.dstor.acount",
    "mock.dstor.connect()",
    "mock.dstor.account.apikey",
    "mock.kitegateway.accounts.add(secret='x')",
    "mock.dapi.connect(usr='dapi_user1')",
    "mock.dapi.connect().access_code",
    "mock.fail('dstr')",
    "mock.fail('dstor', tims=3)",
    "mock.fail('dapi', endpoint='exchange')",
    "mock.fail('dapi', fault='RESET')",
    "mock.fail('dapi', phase='afterwards')",
    "mock.fail(acme, endpont='buy')",
    "mock.delay('dstor', seconds=1)",
    "mock.mint('dstor', defect='late')",
    "mock.mint('dstr')",
    "mock.explain('dstr', 'x')",
    "mock.requests.count('kitegatewya')",
    "mock.requests.find('kitegateway', 'create_tokn')",
    "mock.requests.wait(timeot=3)",
    "mock.requests.assert_called(time=3)",
    "mock.clock.advance(minute=3)",
    "mock.clock.advance()",
    "TokenMock(passthrough=5)",
    "TokenMock(frezee=0)",
    "mock_tokens(frezee=0)",
    "TokenServer().fial()",
    "RemoteMock('http://a').dstr",
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """The first error of mypy by line, of a program that has GOOD and then BAD, a line each."""
    program = tmp_path_factory.mktemp("user") / "program.py"
    program.write_text(HEAD + GOOD + "\n".join(BAD) + "\n")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(program)]
    root = STUB.parents[1]
    # mypy finds an installed package by itself, and refuses a path in which others are installed.
    sources = {} if root.name == "site-packages" else {"MYPYPATH": str(root)}
    done = subprocess.run(
        command,
        cwd=program.parent,
        env={**os.environ, **sources},
        capture_output=True,
        text=True,
        check=False,
    )
    lines: dict[int, str] = {}
    for line in done.stdout.splitlines():
        path, number, kind, *_ = line.split(":", 3)
        assert Path(path).name == "program.py", done.stdout + done.stderr
        if kind == " error":
            lines.setdefault(int(number), line)
    return lines


BEFORE_BAD = (HEAD + GOOD).count("\n")


def test_correct_program_has_no_error(found: dict[int, str]) -> None:
    assert [line for number, line in found.items() if number <= BEFORE_BAD] == []


@pytest.mark.parametrize("line", BAD)
def test_misspelled_name_is_an_error(found: dict[int, str], line: str) -> None:
    assert BEFORE_BAD + 1 + BAD.index(line) in found


def parameters(node: ast.FunctionDef) -> list[tuple[str, str, bool]]:
    """Name, kind, and presence of a default, as `inspect` names the kinds."""
    own = node.args
    plain = [*own.posonlyargs, *own.args]
    without = len(plain) - len(own.defaults)
    kinds = ["POSITIONAL_ONLY"] * len(own.posonlyargs) + ["POSITIONAL_OR_KEYWORD"] * len(own.args)
    found = [
        (each.arg, kind, place >= without)
        for place, (each, kind) in enumerate(zip(plain, kinds, strict=True))
    ]
    found += [(own.vararg.arg, "VAR_POSITIONAL", False)] if own.vararg else []
    named = zip(own.kwonlyargs, own.kw_defaults, strict=True)
    return found + [(each.arg, "KEYWORD_ONLY", default is not None) for each, default in named]


def methods(stub: ast.ClassDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in stub.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node


def stub_classes() -> dict[str, ast.ClassDef]:
    body = ast.parse(STUB.read_text()).body
    return {node.name: node for node in body if isinstance(node, ast.ClassDef)}


@pytest.mark.parametrize("name", CLASSES)
def test_stub_has_the_methods_of_the_code(name: str) -> None:
    declared = {method for method, _ in methods(stub_classes()[name])}
    inherited = {member for base in CLASSES[name].__bases__ for member in vars(base)}
    own = {member for member in vars(CLASSES[name]) if not member.startswith("_")} - inherited
    vendors = {"dapi", "datasentinel", "dstor", "kitegateway"}
    assert {method for method in declared if not method.startswith("_")} - vendors == own


@pytest.mark.parametrize("name", CLASSES)
def test_stub_has_the_parameters_of_the_code(name: str) -> None:
    for method, node in methods(stub_classes()[name]):
        member = inspect.getattr_static(CLASSES[name], method, None)
        if not inspect.isfunction(member):
            continue
        code = [
            (each.name, each.kind.name, each.default is not each.empty)
            for each in inspect.signature(member).parameters.values()
        ]
        # The first parameter of an overload can be required where the code has a default.
        assert [each[:2] for each in parameters(node)] == [each[:2] for each in code], method
        assert [each for each in parameters(node) if each[2]] == [
            each for each in code if each[2] and (each[0], each[1], True) in parameters(node)
        ], method


def test_options_of_mock_tokens_are_those_of_token_mock() -> None:
    functions = [
        node
        for node in ast.parse(STUB.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name == "mock_tokens"
    ]
    init = dict(methods(stub_classes()["TokenMock"]))["__init__"]
    assert parameters(functions[1]) == parameters(init)[1:]
    assert mock_tokens(seed=1).health()["status"] == "healthy"


def test_literals_are_the_built_in_vendors_and_endpoints() -> None:
    tree = ast.parse(STUB.read_text())
    literals = {
        node.targets[0].id: set(ast.literal_eval(node.value.slice))
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Subscript)
    }
    vendors = TokenMock().engine.vendors
    assert literals["_Vendor"] == {vendor.name for vendor in vendors}
    names = {endpoint.name for vendor in vendors for endpoint in vendor.endpoints}
    assert literals["_Endpoint"] == names


def test_accounts_of_the_stub_have_the_fields_of_the_code() -> None:
    classes = stub_classes()
    for vendor in TokenMock().vendors.values():
        fields = classes[f"_{vendor.name.capitalize()}Account"].body
        declared = {
            node.target.id
            for node in fields
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        assert declared == set(vars(vendor.account))
        add = dict(methods(classes[f"_{vendor.name.capitalize()}Accounts"]))["add"]
        assert {each.arg for each in add.args.kwonlyargs} == declared
