"""The token in use: a bank customer's data. Fields: P, from the vendor's Go SDK; values: X."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from mockserver.model.errors import Refusal
from mockserver.model.http import Response, json_response
from mockserver.model.vendor import Call
from mockserver.vendors.dapi import bank
from mockserver.vendors.dapi.session import open_session
from mockserver.vendors.dapi.settings import Settings

_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def identity(call: Call[Settings]) -> Response:
    """`POST`: who the customer is."""
    return done({"identity": bank.identity(open_session(call).user)})


def accounts(call: Call[Settings]) -> Response:
    """`POST`: the customer's accounts."""
    return done({"accounts": bank.accounts(open_session(call).user)})


def balance(call: Call[Settings]) -> Response:
    """`POST` with `accountID`: what is in one account."""
    session = open_session(call, "accountID")
    return done({"balance": _account(session.user, session.fields[0])["balance"]})


def transactions(call: Call[Settings]) -> Response:
    """`POST` with `accountID`, `fromDate`, `toDate` (YYYY-MM-DD): what came and went."""
    session = open_session(call, "accountID", "fromDate", "toDate")
    account_id, first, last = session.fields
    account = _account(session.user, account_id)
    _check_range(first, last)
    return done({"transactions": bank.transactions(account, first, last)})


def accounts_metadata(call: Call[Settings]) -> Response:
    """`POST`: what the customer's bank is."""
    open_session(call)
    return done({"accountsMetadata": bank.METADATA})


def done(result: Mapping[str, Any]) -> Response:
    """200: the fields that every success has (P), and `result`."""
    base = {"success": True, "status": "done", "operationID": str(uuid4())}
    return json_response(200, {**base, **result})


def _account(user: str, account_id: str) -> dict[str, Any]:
    for account in bank.accounts(user):
        if account["id"] == account_id:
            return account
    raise Refusal("There is no such account.", status=404, kind="INVALID_ACCOUNT_ID")


def _check_range(first: str, last: str) -> None:
    if not (_is_date(first) and _is_date(last) and first <= last):
        message = "fromDate and toDate must be dates, YYYY-MM-DD, in this order."
        raise Refusal(message, status=400, kind="INVALID_DATE_RANGE")


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(_DATE, text) and date.fromisoformat(text))
    except ValueError:
        return False
