"""The calls with an access token: the data of a bank's customer, and the end of the token.

The fields are those of two SDKs (P); the values are our choice (X).
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from mockserver.model.errors import Refusal
from mockserver.model.http import Response
from mockserver.model.request_content import bearer
from mockserver.model.tokens import TokenRejected
from mockserver.model.vendor import Call
from mockserver.vendors.dapi import bank
from mockserver.vendors.dapi.conventions import Settings, done, text_fields
from mockserver.vendors.dapi.exchange import secret_digest

_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_HOLDER = ("accountID", "cardID")


class Session(NamedTuple):
    """A call that passed all checks: its token, the bank login of its user, and its fields."""

    token: str
    user: str
    fields: Mapping[str, str]


def open_session(call: Call[Settings], *names: str | tuple[str, ...]) -> Session:
    """Check the token and the secrets of a call, and return its fields.

    Args:
        call: The call, with a bearer token.
        names: The fields to read besides `appSecret` and `userSecret`; a tuple of names stands
            for one of them.

    Raises:
        Refusal: For the first check that fails.
    """
    token = bearer(call.request)
    if token is None:
        raise TokenRejected("malformed", "The header Authorization must be 'Bearer <accessToken>'.")
    claims = call.state.tokens.verify(token, call.now.unix)
    if "secretDigest" not in claims:
        raise TokenRejected("malformed", "An access code is not an access token.")
    if not {"appKey", "user"} <= claims.keys():
        raise TokenRejected("malformed", "The token lacks the claim appKey or user.")
    fields = text_fields(call.request, "appSecret", "userSecret", *names)
    app = {"appKey": claims["appKey"], "appSecret": fields["appSecret"]}
    if call.state.accounts.find(app) is None:
        raise Refusal("The appSecret is not valid.", status=401, kind="INVALID_APP_SECRET")
    if claims["secretDigest"] != secret_digest(fields["userSecret"]):
        raise Refusal("The userSecret is not valid.", status=401, kind="INVALID_CONNECTION")
    return Session(token, claims["user"], fields)


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


def delink_user(call: Call[Settings]) -> Response:
    """Answer `POST`: revoke the token; a new login gives another (path: P; response: X)."""
    session = open_session(call)
    call.state.revoke(session.token)
    return done({})
