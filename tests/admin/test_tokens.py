"""Calls that order a token, ask about one, and revoke one."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from mockserver.model.token_registry import ISSUED
from mockserver.vendors.dapi.connect import PRINTED
from tests.engine_client import (
    NOW,
    admin,
    ask,
    basic,
    bearer,
    content,
    fresh_engine,
    header,
    jwt_parts,
    reset,
)
from tests.vendor_tokens import APP_SECRET, connect, dapi_token, datasentinel_token, exchange_fields

VENDORS = ["dapi", "datasentinel", "dstor", "kitegateway"]
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
UPLOAD = {"chunks_number": 1, "folder_path": "/"}
CUSTOMER = {**APP_SECRET, "userSecret": "user_secret_value"}

USES: dict[str, Callable[[Engine, str], Response]] = {
    "dapi": lambda engine, token: ask(
        engine, "POST /v2/data/identity/get", bearer(token), json=CUSTOMER
    ),
    "datasentinel": lambda engine, token: ask(engine, "GET /ds-api/roles", {"user-token": token}),
    "dstor": lambda engine, token: ask(
        engine, "POST /v1/upload/get-token", bearer(token), json=UPLOAD
    ),
    "kitegateway": lambda engine, token: ask(
        engine, "GET /v1/data/wallets/balances", {"Authorization": token}
    ),
}
EACH = pytest.mark.parametrize("vendor", VENDORS)


def minted(engine: Engine, vendor: str, **order: Any) -> dict[str, Any]:
    response = admin(engine, "POST /tokens", json={"vendor": vendor, **order})
    assert response.status == 201, content(response)
    answer: dict[str, Any] = content(response)
    assert set(answer) == {"id", "token", "expires"}
    return answer


def claims(token: str) -> dict[str, Any]:
    return jwt_parts(token.removeprefix("JWT "))[1]


def explained(engine: Engine, vendor: str, token: str) -> str:
    response = admin(engine, "POST /tokens/explain", json={"vendor": vendor, "token": token})
    assert response.status == 200
    assert content(response)["accepted"] is (content(response)["reason"] == "ok")
    return str(content(response)["reason"])


def reason(engine: Engine) -> str | None:
    """Why the vendor refused the last request, by the journal."""
    last: str | None = content(admin(engine, "GET /requests"))["requests"][0]["request"]["reason"]
    return last


def refused(engine: Engine, order: object, status: int = 400) -> str:
    response = admin(engine, "POST /tokens", json=order)
    assert response.status == status
    assert header(response, "Content-Type") == "application/problem+json"
    return str(content(response)["detail"])


@EACH
def test_an_ordered_token_is_as_good_as_a_bought_one(engine: Engine, vendor: str) -> None:
    order = minted(engine, vendor)
    assert USES[vendor](engine, order["token"]).status == 200
    assert reason(engine) is None
    assert explained(engine, vendor, order["token"]) == "ok"
    assert order["expires"] == claims(order["token"]).get("exp")
    one, every = (admin(engine, f"GET {path}") for path in (f"/tokens/{order['id']}", "/tokens"))
    assert (one.status, every.status) == (200, 200)
    shown = content(one)
    assert (shown["vendor"], shown["kind"], shown["state"]) == (vendor, "access token", "active")
    assert content(every)["tokens"][0] == shown


@EACH
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_token_with_a_defect_is_refused_for_it(engine: Engine, vendor: str, defect: str) -> None:
    order = minted(engine, vendor, defect=defect)
    response = USES[vendor](engine, order["token"])
    assert response.status == 401
    assert reason(engine) == DEFECTS[defect]
    assert explained(engine, vendor, order["token"]) == defect
    assert admin(engine, f"GET /tokens/{order['id']}").status == 404  # it was never issued


def test_a_defect_is_seen_wherever_the_vendor_takes_a_token(engine: Engine) -> None:
    for defect, text in DEFECTS.items():
        token = minted(engine, "datasentinel", defect=defect)["token"]
        line = f"GET /ds-api/user-token?token={token}"
        assert ask(engine, line, basic("myUser", "myPassword")).status == 401
        assert reason(engine) == text
        token = minted(engine, "dapi", defect=defect)["token"]
        for path in ("users/DelinkUser", "data/accounts/get", "metadata/accounts/get"):
            answer = ask(engine, f"POST /v2/{path}", bearer(token), json=CUSTOMER)
            assert content(answer)["type"] == "INVALID_ACCESS_TOKEN"
            assert reason(engine) == text


@EACH
def test_a_life_may_be_ordered(engine: Engine, vendor: str) -> None:
    order = minted(engine, vendor, expires_in=60)
    assert order["expires"] == claims(order["token"])["exp"] == NOW + 60
    engine.state.clock.advance(seconds=59)
    assert explained(engine, vendor, order["token"]) == "ok"
    engine.state.clock.advance(seconds=1)
    assert explained(engine, vendor, order["token"]) == "expired"
    assert USES[vendor](engine, order["token"]).status == 401
    assert content(admin(engine, f"GET /tokens/{order['id']}"))["state"] == "expired"


@EACH
@pytest.mark.parametrize("defect", ["expired", "not-yet-valid"])
def test_the_answer_says_when_the_token_that_was_ordered_expires(
    engine: Engine, vendor: str, defect: str
) -> None:
    order = minted(engine, vendor, expires_in=60, defect=defect)
    assert order["expires"] == claims(order["token"])["exp"]
    assert order["expires"] == (NOW - 3600 if defect == "expired" else NOW + 60)


@EACH
def test_claims_may_be_ordered_and_go_before_the_vendors_own(engine: Engine, vendor: str) -> None:
    wanted = {"exp": NOW + 5, "extra": [1, {"é": None}], "iat": NOW - 5}
    order = minted(engine, vendor, claims=wanted, expires_in=60)
    said = claims(order["token"])
    assert (order["expires"], said["exp"], said["extra"]) == (NOW + 5, NOW + 5, [1, {"é": None}])
    assert said["iat"] == NOW - 5
    assert USES[vendor](engine, order["token"]).status == 200


@EACH
def test_null_removes_a_claim_and_no_vendor_fails_at_a_token_without_it(
    engine: Engine, vendor: str
) -> None:
    for name in claims(minted(engine, vendor)["token"]):
        order = minted(engine, vendor, claims={name: None, "unknown": None})
        assert {name, "unknown"}.isdisjoint(claims(order["token"]))
        assert USES[vendor](engine, order["token"]).status in (200, 401), name
        if vendor == "datasentinel":
            line = f"GET /ds-api/user-token?token={order['token']}"
            assert ask(engine, line, basic("myUser", "myPassword")).status == 200, name


@pytest.mark.parametrize("expires", [0, 1, NOW, NOW + 1, LATEST])
def test_a_moment_may_be_any_that_there_is(engine: Engine, expires: int) -> None:
    order = minted(engine, "dstor", claims={"exp": expires, "iat": 0, "nbf": 0})
    assert order["expires"] == claims(order["token"])["exp"] == expires
    reason = "ok" if expires > NOW else "expired"
    assert explained(engine, "dstor", order["token"]) == reason
    if expires > NOW:
        life = minted(engine, "dstor", expires_in=expires - NOW)
        assert life["expires"] == expires


def test_a_token_may_be_one_of_an_account_that_was_added(engine: Engine) -> None:
    body = {"vendor": "datasentinel", "credentials": {"user": "alice"}}
    added = content(admin(engine, "POST /accounts", json=body))
    token = minted(engine, "datasentinel", account=added["id"])["token"]
    assert claims(token)["user"] == "alice"
    assert claims(minted(engine, "datasentinel")["token"])["user"] == "myUser"


@pytest.mark.parametrize(("order", "status", "detail"), [
    ({}, 400, "vendor must be one of dapi, datasentinel, dstor, kitegateway"),
    ({"vendor": "nobody"}, 400, "vendor must be one of "),
    ({"vendor": ["dapi"]}, 400, "vendor must be one of "),
    ({"vendor": "dapi", "nonsense": 1}, 400, "nonsense is no field of this call"),
    ({"vendor": "dapi", "account": "x"}, 404, "account: there is none with this id"),
    ({"vendor": "dapi", "account": ""}, 404, "account: there is none with this id"),
    ({"vendor": "dapi", "account": 1}, 400, "account must be the id of one, a text"),
    ({"vendor": "dapi", "account": {}}, 400, "account must be the id of one, a text"),
    ({"vendor": "dapi", "expires_in": 0}, 400, "expires_in must be 1 to"),
    ({"vendor": "dapi", "expires_in": -5}, 400, "expires_in must be 1 to"),
    ({"vendor": "dapi", "expires_in": LATEST + 1}, 400, "expires_in must be 1 to"),
    ({"vendor": "dapi", "expires_in": LATEST}, 400, "would expire after the year 9999"),
    ({"vendor": "dapi", "expires_in": 1.5}, 400, "expires_in must be whole seconds"),
    ({"vendor": "dapi", "expires_in": True}, 400, "expires_in must be whole seconds"),
    ({"vendor": "dapi", "expires_in": "60"}, 400, "expires_in must be whole seconds"),
    ({"vendor": "dapi", "claims": []}, 400, "claims must be an object"),
    ({"vendor": "dapi", "claims": {"exp": "soon"}}, 400, "claims.exp must be Unix seconds"),
    ({"vendor": "dapi", "claims": {"iat": 1.5}}, 400, "claims.iat must be Unix seconds"),
    ({"vendor": "dapi", "claims": {"nbf": True}}, 400, "claims.nbf must be Unix seconds"),
    ({"vendor": "dapi", "claims": {"exp": -1}}, 400, "claims.exp must be Unix seconds"),
    ({"vendor": "dapi", "claims": {"exp": LATEST + 1}}, 400, "claims.exp must be Unix seconds"),
    ({"vendor": "dapi", "defect": "broken"}, 400, "defect must be one of expired, "),
    ({"vendor": "dapi", "defect": ["expired"]}, 400, "defect must be one of expired, "),
    ({"vendor": "dapi", "defect": {}}, 400, "defect must be one of expired, "),
], ids=str)  # fmt: skip
def test_what_cannot_be_ordered_is_refused_and_named(
    engine: Engine, order: dict[str, Any], status: int, detail: str
) -> None:
    assert detail in refused(engine, order, status)


def test_there_is_no_token_without_an_account(engine: Engine) -> None:
    for account in content(admin(engine, "GET /accounts"))["accounts"]:
        assert admin(engine, f"DELETE /accounts/{account['id']}").status == 200
    for vendor in VENDORS:
        assert "none at all" in refused(engine, {"vendor": vendor}, 404)


def test_null_counts_as_absent(engine: Engine) -> None:
    order = dict.fromkeys(["account", "expires_in", "claims", "defect"])
    assert claims(minted(engine, "dstor", **order)["token"])["exp"] == NOW + 31_536_000


def test_a_token_is_explained_as_the_vendor_would_judge_it(engine: Engine) -> None:
    token = datasentinel_token(engine)
    kite = minted(engine, "kitegateway")["token"]
    assert explained(engine, "datasentinel", token) == "ok"
    head, said, _ = token.split(".")
    assert explained(engine, "datasentinel", f"{head}.{said}.x") == "bad-signature"
    assert explained(engine, "kitegateway", kite.removeprefix("JWT ")) == "wrong-prefix"
    assert explained(engine, "kitegateway", f"JWT {kite}") == "wrong-prefix"


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("other", VENDORS)
def test_the_token_of_another_vendor_is_of_the_wrong_vendor(
    engine: Engine, vendor: str, other: str
) -> None:
    token = minted(engine, other)["token"]
    expected = "ok" if vendor == other else "wrong-vendor"
    assert explained(engine, vendor, token) == expected


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "JWT ", "Bearer x", "é", "\x00", ".", "..", "eyJ.eyJ.x" * 10_000]
)
@EACH
def test_what_is_no_token_is_malformed_or_lacks_the_prefix(
    engine: Engine, vendor: str, token: str
) -> None:
    prefix = vendor == "kitegateway" and token != "JWT "
    assert explained(engine, vendor, token) == ("wrong-prefix" if prefix else "malformed")


@EACH
def test_a_token_of_before_a_reset_has_a_bad_signature(engine: Engine, vendor: str) -> None:
    token = minted(engine, vendor)["token"]
    reset(engine)
    assert explained(engine, vendor, token) == "bad-signature"


def test_a_code_is_good_then_used_or_expired_or_revoked(engine: Engine) -> None:
    foreign, late, revoked = (connect(engine)["accessCode"] for _ in range(3))
    login = connect(engine)
    assert explained(engine, "dapi", login["accessCode"]) == "ok"
    ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    assert explained(engine, "dapi", login["accessCode"]) == "used"
    assert explained(engine, "dstor", foreign) == "wrong-vendor"
    listed = {each["id"]: each["state"] for each in content(admin(engine, "GET /tokens"))["tokens"]}
    assert sorted(listed.values()) == ["active"] * 5 + ["used"]
    for id_ in (id_ for id_, state in listed.items() if state == "active"):
        admin(engine, f"DELETE /tokens/{id_}")
    assert explained(engine, "dapi", revoked) == "revoked"
    engine.state.clock.advance(minutes=30)
    assert explained(engine, "dapi", late) == "revoked"


@pytest.mark.parametrize("body", [{}, {"token": None}, {"token": 1}, {"token": ["a"]}])
def test_only_a_text_can_be_explained(engine: Engine, body: dict[str, object]) -> None:
    response = admin(engine, "POST /tokens/explain", json={"vendor": "dapi", **body})
    assert (response.status, content(response)["detail"]) == (400, "token must be a text")
    unknown = admin(engine, "POST /tokens/explain", json={"token": "x"})
    assert (unknown.status, content(unknown)["detail"].partition(";")[0]) == (
        400,
        "vendor must be one of dapi, datasentinel, dstor, kitegateway",
    )


def test_the_code_that_the_page_prints_is_explained_too(engine: Engine) -> None:
    code = PRINTED["accessCode"]
    assert explained(engine, "dapi", code) == "ok"
    ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(PRINTED))
    assert explained(engine, "dapi", code) == "used"
    reset(engine)
    engine.state.clock.advance(minutes=30)
    assert explained(engine, "dapi", code) == "expired"


@EACH
def test_a_revoked_token_is_refused_by_its_vendor(engine: Engine, vendor: str) -> None:
    order, other = minted(engine, vendor, expires_in=60), minted(engine, vendor, expires_in=61)
    assert admin(engine, f"DELETE /tokens/{order['id']}").status == 200
    assert USES[vendor](engine, order["token"]).status == 401
    assert reason(engine) == "The token was revoked."
    assert explained(engine, vendor, order["token"]) == "revoked"
    assert USES[vendor](engine, other["token"]).status == 200


def test_a_token_that_is_not_listed_can_be_revoked(engine: Engine) -> None:
    order = minted(engine, "dapi")
    engine.state.store.collection("issued", ISSUED).clear()
    assert admin(engine, f"DELETE /tokens/{order['id']}").status == 200
    assert explained(engine, "dapi", order["token"]) == "revoked"


def test_a_code_that_was_revoked_buys_nothing(engine: Engine) -> None:
    login = connect(engine)
    (code, *_) = content(admin(engine, "GET /tokens"))["tokens"]
    assert (code["kind"], code["account"], code["state"]) == ("access code", "dapi_user1", "active")
    admin(engine, f"DELETE /tokens/{code['id']}")
    answer = ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    assert content(answer)["type"] == "INVALID_ACCESS_CODE"
    assert dapi_token(engine, connect(engine))


@pytest.mark.parametrize("id_", ["x", "0123456789ABCDEF", "0123456789abcde", "0" * 17, "%20"])
def test_what_is_no_id_of_a_token_cannot_be_revoked(engine: Engine, id_: str) -> None:
    response = admin(engine, f"DELETE /tokens/{id_}")
    assert (response.status, "16 hex digits" in content(response)["detail"]) == (404, True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@EACH
@given(
    order=st.fixed_dictionaries(
        {},
        optional={
            "account": JSON,
            "expires_in": JSON | st.integers(-5, 10**12),
            "claims": JSON
            | st.dictionaries(st.sampled_from(["exp", "iat", "nbf", "user", "email", "sub"]), JSON),
            "defect": JSON | st.sampled_from(sorted(DEFECTS)),
        },
    )
)
def test_no_order_breaks_anything_and_what_it_makes_breaks_no_vendor(
    vendor: str, order: dict[str, Any]
) -> None:
    response = admin(ENGINE, "POST /tokens", json={"vendor": vendor, **order})
    assert response.status in (201, 400, 404)
    if response.status == 201:
        token = content(response)["token"]
        explained(ENGINE, vendor, token)
        assert USES[vendor](ENGINE, token).status < 500
        info = ask(ENGINE, f"GET /ds-api/user-token?token={token}", basic("myUser", "myPassword"))
        assert info.status < 500


def test_a_field_may_be_in_camel_case_but_not_in_both(engine: Engine) -> None:
    order = {"vendor": "kitegateway", "expiresIn": 60}
    assert content(admin(engine, "POST /tokens", json=order))["token"]
    assert "twice" in refused(engine, {**order, "expires_in": 60}, 400)
