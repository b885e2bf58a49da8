"""Whoever buys a token at Kitegateway: what is sent, where to, and the sources that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from mockserver.verification.check_client import CheckClient, success
from mockserver.verification.token_check import DecodedToken, decoded

PAGE = "Access Token page"
HEADERS = f"{PAGE}, Request Headers"
BODY = f"{PAGE}, Request Body"
RESPONSE = f"{PAGE}, Response body"
SAMPLE = f"{PAGE}, Sample Response"
AUTHORIZATION = f"{PAGE}, Header: Authorization"
PLUGIN = "the vendor's WooCommerce plugin"
ERRORS = "the vendor's errors page"
OTHER = "another page of the vendor"
OURS = "our choice"

TOKEN = "/v1/auth/token"
BALANCES = "/v1/data/wallets/balances"
PREFIX = "JWT "

Headers = Mapping[str, str | None]  # None: not sent


@dataclass
class Merchant:
    """Someone with an api_key and an api_secret."""

    client: CheckClient

    @property
    def headers(self) -> dict[str, str]:
        """The headers that the page requires."""
        json_type = "application/json"
        secret = self.client.account["Secret-Key"]
        return {"Content-Type": json_type, "Accept": json_type, "Secret-Key": secret}

    @property
    def api_key(self) -> str:
        """The key, for the body."""
        return str(self.client.account["api_key"])

    def ask(
        self, *, headers: Headers | None = None, expect: int | None = None, **fields: Any
    ) -> requests.Response:
        """A token asked for as the page says, but for what differs in `headers` and `fields`."""
        sent = {**self.headers, **(headers or {})}
        body = {"api_key": self.api_key, **fields}
        return self.client.post(TOKEN, headers=sent, json=body, expect=expect)

    def post(self, body: str, *, expect: int | None = None) -> requests.Response:
        """A body sent with the headers that the page requires."""
        return self.client.post(TOKEN, headers=self.headers, data=body, expect=expect)

    def buy(self, **fields: Any) -> dict[str, Any]:
        """The data of a success: token and expires."""
        return dict(success(self.ask(**fields))["data"])

    def some_token(self) -> str:
        """A token, which elsewhere than at our mock is bought once for all that may share it."""
        return str(self.client.once("token", lambda: self.buy()["token"]))

    def decoded(self, **fields: Any) -> DecodedToken:
        """A token, taken apart."""
        return decoded(self.buy(**fields)["token"], PREFIX)

    def buy_as_plugin(self, body: str, *, content_type: str | None) -> DecodedToken:
        """The token that a body buys which is sent as the plugin does, without Accept."""
        secret = self.client.account["Secret-Key"]
        headers = {"Secret-Key": secret, "Accept": None, "Content-Type": content_type}
        # Text is sent without a content type of the client's own.
        answer = self.client.post(TOKEN, headers=headers, data=body)
        return decoded(success(answer)["data"]["token"], PREFIX)

    def balances(
        self, authorization: str | None, *, expect: int | None = None
    ) -> requests.Response:
        """A call that needs the token, with this `Authorization`."""
        headers = {} if authorization is None else {"Authorization": authorization}
        return self.client.get(BALANCES, headers=headers, expect=expect)


def refusal(answer: requests.Response) -> str:
    """The message of an error. Its envelope the contract has judged."""
    return str(answer.json()["message"])
