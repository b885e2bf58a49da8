"""Requests to Kitegateway that the checks share, and the sources that the checks name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from mockserver.verification.check_client import CheckClient, accepted, success
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
    """A merchant with an API key and a secret."""

    client: CheckClient

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that the page requires."""
        json_type = "application/json"
        secret = self.client.account["Secret-Key"]
        return {"Content-Type": json_type, "Accept": json_type, "Secret-Key": secret}

    @property
    def api_key(self) -> str:
        """Return the key, which is sent in the body."""
        return str(self.client.account["api_key"])

    def ask(
        self, *, headers: Headers | None = None, expect: int | None = None, **fields: Any
    ) -> requests.Response:
        """Request a token as the page says; `headers` and `fields` replace parts of the request."""
        sent = {**self.headers, **(headers or {})}
        body = {"api_key": self.api_key, **fields}
        return self.client.post(TOKEN, headers=sent, json=body, expect=expect)

    def post(self, body: str, *, expect: int | None = None) -> requests.Response:
        """Send a body with the headers that the page requires."""
        return self.client.post(TOKEN, headers=self.headers, data=body, expect=expect)

    def obtain(self, **fields: Any) -> dict[str, Any]:
        """Return the data of a success: token and expires."""
        return dict(success(self.ask(**fields))["data"])

    def some_token(self) -> str:
        """Return a token; the checks of a real service share one token."""
        return str(self.client.once("token", lambda: self.obtain()["token"]))

    def decoded(self, **fields: Any) -> DecodedToken:
        """Return a token, decoded."""
        return decoded(self.obtain(**fields)["token"], PREFIX)

    def obtain_as_plugin(self, body: str, *, content_type: str | None) -> DecodedToken:
        """Send a body as the plugin does, without Accept, and return the decoded token."""
        secret = self.client.account["Secret-Key"]
        headers = {"Secret-Key": secret, "Accept": None, "Content-Type": content_type}
        # The client library adds no content type to a text.
        answer = self.client.post(TOKEN, headers=headers, data=body)
        return decoded(accepted(answer).json()["data"]["token"], PREFIX)

    def balances(
        self, authorization: str | None, *, expect: int | None = None
    ) -> requests.Response:
        """Request the balances, which requires the token, with this `Authorization`."""
        headers = {} if authorization is None else {"Authorization": authorization}
        return self.client.get(BALANCES, headers=headers, expect=expect)


def refusal(answer: requests.Response) -> str:
    """Return the message of an error. The contract checks its envelope."""
    return str(answer.json()["message"])
