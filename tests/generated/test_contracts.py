"""Generated requests find no server error and no answer that no document knows.

The documents are the vendors' contracts, and that of the control interface.
"""

import warnings
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from openapi_spec_validator import validate
from schemathesis.cli import schemathesis

from mockserver.model.vendor import Vendor, contract_of
from mockserver.vendors import discover
from mockserver.verification.mock_adapters import running_server

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
VENDORS = pytest.mark.parametrize("vendor", discover(), ids=lambda vendor: vendor.name)

PHASES = "examples,fuzzing"
# "coverage" tries every combination of keywords, which takes minutes: patterns contain patterns.
WITH_PATTERNS = (
    r"^requests\.(count|find|remove)$|^near\.of_pattern$"
    r"|^mappings\.(add|remove_alike|import|find_by_metadata|remove_by_metadata|replace)$"
)
FEWER = ("--max-examples", "10")  # each takes long: patterns contain patterns
LEFT_OUT = f"^requests.wait$|^server.drop_namespace$|{WITH_PATTERNS}"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("server")) as url:
        yield url


@VENDORS
def test_the_contract_is_openapi(vendor: Vendor[Any]) -> None:
    validate(contract_of(vendor))


@VENDORS
@pytest.mark.parametrize("signed_in", [False, True], ids=["stranger", "customer"])
def test_generated_requests(
    server: str, vendor: Vendor[Any], signed_in: bool, tmp_path: Path
) -> None:
    """As a stranger with generated credentials, and as a customer with good ones.

    A stranger is refused before most of what "coverage" combines is looked at.
    """
    phases = f"{PHASES},coverage" if signed_in else PHASES
    flags = ["--phases", phases, *(credentials(server, vendor.name) if signed_in else [])]
    document = f"{server}/__admin/vendors/{vendor.name}/openapi.json"
    generate(document, f"{server}/{vendor.name}", *flags, cwd=tmp_path)


def test_the_document_of_the_control_interface_is_openapi(server: str) -> None:
    validate(requests.get(f"{server}/__admin/openapi.json").json())


@pytest.mark.parametrize(
    "flags",
    [
        ("--exclude-operation-id-regex", LEFT_OUT, "--phases", f"{PHASES},coverage"),
        ("--include-operation-id-regex", WITH_PATTERNS, "--phases", PHASES, *FEWER),
    ],
    ids=["without patterns", "with patterns"],
)
def test_generated_control_calls(server: str, flags: tuple[str, ...], tmp_path: Path) -> None:
    """All but the one that waits, and the one that there is below a namespace only."""
    generate(f"{server}/__admin/openapi.json", f"{server}/ns/generated", *flags, cwd=tmp_path)


def generate(document: str, url: str, *flags: str, cwd: Path) -> None:
    """Send requests that a document describes, and some that it does not, to a server.

    In this process: schemathesis takes longer to import than to make the requests of a vendor.
    """
    arguments = ["run", document, "--url", url, "--checks", ",".join(CHECKS), "--mode", "all"]
    arguments += ["--max-examples", "20", "--seed", "1", "--no-color", *flags]
    with chdir(cwd), warnings.catch_warnings():
        warnings.simplefilter("default")
        done = CliRunner().invoke(schemathesis, arguments)
    assert done.exit_code == 0, done.output
    assert "passed" in done.output


def credentials(server: str, vendor: str) -> list[str]:
    """Header flags with which the vendor knows the caller, a fresh token among them."""
    body = {"vendor": vendor}
    token = requests.post(f"{server}/__admin/tokens", json=body).json()["token"]
    known = {
        "dapi": [f"Authorization: Bearer {token}"],
        "datasentinel": ["Authorization: Basic bXlVc2VyOm15UGFzc3dvcmQ=", f"user-token: {token}"],
        "dstor": [
            "api-key: 5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92",
            f"Authorization: Bearer {token}",
        ],
        "kitegateway": ["Secret-Key: YOUR_SECRET", f"Authorization: {token}"],
    }
    return [flag for header in known[vendor] for flag in ("--header", header)]
