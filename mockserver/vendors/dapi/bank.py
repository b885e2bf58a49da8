"""An invented bank: each login is a customer, whose data never change.

The second account, the second card and the older transaction have null in the fields in which the
vendor's own code allows it (P), so that tests of clients cover null.
"""

from typing import Any

_AED = {"code": "AED", "name": "United Arab Emirates Dirham"}

METADATA: dict[str, Any] = {
    "bankName": "Mock Bank",
    "swiftCode": "MOCKAEAD",
    "country": {"code": "AE", "name": "United Arab Emirates"},
}


def identity(user: str) -> dict[str, Any]:
    """Return the identity of the customer with the login `user`."""
    return {
        "nationality": "AE",
        "dateOfBirth": "1990-01-01T00:00:00Z",
        "numbers": [{"type": "mobile", "value": "+971500000000"}],
        "emailAddress": f"{user}@example.com",
        "name": f"Customer {user}",
        "address": {
            "flat": "1",
            "building": "2",
            "full": "Flat 1, Building 2, Dubai",
            "area": "Marina",
            "poBox": "12345",
            "city": "Dubai",
            "state": "Dubai",
            "country": "AE",
        },
        "identification": [{"type": "passport", "value": "X0000000"}],
    }


def accounts(user: str) -> list[dict[str, Any]]:
    """Return the customer's accounts: a current and a savings account."""
    savings = _account(user, "1002", "savings", 10000)
    return [
        _account(user, "1001", "current", 2500.75),
        {**savings, "iban": None, "isFavourite": None},
    ]


def cards(user: str) -> list[dict[str, Any]]:
    """Return the customer's cards: one that is active, and one that is blocked."""
    blocked = _card(user, "2002", "blocked")
    return [
        _card(user, "2001", "active"),
        {**blocked, "creditLimit": None, "name": None, "expiryDate": None},
    ]


def card_balance(card: dict[str, Any]) -> dict[str, Any]:
    """Return the balance of a card; a blocked card has neither a due amount nor a due date."""
    is_active = card["status"] == "active"
    return {
        "cardNumber": card["cardNumber"],
        "availableBalance": 4000,
        "outstandingBalance": 1000,
        "amountDue": 50 if is_active else None,
        "dueDate": "2026-02-01T00:00:00Z" if is_active else None,
        "currency": _AED,
    }


def transactions(
    holder: str, amount: float, currency: dict[str, Any], first: str, last: str
) -> list[dict[str, Any]]:
    """Return a credit on the first day of a range and a debit on its last.

    Args:
        holder: The number of the account or card.
        amount: Its balance after the last day.
        currency: Its currency.
        first: The first day, YYYY-MM-DD.
        last: The last day, YYYY-MM-DD.
    """
    credit = _transaction(first, "credit", currency)
    debit = _transaction(last, "debit", currency)
    return [
        {**credit, "description": None, "details": None, "beforeAmount": None, "afterAmount": None},
        {
            **debit,
            "beforeAmount": amount + 100,
            "afterAmount": amount,
            "reference": f"{holder}-{last}-debit",
        },
    ]


def _account(user: str, number: str, kind: str, balance: float) -> dict[str, Any]:
    return {
        "iban": f"AE00000000000000000{number}",
        "number": number,
        "currency": _AED,
        "type": kind,
        "id": f"{user}-{number}",
        "isFavourite": kind == "current",
        "name": f"{kind} account",
        "balance": {"amount": balance, "currency": _AED, "accountNumber": number},
    }


def _card(user: str, number: str, status: str) -> dict[str, Any]:
    return {
        "cardNumber": f"400000******{number}",
        "creditLimit": 5000,
        "currency": _AED,
        "type": "credit",
        "id": f"{user}-card-{number}",
        "name": "credit card",
        "expiryDate": "2030-01-01T00:00:00Z",
        "status": status,
    }


def _transaction(day: str, kind: str, currency: dict[str, Any]) -> dict[str, Any]:
    return {
        "amount": 100,
        "date": day,
        "type": kind,
        "description": f"{kind} of 100 AED",
        "details": "made up",
        "currency": currency,
        "beforeAmount": None,
        "afterAmount": None,
    }
