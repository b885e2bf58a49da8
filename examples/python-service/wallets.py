"""A small web service that shows wallet balances, and its client for Kitegateway."""

import threading
import time
from collections.abc import Callable
from typing import Any

import flask
import requests

LEEWAY = 60  # seconds: a token is replaced so long before it expires
TIMEOUT = 5  # seconds


class KitegatewayClient:
    """Call Kitegateway with a token that is cached, refreshed before it expires, and shared.

    Args:
        api_key: The merchant's key.
        secret_key: The merchant's secret, sent as the header `Secret-Key`.
        url: The base address; tests replace it only to use a server.
        now: Return the current time in Unix seconds.
    """

    def __init__(
        self,
        api_key: str,
        secret_key: str,
        *,
        url: str = "https://sandbox.kitegateway.com",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._credentials = api_key, secret_key
        self._url = url
        self._now = now
        self._token, self._expires = "", 0.0
        self._lock = threading.Lock()  # one purchase at a time, however many threads need it

    def balances(self) -> dict[str, float]:
        """Return the balance of each currency.

        Raises:
            requests.HTTPError: Kitegateway refused the request after a renewal.
            requests.ConnectionError: Kitegateway was not reached, or the answer was lost.
        """
        answer = self._get("/v1/data/wallets/balances")
        if answer.status_code == 401:  # revoked before its time: renew once
            self._expires = 0.0
            answer = self._get("/v1/data/wallets/balances")
        answer.raise_for_status()
        return {wallet["currency"]: wallet["balance"] for wallet in answer.json()["data"]}

    def _get(self, path: str) -> requests.Response:
        headers = {"Authorization": self._valid_token()}
        return requests.get(self._url + path, headers=headers, timeout=TIMEOUT)

    def _valid_token(self) -> str:
        with self._lock:
            if self._now() >= self._expires - LEEWAY:
                data = self._new_token()
                self._token, self._expires = data["token"], data["expires"]
            return self._token

    def _new_token(self) -> dict[str, Any]:
        api_key, secret_key = self._credentials
        headers = {"Secret-Key": secret_key, "Accept": "application/json"}
        for _attempt in range(2):  # a 5xx is worth one more attempt, a 4xx is not
            answer = requests.post(
                f"{self._url}/v1/auth/token",
                json={"api_key": api_key},
                headers=headers,
                timeout=TIMEOUT,
            )
            if answer.status_code < 500:
                break
        answer.raise_for_status()
        data: dict[str, Any] = answer.json()["data"]
        return data


def create_app(client: KitegatewayClient) -> flask.Flask:
    """Return the web service: `GET /balances`, 502 if Kitegateway does not answer."""
    app = flask.Flask(__name__)

    @app.get("/balances")
    def balances() -> dict[str, float]:
        return client.balances()

    @app.errorhandler(requests.RequestException)
    def unavailable(_error: requests.RequestException) -> tuple[dict[str, str], int]:
        return {"error": "Kitegateway is not available"}, 502

    return app
