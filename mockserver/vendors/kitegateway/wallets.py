"""The token in use: a merchant's balances. Fields: P; values: made up (X)."""

from mockserver.model.errors import Refusal
from mockserver.model.http import Response
from mockserver.model.vendor import Call
from mockserver.vendors.kitegateway.envelope import success
from mockserver.vendors.kitegateway.settings import Settings

_BALANCES = {"GHS": 2500.5, "NGN": 150000, "USD": 1200.25}
_COMPLETED = "Request completed successfully."


def balances(call: Call[Settings]) -> Response:
    """Answer `GET` with `Authorization: JWT <jwt>` (S): the balance in each currency."""
    _authorize(call)
    return success(_COMPLETED, [_wallet(currency) for currency in _BALANCES])


def balance(call: Call[Settings]) -> Response:
    """Answer `GET` with the balance in one currency; 404 if the merchant has no such wallet (X)."""
    _authorize(call)
    currency = call.parameters["currency"]
    if currency not in _BALANCES:
        raise Refusal("There is no wallet in this currency.", status=404)
    return success(_COMPLETED, _wallet(currency))


def _wallet(currency: str) -> dict[str, str | float]:
    return {"currency": currency, "balance": _BALANCES[currency]}


def _authorize(call: Call[Settings]) -> None:
    header = call.request.headers.get("authorization")
    if header is None:
        raise Refusal("The header Authorization is required.", status=401)
    call.state.tokens.verify(header, call.now.unix)
