"""Functions that obtain and use a token of each vendor, with the built-in accounts."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from mockserver.model.token_registry import token_id
from tests.engine_client import admin, ask, basic, bearer, content, value

VENDORS = ("dapi", "datasentinel", "dstor", "kitegateway")
each_vendor = pytest.mark.parametrize("vendor", VENDORS)

DSTOR_KEY = {"api-key": "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92"}
DSTOR_LOGIN = {"email": "dev@example.com", "password": "dstor-password"}
DATASENTINEL_LOGIN = basic("myUser", "myPassword")
KITEGATEWAY_SECRET = {"Secret-Key": "YOUR_SECRET"}
KITEGATEWAY_KEY = {"api_key": "2882jj2hh288282jj2"}
APP_SECRET = {"appSecret": "app_secret_value"}
UPLOAD = {"chunks_number": 1, "folder_path": "/"}
CUSTOMER = {**APP_SECRET, "userSecret": "user_secret_value"}
EXCHANGE = "POST /v2/auth/ExchangeToken"

Login = Mapping[str, Any]


def dstor_token(engine: Engine, expires: str | None = None) -> str:
    """Return an access token of dStor, valid until `expires` in Unix seconds."""
    headers = DSTOR_KEY if expires is None else {**DSTOR_KEY, "x-expiration": expires}
    return str(content(ask(engine, "GET /v1/dev/temp-token", headers))["access_token"])


def datasentinel_token(engine: Engine) -> str:
    """Return a user token of Datasentinel."""
    response = ask(engine, "POST /ds-api/user-token", DATASENTINEL_LOGIN)
    return str(content(response)["user-token"])


def kitegateway_token(engine: Engine, **fields: object) -> str:
    """Return an access token of Kitegateway, which begins with `JWT `."""
    body = {**KITEGATEWAY_KEY, **fields}
    response = ask(engine, "POST /v1/auth/token", KITEGATEWAY_SECRET, json=body)
    return str(content(response)["data"]["token"])


def connect(engine: Engine, **arguments: str) -> Login:
    """Log in at Dapi's Connect, and return the login."""
    answer: Login = content(admin(engine, "POST /vendors/dapi/connect", json=arguments))
    return answer


def exchange_fields(login: Login) -> dict[str, str]:
    """Return the body with which the app exchanges a login's code."""
    return {
        **APP_SECRET,
        "accessCode": login["accessCode"],
        "connectionID": login["connectionID"],
    }


def dapi_token(engine: Engine, login: Login) -> str:
    """Exchange a login's code, and return the access token."""
    response = ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    return str(content(response)["accessToken"])


class Customer:
    """A bank customer whose app has an access token of Dapi, and the secrets of its calls."""

    def __init__(self, engine: Engine, **arguments: str) -> None:
        login = connect(engine, **arguments)
        self.code = str(login["accessCode"])
        self.token = dapi_token(engine, login)
        self.headers = bearer(self.token)
        self.secrets: dict[str, object] = {**APP_SECRET, "userSecret": login["userSecret"]}


BUY: dict[str, Callable[[Engine], str]] = {
    "dapi": lambda engine: Customer(engine).token,
    "datasentinel": datasentinel_token,
    "dstor": dstor_token,
    "kitegateway": kitegateway_token,
}


def use(engine: Engine, vendor: str, token: str) -> Response:
    """Return the vendor's response to a call with a token; at Dapi, of the printed login."""
    if vendor == "dapi":
        return ask(engine, "POST /v2/data/identity/get", bearer(token), json=CUSTOMER)
    if vendor == "datasentinel":
        return ask(engine, "GET /ds-api/roles", {"user-token": token})
    if vendor == "dstor":
        return ask(engine, "POST /v1/upload/get-token", bearer(token), json=UPLOAD)
    return ask(engine, "GET /v1/data/wallets/balances", {"Authorization": token})


def minted(engine: Engine, vendor: str, **order: Any) -> dict[str, Any]:
    """Mint a token by the admin API, and return the JSON of the response."""
    answer: dict[str, Any] = value(engine, "POST /tokens", vendor=vendor, **order)
    assert set(answer) == {"id", "token", "expires"}
    return answer


def explained(engine: Engine, vendor: str, token: str) -> str:
    """Return the reason for which a vendor would refuse a token, or "ok"."""
    answer = value(engine, "POST /tokens/explain", vendor=vendor, token=token)
    assert answer["accepted"] is (answer["reason"] == "ok")
    return str(answer["reason"])


def revoke(engine: Engine, token: str) -> None:
    """Revoke a token or a code."""
    value(engine, f"DELETE /tokens/{token_id(token)}")
