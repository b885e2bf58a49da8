"""The access token in use: the data of a bank's customer. Fields: P, from two SDKs; values: X."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from mockserver.model.errors import Refusal
from mockserver.model.http import Response, json_response
from mockserver.model.vendor import Call
from mockserver.vendors.dapi import bank
from mockserver.vendors.dapi.session import Session, open_session
from mockserver.vendors.dapi.settings import Settings

_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_HOLDER = ("accountID", "cardID")


def identity(call: Call[Settings]) -> Response:
    """Answer `POST` with the customer's identity."""
    return done({"identity": bank.identity(open_session(call).user)})


def accounts(call: Call[Settings]) -> Response:
    """Answer `POST` with the customer's accounts."""
    return done({"accounts": bank.accounts(open_session(call).user)})


def cards(call: Call[Settings]) -> Response:
    """Answer `POST` with the customer's cards."""
    return done({"cards": bank.cards(open_session(call).user)})


def balance(call: Call[Settings]) -> Response:
    """Answer `POST` with the balance of the account `accountID` or of the card `cardID`."""
    session = open_session(call, _HOLDER)
    if "cardID" in session.fields:
        return done({"balance": bank.card_balance(_card(session))})
    return done({"balance": _account(session)["balance"]})


def transactions(call: Call[Settings]) -> Response:
    """Answer `POST` with the transactions from `fromDate` to `toDate` (YYYY-MM-DD).

    They are those of the account `accountID` or of the card `cardID`.
    """
    session = open_session(call, _HOLDER, "fromDate", "toDate")
    first, last = session.fields["fromDate"], session.fields["toDate"]
    if "cardID" in session.fields:
        card = _card(session)
        amount = bank.card_balance(card)["availableBalance"]
        holder, currency = card["cardNumber"], card["currency"]
    else:
        account = _account(session)
        amount = account["balance"]["amount"]
        holder, currency = account["number"], account["currency"]
    _check_range(first, last)
    return done({"transactions": bank.transactions(holder, amount, currency, first, last)})


def accounts_metadata(call: Call[Settings]) -> Response:
    """Answer `POST` with the description of the customer's bank."""
    open_session(call)
    return done({"accountsMetadata": bank.METADATA})


def done(result: Mapping[str, Any]) -> Response:
    """Return 200 with the fields of every success (P), and those of `result`."""
    base = {"success": True, "status": "done", "operationID": str(uuid4())}
    return json_response(200, {**base, **result})


def _account(session: Session) -> dict[str, Any]:
    for account in bank.accounts(session.user):
        if account["id"] == session.fields["accountID"]:
            return account
    raise Refusal("There is no such account.", status=404, kind="INVALID_ACCOUNT_ID")


def _card(session: Session) -> dict[str, Any]:
    for card in bank.cards(session.user):
        if card["id"] == session.fields["cardID"]:
            return card
    raise Refusal("There is no such card.", status=404, kind="INVALID_CARD_ID")


def _check_range(first: str, last: str) -> None:
    if not (_is_date(first) and _is_date(last) and first <= last):
        message = "fromDate and toDate must be dates, YYYY-MM-DD, in this order."
        raise Refusal(message, status=400, kind="INVALID_DATE_RANGE")


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(_DATE, text) and date.fromisoformat(text))
    except ValueError:
        return False
