"""A bank with made-up customers: any login is one, the same at every call."""

from typing import Any

_AED = {"code": "AED", "name": "United Arab Emirates Dirham"}

METADATA: dict[str, Any] = {
    "bankName": "Mock Bank",
    "swiftCode": "MOCKAEAD",
    "country": {"code": "AE", "name": "United Arab Emirates"},
}


def identity(user: str) -> dict[str, Any]:
    """The customer with this login."""
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
    """The customer's accounts: one to pay from, one to save."""
    return [_account(user, "1001", "current", 2500.75), _account(user, "1002", "savings", 10000)]


def transactions(account: dict[str, Any], first: str, last: str) -> list[dict[str, Any]]:
    """One payment in on the first day of a range and one out on its last."""
    balance = account["balance"]["amount"]
    return [
        _transaction(account, first, "credit", balance, balance + 100),
        _transaction(account, last, "debit", balance + 100, balance),
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


def _transaction(
    account: dict[str, Any], day: str, kind: str, before: float, after: float
) -> dict[str, Any]:
    return {
        "amount": 100,
        "date": day,
        "type": kind,
        "description": f"{kind} of 100 AED",
        "details": "made up",
        "currency": _AED,
        "beforeAmount": before,
        "afterAmount": after,
        "reference": f"{account['number']}-{day}-{kind}",
    }
