"""Calls about the whole, and about the vendors."""

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.version import VERSION
from tests.acme_vendor import ACME, acme_engine, engine_of
from tests.engine_client import NOW, admin, content, fresh_engine, header


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_is_healthy(engine: Engine, method: str) -> None:
    response = admin(engine, f"{method} /health")
    assert (response.status, content(response)["status"]) == (200, "healthy")
    assert content(response)["version"] == VERSION


def test_it_tells_its_version(engine: Engine) -> None:
    assert content(admin(engine, "GET /version")) == {"version": VERSION}


@pytest.mark.parametrize("body", [b"", b"{}", b" "])
def test_a_reset_needs_no_body(engine: Engine, body: bytes) -> None:
    engine.state.clock.advance(days=1)
    response = admin(engine, "POST /reset", body=body)
    assert (response.status, content(response)) == (200, {})
    assert not engine.state.clock.frozen
    assert engine.state.clock.unix() != NOW + 86_400


def test_the_vendors_are_described(engine: Engine) -> None:
    vendors = {each["name"]: each for each in content(admin(engine, "GET /vendors"))["vendors"]}
    assert sorted(vendors) == ["dapi", "datasentinel", "dstor", "kitegateway"]
    dstor = vendors["dstor"]
    assert dstor["hosts"] == ["api.testnet.dstor.cloud", "api.dstor.cloud"]
    assert dstor["base_url"] == "http://localhost/dstor"
    assert dstor["endpoints"] == [
        {"name": "temp_token", "method": "GET", "path": "/v1/dev/temp-token"},
        {"name": "login", "method": "POST", "path": "/v1/dev/temp-token"},
        {"name": "upload_token", "method": "POST", "path": "/v1/upload/get-token"},
    ]


@pytest.mark.parametrize(("vendor", "names"), [
    ("dstor", ["api-key", "email", "password"]),
    ("datasentinel", ["user", "password", "email", "organization"]),
    ("dapi", ["appSecret", "appKey", "bankLogins"]),
    ("kitegateway", ["api_key", "Secret-Key"]),
])  # fmt: skip
def test_the_built_in_credentials_have_the_vendors_own_names(
    engine: Engine, vendor: str, names: list[str]
) -> None:
    vendors = content(admin(engine, "GET /vendors"))["vendors"]
    (credentials,) = [each["credentials"] for each in vendors if each["name"] == vendor]
    assert list(credentials) == names


def test_the_endpoints_have_the_names_that_users_rely_on(engine: Engine) -> None:
    names = {
        vendor["name"]: [endpoint["name"] for endpoint in vendor["endpoints"]]
        for vendor in content(admin(engine, "GET /vendors"))["vendors"]
    }
    assert names == {
        "dstor": ["temp_token", "login", "upload_token"],
        "datasentinel": ["create_token", "token_info", "health", "roles"],
        "dapi": [
            *("exchange_token", "delink_user", "identity", "accounts", "cards", "balance"),
            *("transactions", "accounts_metadata"),
        ],
        "kitegateway": ["create_token", "balances", "balance"],
    }


def test_added_hosts_are_listed() -> None:
    engine = fresh_engine({"datasentinel": {"hosts": ["ds.example.org"]}})
    vendors = content(admin(engine, "GET /vendors"))["vendors"]
    assert ["platform-server", "ds.example.org"] in [vendor["hosts"] for vendor in vendors]


def test_a_vendor_without_accounts_is_listed_too() -> None:
    response = admin(acme_engine(accounts=()), "GET /vendors")
    assert response.status == 200
    assert [vendor["name"] for vendor in content(response)["vendors"]] == ["acme"]


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


@pytest.mark.parametrize("path", [
    "/vendors/nobody/openapi.json", "/vendors/Dapi/openapi.json", "/vendors/dapi/openapi.yaml",
    "/vendors/dapi/openapi-json",
])  # fmt: skip
def test_another_contract_is_a_404(engine: Engine, path: str) -> None:
    assert admin(engine, f"GET {path}").status in (404, 405)


def test_a_login_is_played(engine: Engine) -> None:
    response = admin(engine, "POST /vendors/dapi/connect")
    assert (response.status, content(response)["success"]) == (200, True)


@pytest.mark.parametrize("arguments", [
    {"user": "nobody"}, {"user": 1}, {"user": ["dapi_user1"]}, {"user": {}}, {"user": ""},
    {"app_key": "unknown"}, {"app_key": 1}, {"app_key": {"a": 1}}, {"app_key": ["app_key_value"]},
    {"password": "x"},
])  # fmt: skip
def test_a_login_that_cannot_be_is_refused_and_the_argument_named(
    engine: Engine, arguments: dict[str, object]
) -> None:
    response = admin(engine, "POST /vendors/dapi/connect", json=arguments)
    assert (response.status, content(response)["status"]) == (400, 400)
    assert next(iter(arguments)) in content(response)["detail"]


@pytest.mark.parametrize(
    "arguments", [{"user": None, "app_key": None}, {"app_key": "app_key_value"}]
)
def test_null_counts_as_absent(engine: Engine, arguments: dict[str, object]) -> None:
    assert admin(engine, "POST /vendors/dapi/connect", json=arguments).status == 200


def test_without_an_app_nobody_can_log_in(engine: Engine) -> None:
    accounts = content(admin(engine, "GET /accounts"))["accounts"]
    (app,) = [account["id"] for account in accounts if account["vendor"] == "dapi"]
    admin(engine, f"DELETE /accounts/{app}")
    response = admin(engine, "POST /vendors/dapi/connect")
    assert (response.status, "app" in content(response)["detail"]) == (400, True)


@pytest.mark.parametrize(
    "path", ["/vendors/nobody/connect", "/vendors/dstor/connect", "/vendors/dapi/nonsense"]
)
def test_what_cannot_be_played_is_a_404(engine: Engine, path: str) -> None:
    assert admin(engine, f"POST {path}").status == 404


def test_any_vendor_may_declare_what_can_be_played() -> None:
    engine = engine_of(ACME)
    response = admin(engine, "POST /vendors/acme/play", json={"word": "x"})
    assert (response.status, content(response)) == (200, {"played": {"word": "x"}})
    wrong = admin(engine, "POST /vendors/acme/play", json={"word": 1})
    assert (wrong.status, content(wrong)["detail"]) == (400, "word must be a text")
