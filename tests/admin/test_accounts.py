"""Calls about accounts: made up, given, listed without secrets, removed."""

import re
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from mockserver.vendors.kitegateway.auth_token import BUILT_IN as KITEGATEWAY
from tests.engine_client import admin, ask, basic, content, refused, reset, value
from tests.vendor_tokens import EXCHANGE, connect, each_vendor, exchange_fields, use

SECRETS = {
    "dapi": {"appSecret"},
    "datasentinel": {"password"},
    "dstor": {"api-key", "password"},
    "kitegateway": {"api_key", "Secret-Key"},
}
GIVEN: dict[str, dict[str, Any]] = {
    "dapi": {"appSecret": "mine", "bankLogins": {"alice": "a", "bob": "long enough"}},
    "datasentinel": {"user": "mine", "password": "1"},
    "dstor": {"api-key": "m" * 64},
    "kitegateway": {"Secret-Key": "mine"},
}
TAG = re.compile(r"\[redacted:[0-9a-f]{4}\]")


def login(engine: Engine, vendor: str, account: dict[str, Any]) -> Response:
    """Return the vendor's answer to who logs in with an account."""
    if vendor == "dapi":
        fields = exchange_fields(connect(engine, app_key=account["appKey"]))
        return ask(engine, EXCHANGE, json={**fields, "appSecret": account["appSecret"]})
    if vendor == "datasentinel":
        return ask(engine, "POST /ds-api/user-token", basic(account["user"], account["password"]))
    if vendor == "dstor":
        return ask(engine, "GET /v1/dev/temp-token", {"api-key": account["api-key"]})
    secret = {"Secret-Key": account["Secret-Key"]}
    return ask(engine, "POST /v1/auth/token", secret, json={"api_key": account["api_key"]})


def added(engine: Engine, vendor: str, **credentials: Any) -> dict[str, Any]:
    body = {"vendor": vendor, "credentials": credentials}
    response = admin(engine, "POST /accounts", json=body)
    assert response.status == 201, content(response)
    answer: dict[str, Any] = content(response)
    assert (set(answer), answer["vendor"]) == ({"id", "vendor", "credentials"}, vendor)
    return answer


def listed(engine: Engine) -> list[dict[str, Any]]:
    accounts: list[dict[str, Any]] = value(engine, "GET /accounts")["accounts"]
    return accounts


@each_vendor
def test_what_is_given_is_taken_and_the_rest_made_up(engine: Engine, vendor: str) -> None:
    made_up = [added(engine, vendor)["credentials"] for _ in range(2)]
    given = added(engine, vendor, **GIVEN[vendor])["credentials"]
    assert given.items() >= GIVEN[vendor].items()
    assert len(given) > len(GIVEN[vendor])
    for account in (*made_up, given):
        assert all(account.values())
        assert login(engine, vendor, account).status in (200, 201)
    assert not any(made_up[0][name] == made_up[1][name] for name in SECRETS[vendor])


def test_a_login_of_an_app_that_was_added_is_one_of_its_own(engine: Engine) -> None:
    app = added(engine, "dapi", bankLogins={"alice": "secret", "bob": "secret"})["credentials"]
    assert connect(engine, app_key=app["appKey"], user="bob")["success"] is True
    body = {"app_key": app["appKey"], "user": "dapi_user1"}
    assert "alice, bob" in refused(admin(engine, "POST /vendors/dapi/connect", json=body))


def test_accounts_are_listed_by_vendor_the_built_in_ones_first(engine: Engine) -> None:
    account = added(engine, "datasentinel", user="alice")
    vendors = [each["vendor"] for each in listed(engine)]
    assert vendors == ["dapi", "datasentinel", "datasentinel", "dstor", "kitegateway"]
    third = listed(engine)[2]
    assert (third["id"], third["credentials"]["user"]) == (account["id"], "alice")


@each_vendor
def test_accounts_are_listed_without_their_secrets(engine: Engine, vendor: str) -> None:
    account = added(engine, vendor, **GIVEN[vendor])
    plain = account["credentials"]
    shown = {each["id"]: each["credentials"] for each in listed(engine)}[account["id"]]
    assert list(shown) == list(plain)
    hidden = {name for name in shown if TAG.fullmatch(str(shown[name]))}
    assert hidden == SECRETS[vendor]
    logins = shown.get("bankLogins", {})
    assert list(logins) == (["alice", "bob"] if vendor == "dapi" else [])
    assert all(map(TAG.fullmatch, logins.values()))
    assert all(shown[name] == plain[name] for name in plain if name not in {*hidden, "bankLogins"})


@each_vendor
def test_a_removed_account_is_known_no_more(engine: Engine, vendor: str) -> None:
    account = added(engine, vendor)
    kept = listed(engine)
    gone = added(engine, vendor)
    value(engine, f"DELETE /accounts/{gone['id']}")
    assert listed(engine) == kept
    assert login(engine, vendor, account["credentials"]).status in (200, 201)
    if vendor != "dapi":  # a login at an app that is not known cannot even begin
        assert login(engine, vendor, gone["credentials"]).status == 401
    assert admin(engine, f"DELETE /accounts/{gone['id']}").status == 404


def test_the_tokens_of_a_removed_account_stay_good(engine: Engine) -> None:
    account = added(engine, "datasentinel")
    token = content(login(engine, "datasentinel", account["credentials"]))["user-token"]
    value(engine, f"DELETE /accounts/{account['id']}")
    assert use(engine, "datasentinel", token).status == 200


def test_a_built_in_account_may_be_removed_and_a_reset_brings_it_back(engine: Engine) -> None:
    before = [each["vendor"] for each in listed(engine)]
    for account in listed(engine):
        value(engine, f"DELETE /accounts/{account['id']}")
    assert listed(engine) == []
    assert ask(engine, "POST /ds-api/user-token", basic("myUser", "myPassword")).status == 401
    reset(engine)
    assert [each["vendor"] for each in listed(engine)] == before


@pytest.mark.parametrize(("vendor", "name", "value_", "detail"), [
    ("dstor", "api-key", "too-short", "64 characters"),
    ("dstor", "api-key", "x" * 65, "64 characters"),
    ("dstor", "api-key", "x" * 63 + "\n", "a header"),
    ("dstor", "api-key", "x" * 63 + " ", "a header"),
    ("dstor", "api-key", "\u0142" * 64, "a header"),
    ("datasentinel", "user", "an:n", "colon"),
    ("kitegateway", "Secret-Key", "a\nb", "a header"),
    ("kitegateway", "Secret-Key", "\tx", "a header"),
    ("kitegateway", "Secret-Key", "\u0142", "a header"),
])  # fmt: skip
def test_credentials_with_which_nobody_could_log_in_are_refused(
    engine: Engine, vendor: str, name: str, value_: str, detail: str
) -> None:
    before = listed(engine)
    body = {"vendor": vendor, "credentials": {name: value_}}
    said = refused(admin(engine, "POST /accounts", json=body))
    assert said.startswith(f"credentials.{name} must ")
    assert (detail in said, value_ in said, listed(engine)) == (True, False, before)


@pytest.mark.parametrize(("vendor", "credentials"), [
    ("dstor", {"api-key": "\u00e9" * 64}),
    ("kitegateway", {"Secret-Key": "two words"}),
    *(("datasentinel", each) for each in ({"user": "\u0142"}, {"password": "a:b"})),
    *(("datasentinel", {"user": user, "password": password}) for user in "ab" for password in "12"),
])  # fmt: skip
def test_odd_and_similar_credentials_are_taken(
    engine: Engine, vendor: str, credentials: dict[str, str]
) -> None:
    added(engine, "datasentinel", user="a", password="3")
    account = added(engine, vendor, **credentials)["credentials"]
    assert login(engine, vendor, account).status in (200, 201)


@pytest.mark.parametrize(("vendor", "login"), [
    ("dapi", {"appSecret": "s"}), ("dapi", {"appKey": "k"}),
    ("datasentinel", {"user": "ann", "password": "p"}),
    ("dstor", {"api-key": "k" * 64}), ("dstor", {"email": "ann@example.com", "password": "p"}),
    ("kitegateway", {"api_key": "k", "Secret-Key": "s"}),
])  # fmt: skip
def test_who_would_be_taken_for_another_account_is_a_conflict(
    engine: Engine, vendor: str, login: dict[str, str]
) -> None:
    first = added(engine, vendor, **login)
    before = listed(engine)
    body = {"vendor": vendor, "credentials": login}
    detail = refused(admin(engine, "POST /accounts", json=body), 409)
    assert all(name in detail for name in login)
    assert set(login.values()).isdisjoint(detail.split())
    assert listed(engine) == before
    value(engine, f"DELETE /accounts/{first['id']}")
    added(engine, vendor, **login)
    built_in = {"vendor": "kitegateway", "credentials": dict(KITEGATEWAY)}
    assert admin(engine, "POST /accounts", json=built_in).status == 409
