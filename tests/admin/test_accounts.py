"""Calls about accounts: made up, given, listed without secrets, removed."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from mockserver.vendors.kitegateway.auth_token import BUILT_IN as KITEGATEWAY
from tests.engine_client import admin, ask, basic, content, header, reset
from tests.vendor_tokens import connect, exchange_fields

SECRETS = {
    "dapi": {"appSecret"},
    "datasentinel": {"password"},
    "dstor": {"api-key", "password"},
    "kitegateway": {"api_key", "Secret-Key"},
}
GIVEN: dict[str, dict[str, Any]] = {
    "dapi": {"appSecret": "mine", "bankLogins": {"alice": "a"}},
    "datasentinel": {"user": "mine", "password": "1"},
    "dstor": {"api-key": "m" * 64},
    "kitegateway": {"Secret-Key": "mine"},
}
EACH = pytest.mark.parametrize("vendor", sorted(SECRETS))
TAG = re.compile(r"\[redacted:[0-9a-f]{4}\]")

USES: dict[str, Callable[[Engine, dict[str, Any]], Response]] = {
    "dapi": lambda engine, account: ask(
        engine,
        "POST /v2/auth/ExchangeToken",
        json={
            **exchange_fields(connect(engine, app_key=account["appKey"])),
            "appSecret": account["appSecret"],
        },
    ),
    "datasentinel": lambda engine, account: ask(
        engine, "POST /ds-api/user-token", basic(account["user"], account["password"])
    ),
    "dstor": lambda engine, account: ask(
        engine, "GET /v1/dev/temp-token", {"api-key": account["api-key"]}
    ),
    "kitegateway": lambda engine, account: ask(
        engine,
        "POST /v1/auth/token",
        {"Secret-Key": account["Secret-Key"]},
        json={"api_key": account["api_key"]},
    ),
}


def added(engine: Engine, vendor: str, **credentials: Any) -> dict[str, Any]:
    body = {"vendor": vendor, "credentials": credentials}
    response = admin(engine, "POST /accounts", json=body)
    assert response.status == 201, content(response)
    answer: dict[str, Any] = content(response)
    assert (set(answer), answer["vendor"]) == ({"id", "vendor", "credentials"}, vendor)
    return answer


def listed(engine: Engine) -> list[dict[str, Any]]:
    accounts: list[dict[str, Any]] = content(admin(engine, "GET /accounts"))["accounts"]
    return accounts


@EACH
def test_an_account_is_made_up_and_good(engine: Engine, vendor: str) -> None:
    body = {"vendor": vendor}
    first, second = (content(admin(engine, "POST /accounts", json=body)) for _ in range(2))
    for account in (first, second):
        assert USES[vendor](engine, account["credentials"]).status in (200, 201)
    for name in SECRETS[vendor]:
        assert first["credentials"][name] != second["credentials"][name]


@EACH
def test_what_is_given_is_taken_and_the_rest_made_up(engine: Engine, vendor: str) -> None:
    given = GIVEN[vendor]
    credentials = added(engine, vendor, **given)["credentials"]
    assert credentials.items() >= given.items()
    assert len(credentials) > len(given)
    assert all(credentials.values())
    assert USES[vendor](engine, credentials).status in (200, 201)


def test_a_login_of_an_app_that_was_added_is_one_of_its_own(engine: Engine) -> None:
    app = added(engine, "dapi", bankLogins={"alice": "secret", "bob": "secret"})["credentials"]
    assert connect(engine, app_key=app["appKey"], user="bob")["success"] is True
    body = {"app_key": app["appKey"], "user": "dapi_user1"}
    answer = admin(engine, "POST /vendors/dapi/connect", json=body)
    assert (answer.status, "alice, bob" in content(answer)["detail"]) == (400, True)


def test_accounts_are_listed_by_vendor_the_built_in_ones_first(engine: Engine) -> None:
    account = added(engine, "datasentinel", user="alice")
    vendors = [each["vendor"] for each in listed(engine)]
    assert vendors == ["dapi", "datasentinel", "datasentinel", "dstor", "kitegateway"]
    assert listed(engine)[2]["id"] == account["id"]
    assert listed(engine)[2]["credentials"]["user"] == "alice"


@EACH
def test_accounts_are_listed_without_their_secrets(engine: Engine, vendor: str) -> None:
    account = added(engine, vendor)
    shown = {each["id"]: each["credentials"] for each in listed(engine)}[account["id"]]
    assert list(shown) == list(account["credentials"])
    hidden = {name for name, value in shown.items() if TAG.fullmatch(str(value))}
    assert hidden == SECRETS[vendor]
    plain = {name: value for name, value in account["credentials"].items() if name not in hidden}
    assert {name: shown[name] for name in plain if name != "bankLogins"} == {
        name: value for name, value in plain.items() if name != "bankLogins"
    }


def test_of_bank_logins_every_password_is_hidden_and_no_user(engine: Engine) -> None:
    account = added(engine, "dapi", bankLogins={"alice": "a", "bob": "long enough"})
    shown = {each["id"]: each["credentials"] for each in listed(engine)}[account["id"]]
    assert list(shown["bankLogins"]) == ["alice", "bob"]
    assert all(map(TAG.fullmatch, shown["bankLogins"].values()))


@EACH
def test_a_removed_account_is_known_no_more(engine: Engine, vendor: str) -> None:
    account = added(engine, vendor)
    kept = listed(engine)
    gone = added(engine, vendor)
    assert admin(engine, f"DELETE /accounts/{gone['id']}").status == 200
    assert listed(engine) == kept
    assert USES[vendor](engine, account["credentials"]).status in (200, 201)
    if vendor != "dapi":  # a login at an app that is not known cannot even begin
        assert USES[vendor](engine, gone["credentials"]).status == 401
    assert admin(engine, f"DELETE /accounts/{gone['id']}").status == 404


def test_the_tokens_of_a_removed_account_stay_good(engine: Engine) -> None:
    account = added(engine, "datasentinel")
    token = content(USES["datasentinel"](engine, account["credentials"]))["user-token"]
    admin(engine, f"DELETE /accounts/{account['id']}")
    assert ask(engine, "GET /ds-api/roles", {"user-token": token}).status == 200


def test_a_built_in_account_may_be_removed_and_a_reset_brings_it_back(engine: Engine) -> None:
    before = [each["vendor"] for each in listed(engine)]
    for account in listed(engine):
        assert admin(engine, f"DELETE /accounts/{account['id']}").status == 200
    assert listed(engine) == []
    assert ask(engine, "POST /ds-api/user-token", basic("myUser", "myPassword")).status == 401
    reset(engine)
    assert [each["vendor"] for each in listed(engine)] == before


@pytest.mark.parametrize(("body", "status", "detail"), [
    ({}, 400, "vendor must be one of "),
    ({"vendor": "nobody"}, 400, "vendor must be one of "),
    ({"vendor": "dstor", "credentials": []}, 400, "credentials must be an object"),
    ({"vendor": "dstor", "credentials": {"user": "x"}}, 400, "credentials.user is not known"),
    ({"vendor": "dstor", "credentials": {"email": 1}}, 400, "credentials.email must be a text"),
    ({"vendor": "dstor", "credentials": {"email": ""}}, 400, "credentials.email must be a text"),
    ({"vendor": "dstor", "credentials": {"email": None}}, 400, "credentials.email must be a t"),
    ({"vendor": "dapi", "credentials": {"bankLogins": {}}}, 400, "must be an object of texts"),
    ({"vendor": "dapi", "credentials": {"bankLogins": "a"}}, 400, "must be an object of texts"),
    ({"vendor": "dapi", "credentials": {"bankLogins": {"a": 1}}}, 400,
     "credentials.bankLogins must be an object of texts"),
    ({"vendor": "dapi", "credential": {}}, 400, "credential is no field of this call"),
], ids=str)  # fmt: skip
def test_what_cannot_be_added_is_refused_and_named(
    engine: Engine, body: dict[str, Any], status: int, detail: str
) -> None:
    before = listed(engine)
    response = admin(engine, "POST /accounts", json=body)
    assert response.status == status
    assert header(response, "Content-Type") == "application/problem+json"
    assert detail in content(response)["detail"]
    assert listed(engine) == before


@pytest.mark.parametrize(("vendor", "name", "value", "detail"), [
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
    engine: Engine, vendor: str, name: str, value: str, detail: str
) -> None:
    before = listed(engine)
    body = {"vendor": vendor, "credentials": {name: value}}
    response = admin(engine, "POST /accounts", json=body)
    assert response.status == 400
    assert content(response)["detail"].startswith(f"credentials.{name} must ")
    assert detail in content(response)["detail"]
    assert value not in content(response)["detail"]
    assert listed(engine) == before


@pytest.mark.parametrize(("vendor", "name", "value"), [
    ("dstor", "api-key", "\u00e9" * 64),
    ("datasentinel", "user", "\u0142"),
    ("datasentinel", "password", "a:b"),
    ("kitegateway", "Secret-Key", "two words"),
])  # fmt: skip
def test_odd_credentials_with_which_one_can_log_in_are_taken(
    engine: Engine, vendor: str, name: str, value: str
) -> None:
    account = added(engine, vendor, **{name: value})["credentials"]
    assert USES[vendor](engine, account).status in (200, 201)


DUPLICATES = {
    "dapi": [{"appSecret": "s"}, {"appKey": "k"}],
    "datasentinel": [{"user": "ann", "password": "p"}],
    "dstor": [{"api-key": "k" * 64}, {"email": "ann@example.com", "password": "p"}],
    "kitegateway": [{"api_key": "k", "Secret-Key": "s"}],
}


@pytest.mark.parametrize(
    ("vendor", "login"), [(name, login) for name, logins in DUPLICATES.items() for login in logins]
)
def test_who_would_be_taken_for_another_account_is_a_conflict(
    engine: Engine, vendor: str, login: dict[str, str]
) -> None:
    first = added(engine, vendor, **login)
    before = listed(engine)
    body = {"vendor": vendor, "credentials": login}
    response = admin(engine, "POST /accounts", json=body)
    assert response.status == 409
    for name in login:
        assert name in content(response)["detail"]
    for value in login.values():
        assert value not in content(response)["detail"].split()
    assert listed(engine) == before
    admin(engine, f"DELETE /accounts/{first['id']}")
    added(engine, vendor, **login)


def test_a_login_that_differs_in_a_part_is_another_one(engine: Engine) -> None:
    for user, password in (("a", "1"), ("a", "2"), ("b", "1")):
        account = added(engine, "datasentinel", user=user, password=password)["credentials"]
        assert USES["datasentinel"](engine, account).status == 201


def test_built_in_credentials_are_taken_already(engine: Engine) -> None:
    body = {"vendor": "kitegateway", "credentials": dict(KITEGATEWAY)}
    assert admin(engine, "POST /accounts", json=body).status == 409


def test_null_counts_as_absent(engine: Engine) -> None:
    body = {"vendor": "dstor", "credentials": None}
    assert admin(engine, "POST /accounts", json=body).status == 201


def test_an_account_that_is_not_there_cannot_be_removed(engine: Engine) -> None:
    response = admin(engine, "DELETE /accounts/x")
    assert (response.status, content(response)["detail"]) == (404, "there is no such account")
