"""Calls about the whole, and about the vendors."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.version import VERSION
from tests.acme_vendor import ACME, acme_engine, engine_of
from tests.engine_client import NOW, admin, content, fresh_engine, header, refused, value
from tests.vendor_tokens import VENDORS


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_is_healthy(engine: Engine, method: str) -> None:
    response = admin(engine, f"{method} /health")
    assert (response.status, content(response)["status"]) == (200, "healthy")
    assert content(response)["version"] == VERSION
    assert value(engine, "GET /version") == {"version": VERSION}


@pytest.mark.parametrize("body", [b"", b"{}", b" "])
def test_a_reset_needs_no_body(engine: Engine, body: bytes) -> None:
    engine.state.clock.advance(days=1)
    response = admin(engine, "POST /reset", body=body)
    assert (response.status, content(response)) == (200, {})
    assert not engine.state.clock.frozen
    assert engine.state.clock.unix() != NOW + 86_400


def described(engine: Engine) -> dict[str, Any]:
    return {each["name"]: each for each in value(engine, "GET /vendors")["vendors"]}


def test_the_vendors_are_described(engine: Engine) -> None:
    dstor = described(engine)["dstor"]
    assert dstor["hosts"] == ["api.testnet.dstor.cloud", "api.dstor.cloud"]
    assert dstor["base_url"] == "http://localhost/dstor"
    assert dstor["endpoints"] == [
        {"name": "temp_token", "method": "GET", "path": "/v1/dev/temp-token"},
        {"name": "login", "method": "POST", "path": "/v1/dev/temp-token"},
        {"name": "upload_token", "method": "POST", "path": "/v1/upload/get-token"},
    ]


@pytest.mark.parametrize(("vendor", "credentials", "endpoints"), [
    ("dapi", "appSecret appKey bankLogins",
     "exchange_token delink_user identity accounts cards balance transactions accounts_metadata"),
    ("datasentinel", "user password email organization", "create_token token_info health roles"),
    ("dstor", "api-key email password", "temp_token login upload_token"),
    ("kitegateway", "api_key Secret-Key", "create_token balances balance"),
])  # fmt: skip
def test_credentials_and_endpoints_have_the_names_that_users_rely_on(
    engine: Engine, vendor: str, credentials: str, endpoints: str
) -> None:
    assert list(described(engine)) == [*VENDORS]
    assert list(described(engine)[vendor]["credentials"]) == credentials.split()
    assert [each["name"] for each in described(engine)[vendor]["endpoints"]] == endpoints.split()


def test_added_hosts_are_listed_and_a_vendor_without_accounts() -> None:
    engine = fresh_engine({"datasentinel": {"hosts": ["ds.example.org"]}})
    assert described(engine)["datasentinel"]["hosts"] == ["platform-server", "ds.example.org"]
    assert [*described(acme_engine(accounts=()))] == ["acme"]


def test_each_vendors_contract_is_served(engine: Engine) -> None:
    for vendor in engine.vendors:
        response = admin(engine, f"GET /vendors/{vendor.name}/openapi.json")
        assert header(response, "Content-Type") == "application/json"
        document = content(response)
        assert document["openapi"].startswith("3.1.")
        operations = {
            (method.upper(), path) for path, item in document["paths"].items() for method in item
        }
        declared = {(each.method, each.paths[0]) for each in vendor.endpoints}
        assert {(m, p.replace("<", "{").replace(">", "}")) for m, p in declared} <= operations


def test_a_login_is_played(engine: Engine) -> None:
    assert value(engine, "POST /vendors/dapi/connect")["success"] is True
    assert admin(engine, "GET /vendors/dapi/openapi.yaml").status in (404, 405)


def test_any_vendor_may_declare_what_can_be_played() -> None:
    engine = engine_of(ACME)
    assert value(engine, "POST /vendors/acme/play", word="x") == {"played": {"word": "x"}}
    wrong = admin(engine, "POST /vendors/acme/play", json={"word": 1})
    assert refused(wrong) == "word must be a string"
