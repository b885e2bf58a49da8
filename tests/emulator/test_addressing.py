"""Which vendor is meant: by Host, by prefix, by path; and which endpoint of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.emulator.routing import host_name
from mockserver.model.http import Headers, Request
from tests.acme_vendor import ACME, acme_engine, engine_of
from tests.engine_client import ask, content, fresh_engine, header
from tests.vendor_tokens import DSTOR_KEY

HOSTS = [
    ("api.testnet.dstor.cloud", "dstor"),
    ("api.dstor.cloud", "dstor"),
    ("platform-server", "datasentinel"),
    ("api.dapi.com", "dapi"),
    ("kitegateway.com", "kitegateway"),
    ("sandbox.kitegateway.com", "kitegateway"),
]
KEYS = {"dstor": "statusCode", "datasentinel": "error", "dapi": "operationID"} | {
    "kitegateway": "code"
}


def answered_by(engine: Engine, line: str, **headers: str) -> set[str]:
    """The vendors of whose shape the refusal is."""
    fields = content(ask(engine, line, headers))
    by_error_alone = set(fields) == {"error"}
    return {
        vendor
        for vendor, key in KEYS.items()
        if key in fields and (vendor != "datasentinel" or by_error_alone)
    }


@pytest.mark.parametrize(("host", "vendor"), HOSTS)
@pytest.mark.parametrize("spelling", ["{}", "{}:443", "{}.", "{}.:8080", " {} "])
def test_a_vendor_is_found_by_its_host(
    engine: Engine, host: str, vendor: str, spelling: str
) -> None:
    for spelt in (host, host.upper(), host.title()):
        assert answered_by(engine, "GET /nowhere", Host=spelling.format(spelt)) == {vendor}


@pytest.mark.parametrize(
    "host",
    ["", "localhost", "dstor.cloud", "x.api.dapi.com", "api.dapi.com.evil", "api.dapi.com@x"],
)
def test_another_host_is_no_vendors(engine: Engine, host: str) -> None:
    assert ask(engine, "GET /nowhere", {"Host": host}).headers[0][1].startswith("application/prob")


@pytest.mark.parametrize("vendor", KEYS)
@pytest.mark.parametrize("path", ["", "/", "/nowhere", "/%20"])
def test_a_vendor_is_found_by_its_prefix(engine: Engine, vendor: str, path: str) -> None:
    assert answered_by(engine, f"GET /{vendor}{path}") == {vendor}


def test_a_prefix_is_cut_off_before_the_vendor_sees_the_path() -> None:
    engine = acme_engine()
    assert content(ask(engine, "GET /acme/here"))["path"] == "/here"
    assert content(ask(engine, "GET /acme/nowhere"))["at"] == "/nowhere"
    assert content(ask(engine, "GET /acme"))["at"] == "/"


@pytest.mark.parametrize("line", ["GET /DSTOR/x", "GET /dstorx", "GET /x/dstor", "GET //dstor/x"])
def test_what_only_looks_like_a_prefix_is_none(engine: Engine, line: str) -> None:
    response = ask(engine, line)
    assert header(response, "Content-Type") == "application/problem+json"


def test_the_host_goes_before_the_prefix_and_the_prefix_before_the_path(engine: Engine) -> None:
    token = "/v1/dev/temp-token"
    assert answered_by(engine, f"GET /dstor{token}", Host="api.dapi.com") == {"dapi"}
    assert answered_by(engine, f"GET /kitegateway{token}") == {"kitegateway"}
    assert answered_by(engine, f"GET {token}", Host="api.dapi.com") == {"dapi"}
    assert answered_by(engine, f"GET {token}") == {"dstor"}


@pytest.mark.parametrize("start", ["", "/dstor"])
@pytest.mark.parametrize("headers", [{}, {"Host": "api.dstor.cloud"}, {"Host": "127.0.0.1:7401"}])
def test_one_endpoint_is_reached_in_each_way(
    engine: Engine, start: str, headers: dict[str, str]
) -> None:
    prefixed_by_host = start and "dstor" in headers.get("Host", "")
    response = ask(engine, f"GET {start}/v1/dev/temp-token", {**DSTOR_KEY, **headers})
    assert response.status == (404 if prefixed_by_host else 200)


@pytest.mark.parametrize(
    ("line", "vendor", "status"),
    [
        ("DELETE /v1/dev/temp-token", "dstor", 404),
        ("DELETE /ds-api/user-token", "datasentinel", 405),
        ("DELETE /v2/auth/ExchangeToken", "dapi", 404),
        ("DELETE /v1/auth/token", "kitegateway", 400),
        ("DELETE /v1/data/wallets/GHS/balance", "kitegateway", 400),
    ],
)
def test_a_known_path_with_a_wrong_method_is_answered_by_its_vendor(
    engine: Engine, line: str, vendor: str, status: int
) -> None:
    assert answered_by(engine, line) == {vendor}
    assert ask(engine, line).status == status


def test_hosts_can_be_added_in_any_case() -> None:
    engine = fresh_engine({"datasentinel": {"hosts": ["DS.example.org", "other.example.org"]}})
    for host in ("ds.example.org", "DS.EXAMPLE.ORG:8443", "other.example.org", "platform-server"):
        assert answered_by(engine, "GET /nowhere", Host=host) == {"datasentinel"}


def test_the_book_lists_each_vendors_hosts_and_knows_them() -> None:
    book = engine_of(ACME, acme=["Added.test"]).router
    assert book.hosts == {"acme": ("api.acme.test", "ACME.test", "Added.test")}
    assert [book.knows(host) for host in ("API.acme.test", "acme.test", "added.test")] == [True] * 3
    assert not book.knows("other.test")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        (None, ""),
        ("", ""),
        ("A.b", "a.b"),
        ("a.b:80", "a.b"),
        ("a.b.", "a.b"),
        ("a.b.:80", "a.b"),
        ("[::1]", "[::1]"),
        ("[::1]:80", "[::1]"),
        ("[FE80::A]:80", "[fe80::a]"),
        (":80", ""),
    ],
)
def test_the_name_of_a_host_has_no_port_no_case_and_no_dot_at_its_end(
    host: str | None, name: str
) -> None:
    pairs = [] if host is None else [("Host", host)]
    assert host_name(Request("GET", "/", headers=Headers(pairs))) == name


def test_what_follows_the_bracket_of_an_address_must_be_a_port() -> None:
    for host in ("[::1]evil.test", "[::1].evil.test:80", "[::1]@evil.test"):
        assert host_name(Request("GET", "/", headers=Headers([("Host", host)]))) != "[::1]"


@given(host=st.text(), path=st.text(), method=st.text())
def test_no_host_path_or_method_breaks_the_engine(host: str, path: str, method: str) -> None:
    response = ENGINE.answer(Request(method, f"/{path}", headers=Headers([("Host", host)])))
    assert response.status < 500


ENGINE = fresh_engine()
