"""Whoever buys a token at Dapi: what is sent, where to, and the sources that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from .client import Client, success

PAGE = "Obtain an Access Token page"
VERSUS = f"{PAGE}, Access Token VS Access Code"
STEP_1 = f"{PAGE}, Step 1"
STEP_2 = f"{PAGE}, Step 2"
SDKS = "the vendor's SDKs"
GO_SDK = "the vendor's Go SDK"
OTHER = "another page of the vendor"
OURS = "our choice"

EXCHANGE = "/v2/auth/ExchangeToken"
DELINK = "/v2/users/DelinkUser"
IDENTITY = "/v2/data/identity/get"
ACCOUNTS = "/v2/data/accounts/get"
BALANCE = "/v2/data/balance/get"
TRANSACTIONS = "/v2/data/transactions/get"
METADATA = "/v2/metadata/accounts/get"
BASE = {"success", "status", "operationID"}

Login = dict[str, Any]


@dataclass
class App:
    """An app whose users log in at their bank."""

    client: Client

    def connect(self, **arguments: str) -> Login:
        """A fresh login at Connect, judged as an answer is."""
        return self.client.play("connect", **arguments)

    def exchange(
        self, login: Login, *, expect: int | None = None, **changed: Any
    ) -> requests.Response:
        """The exchange of a login's code; `changed` fields differ from those of a good one."""
        body = {
            "appSecret": self.client.account["appSecret"],
            "accessCode": login["accessCode"],
            "connectionID": login["connectionID"],
            **changed,
        }
        return self.client.post(EXCHANGE, json=body, expect=expect)

    def session(self, **arguments: str) -> "Session":
        """A fresh login and its access token."""
        login = self.connect(**arguments)
        return Session(self.client, login, success(self.exchange(login))["accessToken"])


@dataclass
class Session:
    """An access token with what must be sent beside it."""

    client: Client
    login: Login
    token: str

    def ask(
        self,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        expect: int | None = None,
        **changed: Any,
    ) -> requests.Response:
        """A call. `headers`: by default the token as Bearer. `changed` fields go into the body."""
        body = {
            "appSecret": self.client.account["appSecret"],
            "userSecret": self.login["userSecret"],
            "userInputs": [],  # clients always send these two
            "operationID": "",
            **changed,
        }
        bearer = {"Authorization": f"Bearer {self.token}"}
        sent = bearer if headers is None else headers
        return self.client.post(path, headers=sent, json=body, expect=expect)

    def account(self) -> dict[str, Any]:
        """The first of the customer's accounts."""
        return dict(success(self.ask(ACCOUNTS))["accounts"][0])


def refusal(answer: requests.Response, kind: str = "") -> str:
    """The message of an error, which must be of the documented shape and of this type."""
    body = answer.json()
    assert BASE | {"type", "msg"} <= body.keys()
    assert body["success"] is False
    assert body["status"] == "failed"
    assert not kind or body["type"] == kind
    return str(body["msg"])


def result(answer: requests.Response, name: str) -> Any:
    """What a success holds beside the fields that every success has."""
    body = success(answer)
    assert body.keys() == BASE | {name}
    assert body["success"] is True
    assert body["status"] == "done"
    return body[name]
