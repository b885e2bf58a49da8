"""Dapi: the token in use, and its end."""

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import ask, bearer, content
from tests.sample_requests import sample_requests
from tests.vendor_tokens import Customer, connect, datasentinel_token

ACCOUNTS = "POST /v2/data/accounts/get"
DELINK = "POST /v2/users/DelinkUser"
CARDS = "POST /v2/data/cards/get"
CARD = "dapi_user1-card-2001"
ACCOUNT = {"accountID": "dapi_user1-1001"}
BALANCE = "POST /v2/data/balance/get"
TRANSACTIONS = "POST /v2/data/transactions/get"
IDENTITY = "POST /v2/data/identity/get"
DAYS = {"fromDate": "2026-01-01", "toDate": "2026-01-31"}
CALLS = [
    *("delink_user", "identity", "accounts", "cards", "balance", "transactions"),
    "accounts_metadata",
]


def refused(response: Response, status: int, kind: str) -> str:
    fields = content(response)
    assert (response.status, fields["type"], fields["success"]) == (status, kind, False)
    return str(fields["msg"])


@pytest.fixture
def customer(engine: Engine) -> Customer:
    return Customer(engine)


@pytest.mark.parametrize("name", CALLS)
def test_each_call_succeeds_with_what_clients_send(engine: Engine, name: str) -> None:
    response = engine.answer(sample_requests(engine)[f"dapi.{name}"])
    fields = content(response)
    assert (response.status, fields["success"], fields["status"]) == (200, True, "done")
    assert fields["operationID"]


@pytest.mark.parametrize(("line", "fields", "names", "nullable"), [
    (IDENTITY, {}, "nationality dateOfBirth numbers emailAddress name address identification", ""),
    (ACCOUNTS, {}, "number currency type id name balance", "iban isFavourite"),
    (CARDS, {}, "cardNumber currency type id status", "creditLimit name expiryDate"),
    (BALANCE, ACCOUNT, "amount currency accountNumber", ""),
    (BALANCE, {"cardID": CARD},
     "cardNumber availableBalance outstandingBalance amountDue dueDate currency", ""),
    (BALANCE, {"cardID": "dapi_user1-card-2002"},
     "cardNumber availableBalance outstandingBalance currency", "amountDue dueDate"),
    *(
        (
            TRANSACTIONS,
            {**holder, **DAYS},
            "amount date type currency",
            "description details beforeAmount afterAmount",
        )
        for holder in (ACCOUNT, {"cardID": CARD})
    ),
])  # fmt: skip
def test_the_data_have_the_fields_of_the_vendors_sdk_and_null_where_its_code_allows_it(  # noqa: PLR0917
    engine: Engine,
    customer: Customer,
    line: str,
    fields: dict[str, str],
    names: str,
    nullable: str,
) -> None:
    response = ask(engine, line, customer.headers, json={**customer.secrets, **fields})
    data = content(response)[line.split("/")[-2]]
    items = data if isinstance(data, list) else [data]
    for item in items:
        assert sorted({*item} - {"reference"}) == sorted(f"{names} {nullable}".split())
    found = {name for item in items for name, value in item.items() if value is None}
    assert found == set(nullable.split())


def test_a_transaction_may_have_no_reference(engine: Engine, customer: Customer) -> None:
    fields = {**ACCOUNT, **DAYS}
    response = ask(engine, TRANSACTIONS, customer.headers, json={**customer.secrets, **fields})
    found = ["reference" in each for each in content(response)["transactions"]]
    assert found == [False, True]


@pytest.mark.parametrize("line", [BALANCE, TRANSACTIONS])
@pytest.mark.parametrize(("name", "value", "kind"), [
    *(
        ("cardID", value, "INVALID_CARD_ID")
        for value in ("dapi_user1-card-9999", "dapi_user2-card-2001")
    ),
    *(
        ("accountID", value, "INVALID_ACCOUNT_ID")
        for value in ("dapi_user1-9999", "dapi_user2-1001", "x")
    ),
])  # fmt: skip
def test_a_card_or_account_that_is_not_the_customers_is_unknown(  # noqa: PLR0917
    engine: Engine, customer: Customer, line: str, name: str, value: str, kind: str
) -> None:
    body = {**customer.secrets, **DAYS, name: value}
    refused(ask(engine, line, customer.headers, json=body), 404, kind)


def test_an_account_counts_before_a_card_and_null_is_as_if_it_was_not_sent(
    engine: Engine, customer: Customer
) -> None:
    ids = {"accountID": "dapi_user1-1001", "cardID": CARD}
    found = []
    for changed in ({}, {"accountID": None}):
        body = {**customer.secrets, **ids, **changed}
        response = ask(engine, BALANCE, customer.headers, json=body)
        found.append("accountNumber" in content(response)["balance"])
    assert found == [True, False]


@pytest.mark.parametrize("host", ["api.dapi.com", "dd.dapi.com"])
def test_both_hosts_answer_alike(engine: Engine, customer: Customer, host: str) -> None:
    headers = {**customer.headers, "Host": host}
    assert ask(engine, CARDS, headers, json=customer.secrets).status == 200
    response = ask(engine, "POST /nothing", headers, json=customer.secrets)
    refused(response, 404, "NOT_FOUND")


def test_the_data_are_those_of_the_customer_who_logged_in(engine: Engine) -> None:
    names = []
    for user in ("dapi_user1", "dapi_user2"):
        one = Customer(engine, user=user)
        response = ask(engine, IDENTITY, one.headers, json=one.secrets)
        names.append(user in content(response)["identity"]["emailAddress"])
    assert names == [True, True]


@pytest.mark.parametrize(("days", "status"), [
    (("2026-01-01", "2026-01-01"), 200),
    (("2024-02-29", "2026-01-01"), 200),
    (("2026-01-02", "2026-01-01"), 400),
    (("2026-02-30", "2026-03-01"), 400),
    (("2026-01-01", "2026-13-01"), 400),
    (("0000-01-01", "2026-01-01"), 400),
    (("20260101", "20260102"), 400),
    (("2026-W01-1", "2026-W02-1"), 400),
    (("01-01-2026", "02-01-2026"), 400),
    (("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), 400),
    ((" 2026-01-01", "2026-01-02"), 400),
    (("2026-01-01\n", "2026-01-02"), 400),
    (("\u0662\u0660\u0662\u0666-01-01", "2026-01-02"), 400),
    (("x", "y"), 400),
])  # fmt: skip
def test_a_range_is_two_dates_in_their_order(
    engine: Engine, customer: Customer, days: tuple[str, str], status: int
) -> None:
    fields = {"accountID": "dapi_user1-1001", "fromDate": days[0], "toDate": days[1]}
    response = ask(engine, TRANSACTIONS, customer.headers, json={**customer.secrets, **fields})
    assert response.status == status
    if status == 400:
        refused(response, 400, "INVALID_DATE_RANGE")


@pytest.mark.parametrize(("line", "name"), [
    (IDENTITY, "appSecret"),
    (IDENTITY, "userSecret"),
    (DELINK, "userSecret"),
    (BALANCE, "accountID"),
    (TRANSACTIONS, "accountID"),
    (TRANSACTIONS, "fromDate"),
    (TRANSACTIONS, "toDate"),
])  # fmt: skip
def test_a_field_is_required_and_a_text(
    engine: Engine, customer: Customer, line: str, name: str
) -> None:
    body = {**customer.secrets, "accountID": "dapi_user1-1001", **DAYS}
    for value, status, kind in [
        (None, 422, "PARAMETER_MISSING"),
        ("", 400, "PARAMETER_ERROR"),
        (7, 400, "PARAMETER_ERROR"),
    ]:
        response = ask(engine, line, customer.headers, json={**body, name: value})
        assert name in refused(response, status, kind)


def test_each_bearer_that_is_no_good_is_refused_with_its_own_words(
    engine: Engine, customer: Customer
) -> None:
    gone = Customer(engine)
    ask(engine, DELINK, gone.headers, json=gone.secrets)
    head, claims, signature = customer.token.split(".")
    values = {
        "missing": None,
        "malformed": "Bearer x",
        "forged": f"Bearer {head}.{claims}.{signature[::-1]}",
        "delinked": f"Bearer {gone.token}",
        "an access code": f"Bearer {connect(engine)['accessCode']}",
        "another scheme": f"JWT {customer.token}",
        "another vendor's": f"Bearer {datasentinel_token(engine)}",
    }
    words = {}
    for name, value in values.items():
        headers = {} if value is None else {"Authorization": value}
        response = ask(engine, IDENTITY, headers, json=customer.secrets)
        words[name] = refused(response, 401, "INVALID_ACCESS_TOKEN")
    distinct = [words[name] for name in ("malformed", "forged", "delinked", "an access code")]
    assert len(set(distinct)) == 4


@pytest.mark.parametrize("line", [DELINK, IDENTITY, BALANCE])
@pytest.mark.parametrize(
    ("name", "kind"), [("appSecret", "INVALID_APP_SECRET"), ("userSecret", "INVALID_CONNECTION")]
)
def test_a_wrong_secret_is_refused(
    engine: Engine, customer: Customer, line: str, name: str, kind: str
) -> None:
    body = {**customer.secrets, "accountID": "dapi_user1-1001", name: "wrong"}
    refused(ask(engine, line, customer.headers, json=body), 401, kind)


def test_a_secret_of_another_login_is_refused(engine: Engine, customer: Customer) -> None:
    other = Customer(engine)
    response = ask(engine, IDENTITY, customer.headers, json=other.secrets)
    refused(response, 401, "INVALID_CONNECTION")


def test_the_bearer_is_judged_before_the_body_and_the_body_before_the_secrets(
    engine: Engine, customer: Customer
) -> None:
    wrong = {"appSecret": "wrong", "userSecret": "wrong"}
    refused(ask(engine, BALANCE, bearer("x"), body=b"{"), 401, "INVALID_ACCESS_TOKEN")
    refused(ask(engine, BALANCE, customer.headers, body=b"{"), 400, "PARAMETER_ERROR")
    refused(ask(engine, BALANCE, customer.headers, json=wrong), 422, "PARAMETER_MISSING")


def test_a_token_lasts_for_years(engine: Engine, customer: Customer) -> None:
    engine.state.clock.advance(days=100_000)
    assert ask(engine, IDENTITY, customer.headers, json=customer.secrets).status == 200


@pytest.mark.parametrize(
    "path", ["users/DelinkUser", "users/delinkuser", "data/DelinkUser", "data/delinkUser"]
)
def test_a_delinked_token_is_dead(engine: Engine, customer: Customer, path: str) -> None:
    response = ask(engine, f"POST /v2/{path}", customer.headers, json=customer.secrets)
    assert response.status == 200
    assert list(content(response)) == ["success", "status", "operationID"]
    for line in (f"POST /v2/{path}".upper(), IDENTITY):
        answer = ask(engine, line, customer.headers, json=customer.secrets)
        refused(answer, 401, "INVALID_ACCESS_TOKEN")


def test_delinking_one_token_leaves_another_and_a_new_login_gives_a_new_one(
    engine: Engine, customer: Customer
) -> None:
    other = Customer(engine)
    ask(engine, DELINK, customer.headers, json=customer.secrets)
    again = Customer(engine)
    for each in (other, again):
        assert ask(engine, IDENTITY, each.headers, json=each.secrets).status == 200


def test_a_refused_delinking_leaves_the_token_alive(engine: Engine, customer: Customer) -> None:
    ask(engine, DELINK, customer.headers, json={**customer.secrets, "userSecret": "wrong"})
    assert ask(engine, IDENTITY, customer.headers, json=customer.secrets).status == 200
