"""A request is addressed to a vendor by Host, by prefix or by path."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.emulator.routing import host_name
from mockserver.model.http import Headers, Request
from tests.acme_vendor import ACME, acme_engine, engine_of
from tests.engine_client import ask, content, fresh_engine, header
from tests.vendor_tokens import DSTOR_KEY

SHAPES = {
    **{"dstor": {"statusCode", "error", "message"}, "datasentinel": {"error"}},
    "dapi": {"success", "status", "type", "msg", "operationID"},
    "kitegateway": {"code", "status", "message", "data"},
}


def answered_by(engine: Engine, line: str, **headers: str) -> set[str]:
    """Return the vendors whose form the refusal has."""
    fields = set(content(ask(engine, line, headers)))
    return {vendor for vendor, shape in SHAPES.items() if fields == shape}


@pytest.mark.parametrize(("vendor", "hosts"), [
    ("dstor", ["api.testnet.dstor.cloud", "api.dstor.cloud"]),
    ("datasentinel", ["platform-server"]),
    ("dapi", ["api.dapi.com"]),
    ("kitegateway", ["kitegateway.com", "sandbox.kitegateway.com"]),
])  # fmt: skip
def test_vendor_is_found_by_its_host_and_by_its_prefix(
    engine: Engine, vendor: str, hosts: list[str]
) -> None:
    for path in ("", "/", "/nowhere", "/%20"):
        assert answered_by(engine, f"GET /{vendor}{path}") == {vendor}
    for host, spelling in product(hosts, ("{}", "{}:443", "{}.", "{}.:8080", " {} ")):
        for spelt in (host, host.upper(), host.title()):
            assert answered_by(engine, "GET /nowhere", Host=spelling.format(spelt)) == {vendor}


@pytest.mark.parametrize(("line", "host"), [
    *(("GET /nowhere", host) for host in ("", "localhost", "dstor.cloud", "x.api.dapi.com")),
    *(("GET /nowhere", host) for host in ("api.dapi.com.evil", "api.dapi.com@x")),
    *((f"GET {path}", "") for path in ("/DSTOR/x", "/dstorx", "/x/dstor", "//dstor/x")),
])  # fmt: skip
def test_other_hosts_and_paths_are_no_vendors(engine: Engine, line: str, host: str) -> None:
    response = ask(engine, line, {"Host": host})
    assert header(response, "Content-Type") == "application/problem+json"


def test_any_number_of_addresses_is_served() -> None:
    engine = acme_engine()
    for number in range(300):  # more than are cached
        response = ask(engine, "GET /acme/here", {"Host": f"host-{number}"})
        assert content(response)["path"] == "/here"


def test_vendor_sees_the_path_without_the_prefix() -> None:
    engine = acme_engine()
    assert content(ask(engine, "GET /acme/here"))["path"] == "/here"
    assert content(ask(engine, "GET /acme/nowhere"))["at"] == "/nowhere"
    assert content(ask(engine, "GET /acme"))["at"] == "/"


def test_host_goes_before_prefix_and_prefix_before_path(engine: Engine) -> None:
    token = "/v1/dev/temp-token"
    assert answered_by(engine, f"GET /dstor{token}", Host="api.dapi.com") == {"dapi"}
    assert answered_by(engine, f"GET /kitegateway{token}") == {"kitegateway"}
    assert answered_by(engine, f"GET {token}", Host="api.dapi.com") == {"dapi"}
    assert answered_by(engine, f"GET {token}") == {"dstor"}


@pytest.mark.parametrize("start", ["", "/dstor"])
@pytest.mark.parametrize("headers", [{}, {"Host": "api.dstor.cloud"}, {"Host": "127.0.0.1:7401"}])
def test_endpoint_is_reached_in_each_way(
    engine: Engine, start: str, headers: dict[str, str]
) -> None:
    prefixed_by_host = start and "dstor" in headers.get("Host", "")
    response = ask(engine, f"GET {start}/v1/dev/temp-token", {**DSTOR_KEY, **headers})
    assert response.status == (404 if prefixed_by_host else 200)


@pytest.mark.parametrize(("line", "vendor", "status"), [
    ("DELETE /v1/dev/temp-token", "dstor", 404),
    ("DELETE /ds-api/user-token", "datasentinel", 405),
    ("DELETE /v2/auth/ExchangeToken", "dapi", 404),
    ("DELETE /v1/auth/token", "kitegateway", 400),
    ("DELETE /v1/data/wallets/GHS/balance", "kitegateway", 400),
])  # fmt: skip
def test_wrong_method_is_answered_by_the_vendor_of_the_path(
    engine: Engine, line: str, vendor: str, status: int
) -> None:
    assert answered_by(engine, line) == {vendor}
    assert ask(engine, line).status == status


def test_hosts_can_be_added_in_any_case() -> None:
    engine = fresh_engine({"datasentinel": {"hosts": ["DS.example.org", "other.example.org"]}})
    for host in ("ds.example.org", "DS.EXAMPLE.ORG:8443", "other.example.org", "platform-server"):
        assert answered_by(engine, "GET /nowhere", Host=host) == {"datasentinel"}
    router = engine_of(ACME, acme=["Added.test"]).router
    assert router.hosts == {"acme": ("api.acme.test", "ACME.test", "Added.test")}
    known = [router.knows(host) for host in ("API.acme.test", "acme.test", "added.test", "o.test")]
    assert known == [True, True, True, False]


@pytest.mark.parametrize(("host", "name"), [
    ("", ""), ("A.b", "a.b"), ("a.b:80", "a.b"), ("a.b.", "a.b"), ("a.b.:80", "a.b"), (":80", ""),
    ("[::1]", "[::1]"), ("[::1]:80", "[::1]"), ("[FE80::A]:80", "[fe80::a]"),
])  # fmt: skip
def test_host_name_has_no_port_case_or_final_dot(host: str, name: str) -> None:
    assert host_name(Request("GET", "/", headers=Headers([("Host", host)]))) == name
    assert host_name(Request("GET", "/")) == ""
    for other in ("[::1]evil.test", "[::1].evil.test:80", "[::1]@evil.test"):
        assert host_name(Request("GET", "/", headers=Headers([("Host", other)]))) != "[::1]"


@given(host=st.text(), path=st.text(), method=st.text())
def test_any_host_path_and_method_is_answered(host: str, path: str, method: str) -> None:
    response = ENGINE.answer(Request(method, f"/{path}", headers=Headers([("Host", host)])))
    assert response.status < 500


ENGINE = fresh_engine()
