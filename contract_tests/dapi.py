"""Requests to Dapi that the checks share, and the sources that the checks name."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import requests

from mockserver.verification.check_client import CheckClient, refused, sent_at, success
from mockserver.verification.statements import Reason, not_checked
from mockserver.verification.token_check import decoded

PAGE = "Obtain an Access Token page"
VERSUS = f"{PAGE}, Access Token VS Access Code"
STEP_1 = f"{PAGE}, Step 1"
STEP_2 = f"{PAGE}, Step 2"
SDKS = "the vendor's SDKs"
GO_SDK = "the vendor's Go SDK"
NODE_SDK = "the vendor's Node SDK"
OTHER = "another page of the vendor"
OURS = "our choice"

EXCHANGE = "/v2/auth/ExchangeToken"
DELINK = "/v2/users/DelinkUser"
IDENTITY = "/v2/data/identity/get"
ACCOUNTS = "/v2/data/accounts/get"
CARDS = "/v2/data/cards/get"
BALANCE = "/v2/data/balance/get"
TRANSACTIONS = "/v2/data/transactions/get"
METADATA = "/v2/metadata/accounts/get"
BASE = {"success", "status", "operationID"}

# Keys under which the checks share results if there is only one access code.
_EXCHANGED, _ENDED = "exchanged", "ended"

Login = dict[str, Any]


@dataclass
class App:
    """An app whose users log in at their bank."""

    client: CheckClient

    @property
    def has_one_code(self) -> bool:
        """True if the only access code is the one in the environment variables."""
        return "accessCode" in self.client.account or not self.client.service.control.present

    def connect(self, **arguments: str) -> Login:
        """Return a Connect login whose code is unused.

        A simulated login is checked against the contract, like a response.
        """
        if not self.has_one_code:
            return self.client.act("connect", **arguments)
        if arguments:
            not_checked(Reason.CANNOT_BE_PROVOKED, "a login at Connect needs a person")
        if _EXCHANGED in self.client.service.kept:
            not_checked(Reason.CREDENTIAL_MISSING, "it needs a second access code, not used yet")
        return self._given()

    def login(self) -> Login:
        """Return a Connect login whose code may have been used."""
        return self._given() if self.has_one_code else self.connect()

    def readable_login(self) -> Login:
        """Return a login whose fields have their real form, unlike the page's placeholders."""
        login = self.login()
        if self.has_one_code and any(value.endswith("_value") for value in login.values()):
            not_checked(Reason.CANNOT_BE_CHECKED, "the login has the words that the page prints")
        return login

    def exchanged(self) -> tuple[Login, requests.Response]:
        """Return a login and the response to the exchange of its code.

        A code is exchanged once. If there is only one code, the checks share the response.
        """
        if not self.has_one_code:
            login = self.connect()
            return login, self.exchange(login)
        answer = self.client.once(_EXCHANGED, self._exchange_given)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            not_checked(Reason.CREDENTIAL_REFUSED, f"POST {EXCHANGE} answered 401")
        return self._given(), answer

    def _given(self) -> Login:
        account = self.client.account
        return {name: account[name] for name in ("accessCode", "connectionID", "userSecret")}

    def _exchange_given(self) -> requests.Response:
        login = self._given()
        answer = self.exchange(login)
        if refused(answer) and _has_expired(login["accessCode"], answer):
            not_checked(Reason.CREDENTIAL_MISSING, "the access code has expired")
        return answer

    def exchange(
        self, login: Login, *, expect: int | None = None, **changed: Any
    ) -> requests.Response:
        """Exchange a login's code; `changed` replaces fields of a correct request."""
        body = {
            "appSecret": self.client.account["appSecret"],
            "accessCode": login["accessCode"],
            "connectionID": login["connectionID"],
            **changed,
        }
        return self.client.post(EXCHANGE, json=body, expect=expect)

    def session(self, **arguments: str) -> "Session":
        """Return a login and its access token, which the checks share if there is only one code."""
        if _ENDED in self.client.service.kept:
            not_checked(
                Reason.CREDENTIAL_MISSING, "it needs a second access code: the token is delinked"
            )
        if arguments:
            login = self.connect(**arguments)
            answer = self.exchange(login)
        else:
            login, answer = self.exchanged()
        return Session(self.client, login, success(answer)["accessToken"])


@dataclass
class Session:
    """An access token and the login that it belongs to."""

    client: CheckClient
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
        """Send a request with the token.

        Args:
            path: The path of the endpoint.
            headers: Headers to send instead of the token as Bearer.
            expect: The status that the check requires.
            **changed: Fields that replace those of a correct body.
        """
        body = {
            "appSecret": self.client.account["appSecret"],
            "userSecret": self.login["userSecret"],
            "userInputs": [],  # clients always send this and operationID
            "operationID": "",
            **changed,
        }
        bearer = {"Authorization": f"Bearer {self.token}"}
        sent = bearer if headers is None else headers
        return self.client.post(path, headers=sent, json=body, expect=expect)

    def delink(self, path: str = DELINK, *, expect: int | None = None) -> requests.Response:
        """Delink the user, which ends the token; record this if the checks share the token."""
        if "accessCode" in self.client.account:
            self.client.service.kept[_ENDED] = True
        return self.ask(path, expect=expect)

    def card(self) -> dict[str, Any]:
        """Return the first of the customer's cards."""
        return self._first(CARDS, "cards", "the customer has no card")

    def account(self) -> dict[str, Any]:
        """Return the first of the customer's accounts."""
        return self._first(ACCOUNTS, "accounts", "the customer has no account")

    def _first(self, path: str, name: str, otherwise: str) -> dict[str, Any]:
        found = success(self.ask(path))[name]
        if not found:
            not_checked(Reason.CANNOT_BE_CHECKED, otherwise)
        return dict(found[0])


def refusal(answer: requests.Response, kind: str = "") -> str:
    """Return the message of an error, and check its type. The contract checks its form."""
    body = answer.json()
    assert not kind or body["type"] == kind, f"the type is {body['type']}, not {kind}"
    return str(body["msg"])


def result(answer: requests.Response, name: str) -> Any:
    """Return the field `name` of a success, and check the fields of every success.

    `operationID` is not among them: it is optional in the types of the Node SDK.
    """
    body = success(answer)
    assert body.keys() >= {"success", "status", name}
    return body[name]


def _has_expired(code: str, answer: requests.Response) -> bool:
    try:
        return bool(decoded(code).claims["exp"] <= sent_at(answer))
    except (AssertionError, LookupError, TypeError):
        return False
