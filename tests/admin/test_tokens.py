"""Calls that order a token, list and ask about one, and revoke one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.model.token_registry import ISSUED, token_id
from mockserver.vendors.dapi.connect import PRINTED
from tests.engine_client import (
    NOW,
    admin,
    ask,
    basic,
    bearer,
    content,
    fresh_engine,
    jwt_parts,
    reset,
    value,
)
from tests.vendor_tokens import (
    CUSTOMER,
    DATASENTINEL_LOGIN,
    EXCHANGE,
    VENDORS,
    Customer,
    connect,
    dapi_token,
    datasentinel_token,
    each_vendor,
    exchange_fields,
    explained,
    minted,
    revoke,
    use,
)

LATEST = 253_402_300_799
ENGINE = fresh_engine()
DEFECTS = {
    "expired": "The token expired 3600 s ago.",
    "not-yet-valid": "The token is valid in 3600 s.",
    "bad-signature": "Signature of another key, or a changed token.",
    "wrong-algorithm": "The token is not signed with HS256.",
    "no-signature": "The token is not signed.",
    "malformed": "The token is malformed.",
}


def claims(token: str) -> dict[str, Any]:
    return jwt_parts(token.removeprefix("JWT "))[1]


def reason(engine: Engine) -> str | None:
    """Return why the vendor refused the last request, by the journal."""
    last: str | None = value(engine, "GET /requests")["requests"][0]["request"]["reason"]
    return last


def states(engine: Engine) -> dict[str, str]:
    return {token["id"]: token["state"] for token in value(engine, "GET /tokens")["tokens"]}


@each_vendor
def test_an_ordered_token_is_as_good_as_a_bought_one_until_it_expires(
    engine: Engine, vendor: str
) -> None:
    order = minted(engine, vendor, expires_in=60)
    assert use(engine, vendor, order["token"]).status == 200
    assert reason(engine) is None
    assert order["expires"] == claims(order["token"])["exp"] == NOW + 60
    shown = value(engine, f"GET /tokens/{order['id']}")
    assert (shown["vendor"], shown["kind"], shown["state"]) == (vendor, "access token", "active")
    assert value(engine, "GET /tokens")["tokens"][0] == shown
    engine.state.clock.advance(seconds=59)
    assert explained(engine, vendor, order["token"]) == "ok"
    engine.state.clock.advance(seconds=1)
    assert explained(engine, vendor, order["token"]) == "expired"
    assert use(engine, vendor, order["token"]).status == 401
    assert states(engine)[order["id"]] == "expired"
    lasting = minted(engine, vendor)
    assert lasting["expires"] == claims(lasting["token"]).get("exp")
    assert use(engine, vendor, lasting["token"]).status == 200


@each_vendor
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_token_with_a_defect_is_refused_for_it(engine: Engine, vendor: str, defect: str) -> None:
    order = minted(engine, vendor, defect=defect)
    assert use(engine, vendor, order["token"]).status == 401
    assert reason(engine) == DEFECTS[defect]
    assert explained(engine, vendor, order["token"]) == defect
    assert admin(engine, f"GET /tokens/{order['id']}").status == 404  # it was never issued
    if defect in ("expired", "not-yet-valid"):
        timed = minted(engine, vendor, expires_in=60, defect=defect)
        expires = NOW - 3600 if defect == "expired" else NOW + 60
        assert timed["expires"] == claims(timed["token"])["exp"] == expires


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_seen_wherever_the_vendor_takes_a_token(engine: Engine, defect: str) -> None:
    token = minted(engine, "datasentinel", defect=defect)["token"]
    line = f"GET /ds-api/user-token?token={token}"
    assert ask(engine, line, DATASENTINEL_LOGIN).status == 401
    assert reason(engine) == DEFECTS[defect]
    token = minted(engine, "dapi", defect=defect)["token"]
    for path in ("users/DelinkUser", "data/accounts/get", "metadata/accounts/get"):
        answer = ask(engine, f"POST /v2/{path}", bearer(token), json=CUSTOMER)
        assert content(answer)["type"] == "INVALID_ACCESS_TOKEN"
        assert reason(engine) == DEFECTS[defect]


@each_vendor
def test_claims_may_be_ordered_and_go_before_the_vendors_own(engine: Engine, vendor: str) -> None:
    wanted = {"exp": NOW + 5, "extra": [1, {"é": None}], "iat": NOW - 5}
    order = minted(engine, vendor, claims=wanted, expires_in=60)
    assert claims(order["token"]).items() >= wanted.items()
    assert order["expires"] == NOW + 5
    assert use(engine, vendor, order["token"]).status == 200


@each_vendor
def test_null_removes_a_claim_and_no_vendor_fails_at_a_token_without_it(
    engine: Engine, vendor: str
) -> None:
    for name in claims(minted(engine, vendor)["token"]):
        order = minted(engine, vendor, claims={name: None, "unknown": None})
        assert {name, "unknown"}.isdisjoint(claims(order["token"]))
        assert use(engine, vendor, order["token"]).status in (200, 401), name
        if vendor == "datasentinel":
            line = f"GET /ds-api/user-token?token={order['token']}"
            assert ask(engine, line, DATASENTINEL_LOGIN).status == 200, name


@pytest.mark.parametrize("expires", [0, 1, NOW, NOW + 1, LATEST])
def test_a_moment_may_be_any_that_there_is(engine: Engine, expires: int) -> None:
    order = minted(engine, "dstor", claims={"exp": expires, "iat": 0, "nbf": 0})
    assert order["expires"] == claims(order["token"])["exp"] == expires
    assert explained(engine, "dstor", order["token"]) == ("ok" if expires > NOW else "expired")
    if expires > NOW:
        assert minted(engine, "dstor", expires_in=expires - NOW)["expires"] == expires


def test_a_token_may_be_one_of_an_account_that_was_added(engine: Engine) -> None:
    account = value(engine, "POST /accounts", vendor="datasentinel", credentials={"user": "alice"})
    token = minted(engine, "datasentinel", account=account["id"])["token"]
    assert claims(token)["user"] == "alice"
    assert claims(minted(engine, "datasentinel")["token"])["user"] == "myUser"
    assert value(engine, f"GET /tokens/{token_id(token)}")["account"] == "alice"
    assert minted(engine, "kitegateway", expiresIn=60)["expires"] == NOW + 60  # in camel case


@each_vendor
def test_a_token_is_explained_as_the_vendor_would_judge_it(engine: Engine, vendor: str) -> None:
    for other in VENDORS:
        token = minted(engine, other)["token"]
        expected = "ok" if vendor == other else "wrong-vendor"
        assert explained(engine, vendor, token) == expected
    malformed = ("", "x", "a.b.c", "Bearer x", "é", "\x00", ".", "..", "eyJ.eyJ.x" * 10_000)
    for text in (*malformed, "JWT "):
        prefixed = vendor == "kitegateway" and text != "JWT "
        assert explained(engine, vendor, text) == ("wrong-prefix" if prefixed else "malformed")
    token = minted(engine, vendor)["token"]
    assert explained(engine, vendor, f"{token.rpartition('.')[0]}.x") == "bad-signature"
    if vendor == "kitegateway":
        for text in (token.removeprefix("JWT "), f"JWT {token}"):
            assert explained(engine, vendor, text) == "wrong-prefix"
    reset(engine)
    assert explained(engine, vendor, token) == "bad-signature"


def test_codes_and_tokens_go_from_state_to_state(engine: Engine) -> None:
    codes = [connect(engine)["accessCode"] for _ in range(2)]
    customer, login = Customer(engine), connect(engine)
    for code, state in ((customer.code, "used"), (login["accessCode"], "active")):
        shown = value(engine, f"GET /tokens/{token_id(code)}")
        assert (shown["kind"], shown["account"]) == ("access code", "dapi_user1")
        assert shown["state"] == state
        assert explained(engine, "dapi", code) == state.replace("active", "ok")
    assert explained(engine, "dstor", login["accessCode"]) == "wrong-vendor"
    assert states(engine)[token_id(customer.token)] == "active"
    ask(engine, "POST /v2/users/DelinkUser", customer.headers, json=customer.secrets)
    assert states(engine)[token_id(customer.token)] == "revoked"
    assert customer.token not in str(value(engine, "GET /tokens"))
    revoke(engine, codes[0])
    engine.state.clock.advance(minutes=30)
    found = [explained(engine, "dapi", code) for code in codes]
    assert found == [states(engine)[token_id(code)] for code in codes] == ["revoked", "expired"]


def test_the_code_that_the_page_prints_is_explained_too(engine: Engine) -> None:
    code = PRINTED["accessCode"]
    assert explained(engine, "dapi", code) == "ok"
    ask(engine, EXCHANGE, json=exchange_fields(PRINTED))
    assert explained(engine, "dapi", code) == "used"
    reset(engine)
    engine.state.clock.advance(minutes=30)
    assert explained(engine, "dapi", code) == states(engine)[token_id(code)] == "expired"


@each_vendor
def test_a_revoked_token_is_refused_by_its_vendor(engine: Engine, vendor: str) -> None:
    order, other = minted(engine, vendor, expires_in=60), minted(engine, vendor, expires_in=61)
    revoke(engine, order["token"])
    assert use(engine, vendor, order["token"]).status == 401
    assert reason(engine) == "The token was revoked."
    assert explained(engine, vendor, order["token"]) == states(engine)[order["id"]] == "revoked"
    assert use(engine, vendor, other["token"]).status == 200
    engine.state.store.collection("issued", ISSUED).clear()
    revoke(engine, other["token"])  # also if it is not listed
    assert explained(engine, vendor, other["token"]) == "revoked"


def test_a_code_that_was_revoked_buys_nothing(engine: Engine) -> None:
    login = connect(engine)
    revoke(engine, login["accessCode"])
    answer = ask(engine, EXCHANGE, json=exchange_fields(login))
    assert content(answer)["type"] == "INVALID_ACCESS_CODE"
    assert dapi_token(engine, connect(engine))
    assert explained(engine, "datasentinel", datasentinel_token(engine)) == "ok"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)
CLAIMS = st.dictionaries(st.sampled_from(["exp", "iat", "nbf", "user", "email", "sub"]), JSON)
ORDERS: dict[str, st.SearchStrategy[Any]] = {
    "account": JSON,
    "expires_in": JSON | st.integers(-5, 10**12),
    "claims": JSON | CLAIMS,
    "defect": JSON | st.sampled_from(sorted(DEFECTS)),
}


@each_vendor
@given(order=st.fixed_dictionaries({}, optional=ORDERS))
def test_no_order_breaks_anything_and_what_it_makes_breaks_no_vendor(
    vendor: str, order: dict[str, Any]
) -> None:
    response = admin(ENGINE, "POST /tokens", json={"vendor": vendor, **order})
    assert response.status in (201, 400, 404)
    if response.status == 201:
        token = content(response)["token"]
        explained(ENGINE, vendor, token)
        assert use(ENGINE, vendor, token).status < 500
        info = ask(ENGINE, f"GET /ds-api/user-token?token={token}", basic("myUser", "myPassword"))
        assert info.status < 500
