"""A Dapi that does one thing otherwise is found, with one access code; what it does is named."""

import pytest

from mockserver.model.http import Response
from tests.verification.changes import (
    Change,
    below,
    body_sent,
    claims,
    content_type,
    error,
    head,
    nested,
    renamed,
    status,
    success,
    token,
    whole,
    with_,
    without,
)
from tests.verification.verifying import check_named

PATH = "/v2/auth/ExchangeToken"
IDENTITY = "/v2/data/identity/get"
ACCOUNTS = "/v2/data/accounts/get"
BALANCE = "/v2/data/balance/get"
TRANSACTIONS = "/v2/data/transactions/get"


def spelled(edit: object) -> Change:
    return token(PATH, "accessToken", edit=edit)  # type: ignore[arg-type]


def bare(came: Response) -> Response:
    return came._replace(body=b'{"error": "no"}')


def page(came: Response) -> Response:
    return came._replace(body=b"<html>no</html>", headers=(("Content-Type", "text/html"),))


CHANGES = {
    "renamed": (success(PATH, renamed("accessToken", "access_token")), "it has accessToken"),
    "nested": (success(PATH, nested), "it has success, accessToken"),
    "success as text": (success(PATH, with_(success="true")), "of type boolean"),
    "without success": (success(PATH, without("success")), "it has success"),
    "without status": (success(PATH, without("status")), "status"),
    "without tokenID": (success(PATH, without("tokenID")), "tokenID"),
    "201": (whole(PATH, status(201)), "201"),
    "text": (whole(PATH, content_type("text/plain")), "Content-Type"),
    "opaque": (spelled(lambda _text: "opaque-token"), "JWT"),
    "algorithm": (spelled(head(with_(alg="HS512"))), "HS256"),
    "lost claim": (spelled(claims(without("appKey"))), "it has appKey"),
    "salt as number": (spelled(claims(with_(salt=1))), "of type string"),
    "any secret": (body_sent(PATH, with_(appSecret="app_secret_value")), "answered 200"),
    "error with 200": (error(PATH, status(200)), "answered 200"),
    "400 for 422": (
        error(PATH, lambda came: status(400)(came) if came.status == 422 else came),
        "422",
    ),
    "errors otherwise": (error(PATH, bare), "it has success, status, type, msg, operationID"),
    "errors as pages": (error(PATH, page), "Content-Type"),
    "any bearer": (error(IDENTITY, status(200)), "answered 200"),
    "identity renamed": (success(IDENTITY, renamed("identity", "person")), "it has identity"),
    "address lost": (success(IDENTITY, below("identity", without("address"))), "address"),
    "accounts as object": (
        success(ACCOUNTS, below("accounts", lambda said: said[0])),
        "of type array",
    ),
    "amount as text": (success(BALANCE, below("balance", with_(amount="12.50"))), "of type number"),
    "dates not looked at": (error(TRANSACTIONS, status(200)), "answered 200"),
}


@pytest.mark.parametrize(("change", "word"), CHANGES.values(), ids=CHANGES)
def test_it_is_found_and_named(change: Change, word: str) -> None:
    check_named(change, "dapi", word)
