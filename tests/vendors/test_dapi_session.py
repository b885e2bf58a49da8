"""Dapi: the token in use, and its end."""

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import ask, bearer, content
from tests.sample_requests import sample_requests
from tests.vendor_tokens import Customer, connect, datasentinel_token

ACCOUNTS, CARDS = "POST /v2/data/accounts/get", "POST /v2/data/cards/get"
BALANCE, TRANSACTIONS = "POST /v2/data/balance/get", "POST /v2/data/transactions/get"
IDENTITY = "POST /v2/data/identity/get"
DELINK = "POST /v2/users/DelinkUser"
CARD = {"cardID": "dapi_user1-card-2001"}
ACCOUNT = {"accountID": "dapi_user1-1001"}
DAYS = {"fromDate": "2026-01-01", "toDate": "2026-01-31"}
TRANSACTION = "amount date type currency"
DETAILS = "description details beforeAmount afterAmount"


def refused(response: Response, status: int, kind: str) -> str:
    fields = content(response)
    assert (response.status, fields["type"], fields["success"]) == (status, kind, False)
    return str(fields["msg"])


@pytest.fixture
def customer(engine: Engine) -> Customer:
    return Customer(engine)


def call(engine: Engine, customer: Customer, line: str, **fields: object) -> Response:
    return ask(engine, line, customer.headers, json={**customer.secrets, **fields})


@pytest.mark.parametrize("name", [
    "delink_user", "identity", "accounts", "cards", "balance", "transactions", "accounts_metadata",
])  # fmt: skip
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
    (BALANCE, CARD, "cardNumber availableBalance outstandingBalance amountDue dueDate currency",
     ""),
    (BALANCE, {"cardID": "dapi_user1-card-2002"},
     "cardNumber availableBalance outstandingBalance currency", "amountDue dueDate"),
    (TRANSACTIONS, {**ACCOUNT, **DAYS}, TRANSACTION, DETAILS),
    (TRANSACTIONS, {**CARD, **DAYS}, TRANSACTION, DETAILS),
])  # fmt: skip
def test_the_data_have_the_fields_of_the_vendors_sdk_and_null_where_its_code_allows_it(  # noqa: PLR0917
    engine: Engine, customer: Customer, line: str, fields: dict[str, str], names: str, nullable: str
) -> None:
    data = content(call(engine, customer, line, **fields))[line.split("/")[-2]]
    items = data if isinstance(data, list) else [data]
    for item in items:
        assert sorted({*item} - {"reference"}) == sorted(f"{names} {nullable}".split())
    found = {name for item in items for name, value in item.items() if value is None}
    assert found == set(nullable.split())
    if line == TRANSACTIONS:
        assert ["reference" in each for each in items] == [False, True]


@pytest.mark.parametrize("line", [BALANCE, TRANSACTIONS])
@pytest.mark.parametrize(("name", "value", "kind"), [
    *(("cardID", value, "INVALID_CARD_ID")
      for value in ("dapi_user1-card-9999", "dapi_user2-card-2001")),
    *(("accountID", value, "INVALID_ACCOUNT_ID")
      for value in ("dapi_user1-9999", "dapi_user2-1001", "x")),
])  # fmt: skip
def test_a_card_or_account_that_is_not_the_customers_is_unknown(  # noqa: PLR0917
    engine: Engine, customer: Customer, line: str, name: str, value: str, kind: str
) -> None:
    refused(call(engine, customer, line, **DAYS, **{name: value}), 404, kind)


def test_an_account_counts_before_a_card_and_null_is_as_if_it_was_not_sent(
    engine: Engine, customer: Customer
) -> None:
    bodies: list[dict[str, object]] = [{**ACCOUNT, **CARD}, {"accountID": None, **CARD}]
    answers = [content(call(engine, customer, BALANCE, **body))["balance"] for body in bodies]
    assert ["accountNumber" in balance for balance in answers] == [True, False]


@pytest.mark.parametrize("host", ["api.dapi.com", "dd.dapi.com"])
def test_both_hosts_answer_alike(engine: Engine, customer: Customer, host: str) -> None:
    headers = {**customer.headers, "Host": host}
    assert ask(engine, CARDS, headers, json=customer.secrets).status == 200
    refused(ask(engine, "POST /nothing", headers, json=customer.secrets), 404, "NOT_FOUND")


@pytest.mark.parametrize("user", ["dapi_user1", "dapi_user2"])
def test_the_data_are_those_of_the_customer_who_logged_in(engine: Engine, user: str) -> None:
    response = call(engine, Customer(engine, user=user), IDENTITY)
    assert user in content(response)["identity"]["emailAddress"]


@pytest.mark.parametrize(("first", "last", "status"), [
    ("2026-01-01", "2026-01-01", 200),
    ("2024-02-29", "2026-01-01", 200),
    ("2026-01-02", "2026-01-01", 400),
    ("2026-02-30", "2026-03-01", 400),
    ("2026-01-01", "2026-13-01", 400),
    ("0000-01-01", "2026-01-01", 400),
    ("20260101", "20260102", 400),
    ("2026-W01-1", "2026-W02-1", 400),
    ("01-01-2026", "02-01-2026", 400),
    ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", 400),
    (" 2026-01-01", "2026-01-02", 400),
    ("2026-01-01\n", "2026-01-02", 400),
    ("\u0662\u0660\u0662\u0666-01-01", "2026-01-02", 400),
    ("x", "y", 400),
])  # fmt: skip
def test_a_range_is_two_dates_in_their_order(
    engine: Engine, customer: Customer, first: str, last: str, status: int
) -> None:
    response = call(engine, customer, TRANSACTIONS, **ACCOUNT, fromDate=first, toDate=last)
    assert response.status == status
    if status == 400:
        refused(response, 400, "INVALID_DATE_RANGE")


@pytest.mark.parametrize(("line", "name"), [
    (IDENTITY, "appSecret"), (IDENTITY, "userSecret"), (DELINK, "userSecret"),
    (BALANCE, "accountID"), (TRANSACTIONS, "accountID"), (TRANSACTIONS, "fromDate"),
    (TRANSACTIONS, "toDate"),
])  # fmt: skip
def test_a_field_is_required_and_a_text_and_a_wrong_secret_is_refused(
    engine: Engine, customer: Customer, line: str, name: str
) -> None:
    refusals = [(None, 422, "MISSING"), ("", 400, "ERROR"), (7, 400, "ERROR")]
    for value, status, kind in refusals:
        response = call(engine, customer, line, **{**ACCOUNT, **DAYS, name: value})
        assert name in refused(response, status, f"PARAMETER_{kind}")
    for secret, kind in (("appSecret", "INVALID_APP_SECRET"), ("userSecret", "INVALID_CONNECTION")):
        refused(call(engine, customer, line, **ACCOUNT, **DAYS, **{secret: "wrong"}), 401, kind)
    assert call(engine, customer, IDENTITY).status == 200  # a refused delinking changes nothing


def test_each_bearer_that_is_no_good_is_refused_with_its_own_words(
    engine: Engine, customer: Customer
) -> None:
    gone = Customer(engine)
    call(engine, gone, DELINK)
    unsigned, _, signature = customer.token.rpartition(".")
    values = {
        "missing": {},
        "malformed": bearer("x"),
        "forged": bearer(f"{unsigned}.{signature[::-1]}"),
        "delinked": gone.headers,
        "an access code": bearer(connect(engine)["accessCode"]),
        "another scheme": {"Authorization": f"JWT {customer.token}"},
        "another vendor's": bearer(datasentinel_token(engine)),
    }
    words = {
        name: refused(
            ask(engine, IDENTITY, headers, json=customer.secrets), 401, "INVALID_ACCESS_TOKEN"
        )
        for name, headers in values.items()
    }
    assert len({words[name] for name in ("malformed", "forged", "delinked", "an access code")}) == 4


def test_a_secret_of_another_login_is_refused(engine: Engine, customer: Customer) -> None:
    response = ask(engine, IDENTITY, customer.headers, json=Customer(engine).secrets)
    refused(response, 401, "INVALID_CONNECTION")


def test_the_bearer_is_judged_before_the_body_and_the_body_before_the_secrets(
    engine: Engine, customer: Customer
) -> None:
    wrong = {"appSecret": "wrong", "userSecret": "wrong"}
    refused(ask(engine, BALANCE, bearer("x"), body=b"{"), 401, "INVALID_ACCESS_TOKEN")
    refused(ask(engine, BALANCE, customer.headers, body=b"{"), 400, "PARAMETER_ERROR")
    refused(ask(engine, BALANCE, customer.headers, json=wrong), 422, "PARAMETER_MISSING")


@pytest.mark.parametrize(
    "path", ["users/DelinkUser", "users/delinkuser", "data/DelinkUser", "data/delinkUser"]
)
def test_a_token_lasts_for_years_until_it_is_delinked(
    engine: Engine, customer: Customer, path: str
) -> None:
    other = Customer(engine)
    engine.state.clock.advance(days=100_000)
    assert call(engine, customer, IDENTITY).status == 200
    response = call(engine, customer, f"POST /v2/{path}")
    assert response.status == 200
    assert list(content(response)) == ["success", "status", "operationID"]
    for line in (f"POST /v2/{path}".upper(), IDENTITY):
        refused(call(engine, customer, line), 401, "INVALID_ACCESS_TOKEN")
    for each in (other, Customer(engine)):
        assert call(engine, each, IDENTITY).status == 200
