"""Dapi: the access token in use, sent as Bearer until it is delinked."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.verification.check_client import CheckClient, accepted, refused
from mockserver.verification.service_under_test import MockControl
from mockserver.verification.statements import statement
from mockserver.verification.token_check import MALFORMED, Forgery, each_forgery, make_defective

from .dapi import (
    ACCOUNTS,
    BALANCE,
    BASE,
    CARDS,
    DELINK,
    GO_SDK,
    IDENTITY,
    METADATA,
    NODE_SDK,
    OTHER,
    OURS,
    PAGE,
    SDKS,
    TRANSACTIONS,
    VERSUS,
    App,
    Session,
    refusal,
    result,
)

CALLS = [IDENTITY, ACCOUNTS, CARDS, BALANCE, TRANSACTIONS, METADATA]
TEN_YEARS = 315_360_000  # seconds
DATES: dict[str, Any] = {"fromDate": "2026-01-01", "toDate": "2026-01-31"}
MAY_END = pytest.param(DELINK, marks=pytest.mark.risky)
"""With a valid Bearer: a service that does not refuse the call ends the token."""


@pytest.fixture
def app(client: CheckClient) -> App:
    """Return the app that has the credentials of the service."""
    return App(client)


@pytest.fixture
def session(app: App) -> Session:
    """Return a new login and its token."""
    return app.session()


# The token in use


@statement(tag="S", source=f"{PAGE}, last sentence")
def test_token_as_bearer(session: Session) -> None:
    """The access token is sent as Authorization: Bearer."""
    accepted(session.ask(IDENTITY))


@statement(tag="S", source=f"{PAGE}, last sentence")
@pytest.mark.parametrize("path", [*CALLS, DELINK])
def test_no_bearer(session: Session, path: str) -> None:
    """A call without Authorization is refused."""
    assert refused(session.ask(path, headers={}))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("path", [*CALLS, DELINK])
def test_missing_bearer(session: Session, path: str) -> None:
    """A call without Authorization is a 401."""
    refusal(session.ask(path, headers={}, expect=401))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("scheme", ["Bearer", "{}", "JWT {}", "Bearer {} {}"])
def test_malformed_bearer(session: Session, scheme: str) -> None:
    """An Authorization that is not Bearer and a token is a 401."""
    headers = {"Authorization": scheme.format(session.token, session.token)}
    refusal(session.ask(IDENTITY, headers=headers, expect=401))


@statement(tag="X", source=OURS)
@each_forgery
def test_unknown_bearer(session: Session, forge: Forgery) -> None:
    """A Bearer that was never issued is a 401."""
    forged = replace(session, token=forge(session.token))
    refusal(forged.ask(IDENTITY, expect=401))


@statement(tag="X", source=OURS)
def test_bearer_that_is_no_token(session: Session) -> None:
    """A Bearer that is not a token is a 401."""
    refusal(replace(session, token=MALFORMED).ask(IDENTITY, expect=401))


@statement(tag="X", source=OURS, destructive=True)
def test_messages_say_which(app: App, session: Session) -> None:
    """A Bearer that is missing, malformed, unknown, delinked or a code has its own message."""
    session.delink(expect=200)
    bearers = [MALFORMED, make_defective(session.token), session.token, app.login()["accessCode"]]
    answers = [replace(session, token=bearer).ask(IDENTITY, expect=401) for bearer in bearers]
    answers.append(session.ask(IDENTITY, headers={}, expect=401))
    assert len({refusal(answer) for answer in answers}) == 5


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("path", [IDENTITY, MAY_END])
@pytest.mark.parametrize(
    ("name", "kind"), [("userSecret", "INVALID_CONNECTION"), ("appSecret", "INVALID_APP_SECRET")]
)
def test_wrong_secret(session: Session, path: str, name: str, kind: str) -> None:
    """With a valid Bearer, a wrong userSecret or appSecret is a 401 that names it."""
    wrong: dict[str, Any] = {name: "wrong"}
    refusal(session.ask(path, **wrong, expect=401), kind)
    accepted(session.ask(IDENTITY))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("path", [IDENTITY, MAY_END])
def test_order_of_checks(session: Session, path: str) -> None:
    """The Bearer is checked first, then the body, then the secrets."""
    wrong: dict[str, Any] = {"appSecret": None, "userSecret": "wrong"}
    refusal(session.ask(path, headers={}, **wrong, expect=401))
    refusal(session.ask(path, **wrong, expect=422), "PARAMETER_MISSING")


@statement(tag="P", source=SDKS)
@pytest.mark.parametrize("name", ["appSecret", "userSecret"])
@pytest.mark.parametrize("path", [*CALLS, MAY_END])
def test_call_without_secret(session: Session, path: str, name: str) -> None:
    """Every call needs appSecret and userSecret: without one it is a 422, PARAMETER_MISSING."""
    refusal(session.ask(path, **{name: None}, expect=422), "PARAMETER_MISSING")


@statement(tag="P", source=GO_SDK)
@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        (IDENTITY, "identity", dict),
        (ACCOUNTS, "accounts", list),
        (CARDS, "cards", list),
        (METADATA, "accountsMetadata", dict),
    ],
)
def test_data(session: Session, path: str, name: str, kind: type) -> None:
    """A call is answered with an object or a list in a field of its own."""
    assert isinstance(result(session.ask(path), name), kind)


@statement(tag="P", source=NODE_SDK)
def test_identity(session: Session) -> None:
    """The identity has the fields that both SDKs read: none is optional in the Node SDK's types."""
    identity = result(session.ask(IDENTITY), "identity")
    names = "nationality dateOfBirth numbers emailAddress name address identification"
    assert set(names.split()) <= identity.keys()
    address = "flat building full area poBox city state country"
    assert set(address.split()) <= identity["address"].keys()
    pairs = [*identity["numbers"], *identity["identification"]]
    assert all(pair.keys() >= {"type", "value"} for pair in pairs)


@statement(tag="P", source=NODE_SDK)
def test_accounts(session: Session) -> None:
    """An account has the fields that both SDKs read; balance is the Go SDK's alone."""
    accounts = result(session.ask(ACCOUNTS), "accounts")
    names = {"iban", "number", "currency", "type", "id", "isFavourite", "name"}
    assert all(account.keys() >= names for account in accounts)
    assert all(account["currency"].keys() >= {"code", "name"} for account in accounts)


@statement(tag="P", source=NODE_SDK)
def test_cards(session: Session) -> None:
    """A card has the fields that the Node SDK reads."""
    cards = result(session.ask(CARDS), "cards")
    names = {"cardNumber", "creditLimit", "name", "expiryDate", "type", "id", "status"}
    assert all(card.keys() >= names for card in cards)


@statement(tag="P", source=NODE_SDK)
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("accountID", "amount currency accountNumber"),
        (
            "cardID",
            "cardNumber availableBalance outstandingBalance amountDue dueDate currency",
        ),
    ],
)
def test_balance(session: Session, name: str, fields: str) -> None:
    """The balance of an account or of a card has the fields that the Node SDK reads."""
    owner = session.account() if name == "accountID" else session.card()
    balance = result(session.ask(BALANCE, **{name: owner["id"]}), "balance")
    assert set(fields.split()) <= balance.keys()


@statement(tag="X", source=f"{OURS}; the names of the numbers: {NODE_SDK} (P)")
@pytest.mark.parametrize(
    ("name", "number"), [("accountID", ("number", "accountNumber")), ("cardID", ("cardNumber",))]
)
def test_number_in_balance(session: Session, name: str, number: tuple[str, ...]) -> None:
    """The balance has the number of the requested account or card, unless that number is null."""
    owner = session.account() if name == "accountID" else session.card()
    balance = result(session.ask(BALANCE, **{name: owner["id"]}), "balance")
    assert owner[number[0]] in (None, balance[number[-1]])


@statement(tag="P", source=SDKS)
def test_transactions(session: Session) -> None:
    """The transactions are a list of credits and debits."""
    answer = session.ask(TRANSACTIONS, accountID=session.account()["id"], **DATES)
    assert all(each["type"] in ("credit", "debit") for each in result(answer, "transactions"))


@statement(tag="P", source=NODE_SDK)
def test_transactions_of_card(session: Session) -> None:
    """With cardID instead of accountID, the transactions are those of the card."""
    answer = session.ask(TRANSACTIONS, cardID=session.card()["id"], **DATES)
    assert isinstance(result(answer, "transactions"), list)


@statement(tag="P", source=NODE_SDK)
def test_fields_of_transaction(session: Session) -> None:
    """A transaction has the fields that both SDKs read; reference may be absent."""
    answer = session.ask(TRANSACTIONS, accountID=session.account()["id"], **DATES)
    names = "amount date type description details currency beforeAmount afterAmount"
    found = result(answer, "transactions")
    assert all(each.keys() >= set(names.split()) for each in found)


@statement(tag="X", source=f"{OURS}; the names of the dates: {SDKS} (P)")
def test_dates_of_transactions(session: Session) -> None:
    """The transactions are those from fromDate to toDate, both included."""
    answer = session.ask(TRANSACTIONS, accountID=session.account()["id"], **DATES)
    days = [each["date"][:10] for each in result(answer, "transactions")]
    assert all(DATES["fromDate"] <= day <= DATES["toDate"] for day in days)


@statement(tag="P", source=SDKS)
@pytest.mark.parametrize(
    ("path", "name"),
    [
        (BALANCE, "accountID"),
        *((TRANSACTIONS, name) for name in ("accountID", "fromDate", "toDate")),
    ],
)
def test_call_without_field(session: Session, path: str, name: str) -> None:
    """A balance needs accountID or cardID, transactions also need both dates: a 422 without one."""
    fields = {"accountID": session.account()["id"], **DATES, name: None}
    refusal(session.ask(path, **fields, expect=422), "PARAMETER_MISSING")


@statement(tag="P", source=OTHER)
@pytest.mark.parametrize("path", [BALANCE, TRANSACTIONS])
def test_unknown_account(session: Session, path: str) -> None:
    """An unknown accountID is a 404, INVALID_ACCOUNT_ID."""
    refusal(session.ask(path, accountID="unknown", **DATES, expect=404), "INVALID_ACCOUNT_ID")


@statement(tag="P", source=OTHER)
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-02", "2026-01-01"),
        ("01-01-2026", "31-01-2026"),
        ("2026-01-01", "2026/01/31"),
        ("20260101", "20260131"),
        ("2026-02-30", "2026-03-01"),
    ],
)
def test_wrong_dates(session: Session, first: str, last: str) -> None:
    """Dates that are not YYYY-MM-DD, or from after to, are a 400, INVALID_DATE_RANGE."""
    fields = {"accountID": session.account()["id"], "fromDate": first, "toDate": last}
    refusal(session.ask(TRANSACTIONS, **fields, expect=400), "INVALID_DATE_RANGE")


# The end of a token


@statement(tag="S", source=f"{VERSUS} (permanent, unless it has been delinked)")
def test_token_is_permanent(app: App, clock: MockControl) -> None:
    """An access token does not expire: it is valid after ten years."""
    session = app.session()
    clock.advance(TEN_YEARS)
    accepted(session.ask(IDENTITY))


@statement(tag="X", source=f"{OURS}; the path: {SDKS} (P)", destructive=True)
def test_delink(session: Session) -> None:
    """A delink is a 200 with success true, status done and operationID."""
    body = session.delink(expect=200).json()
    assert body.keys() >= BASE
    assert body["success"] is True
    assert body["status"] == "done"


@statement(tag="S", source=f"{VERSUS} (unless it has been delinked)", destructive=True)
def test_delinked_token(session: Session) -> None:
    """Every call with a delinked token is refused."""
    accepted(session.delink())
    assert all(refused(session.ask(path)) for path in (IDENTITY, ACCOUNTS, METADATA))


@statement(tag="X", source=OURS, destructive=True)
def test_second_delink(session: Session) -> None:
    """A call with a delinked token is a 401, and so is a second delink."""
    session.delink(expect=200)
    refusal(session.ask(IDENTITY, expect=401))
    refusal(session.ask(DELINK, expect=401))


@statement(tag="X", source=OURS, destructive=True)
def test_login_after_delink(app: App, session: Session) -> None:
    """After a delink a new login gives a new token."""
    accepted(session.delink())
    accepted(app.session().ask(IDENTITY))


@statement(tag="P", source=f"{SDKS}, which disagree", destructive=True)
@pytest.mark.parametrize(
    "path", ["/v2/users/delinkUser", "/v2/users/delinkuser", "/v2/data/DelinkUser"]
)
def test_paths_of_delink(session: Session, path: str) -> None:
    """The path of a delink may be written in any case, and with data instead of users."""
    accepted(session.delink(path))
    assert refused(session.ask(IDENTITY))
