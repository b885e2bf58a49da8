"""One good way to each vendor's token, with the built-in accounts."""

from collections.abc import Mapping
from typing import Any

from mockserver.emulator.engine import Engine
from tests.engine_client import admin, ask, basic, bearer, content

DSTOR_KEY = {"api-key": "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92"}
DSTOR_LOGIN = {"email": "dev@example.com", "password": "dstor-password"}
DATASENTINEL_LOGIN = basic("myUser", "myPassword")
KITEGATEWAY_SECRET = {"Secret-Key": "YOUR_SECRET"}
KITEGATEWAY_KEY = {"api_key": "2882jj2hh288282jj2"}
APP_SECRET = {"appSecret": "app_secret_value"}

Login = Mapping[str, Any]


def dstor_token(engine: Engine, expires: str | None = None) -> str:
    """An access token of dStor, good until `expires`, Unix seconds."""
    headers = DSTOR_KEY if expires is None else {**DSTOR_KEY, "x-expiration": expires}
    return str(content(ask(engine, "GET /v1/dev/temp-token", headers))["access_token"])


def datasentinel_token(engine: Engine) -> str:
    """A user token of Datasentinel."""
    response = ask(engine, "POST /ds-api/user-token", DATASENTINEL_LOGIN)
    return str(content(response)["user-token"])


def kitegateway_token(engine: Engine, **fields: object) -> str:
    """An access token of Kitegateway, beginning with `JWT `."""
    body = {**KITEGATEWAY_KEY, **fields}
    response = ask(engine, "POST /v1/auth/token", KITEGATEWAY_SECRET, json=body)
    return str(content(response)["data"]["token"])


def connect(engine: Engine, **arguments: str) -> Login:
    """A login at Dapi's Connect."""
    answer: Login = content(admin(engine, "POST /vendors/dapi/connect", json=arguments))
    return answer


def exchange_fields(login: Login) -> dict[str, str]:
    """The body with which the app exchanges a login's code."""
    return {
        **APP_SECRET,
        "accessCode": login["accessCode"],
        "connectionID": login["connectionID"],
    }


def dapi_token(engine: Engine, login: Login) -> str:
    """The access token that a login's code buys."""
    response = ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    return str(content(response)["accessToken"])


class Customer:
    """A bank customer whose app has an access token of Dapi: what its calls carry."""

    def __init__(self, engine: Engine, **arguments: str) -> None:
        login = connect(engine, **arguments)
        self.token = dapi_token(engine, login)
        self.headers = bearer(self.token)
        self.secrets: dict[str, object] = {**APP_SECRET, "userSecret": login["userSecret"]}
