"""A correct client of Kitegateway; each bad client overrides one or two of its methods."""

import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from mockserver import TokenMock

HOST = "https://kitegateway.com"


class Failed(Exception):
    """A call failed, which is not an error of the client."""


class KiteClient:
    """Caches its token, renews it before it expires and once after a 401, retries with pauses."""

    leeway = 60.0
    pauses: tuple[float, ...] = (0.06, 0.12)

    def __init__(
        self, mock: TokenMock, life: int | None = None, now: Callable[[], float] | None = None
    ) -> None:
        self.mock = mock
        self.account = mock.kitegateway.account
        self.life = life
        self.now = now or (lambda: mock.clock.now().timestamp())
        self.sleep: Callable[[float], None] = time.sleep
        self.lock = threading.Lock()
        self.token: str | None = None
        self.expires = 0.0
        self.session = requests.Session()

    def call(self) -> Any:
        token = self.current()
        answer = self.send(token)
        if answer.status_code == 401:
            with self.lock:
                if self.token == token:
                    self.buy()
            answer = self.send(self.current())
        return self.checked(answer)

    def current(self) -> str:
        with self.lock:
            if self.token is None or self.now() >= self.expires - self.margin():
                self.renew()
            assert self.token is not None
            return self.token

    def margin(self) -> float:
        return self.leeway

    def renew(self) -> None:
        try:
            self.buy()
        except Failed:
            if self.token is None or self.now() >= self.expires:
                raise

    def buy(self) -> None:
        answer = self.attempts("POST", "/v1/auth/token", json=self.order(), headers=self.secret())
        data = self.checked(answer)
        self.token, self.expires = data["token"], data["expires"]

    def order(self) -> dict[str, Any]:
        order: dict[str, Any] = {"api_key": self.account.api_key}
        return order if self.life is None else {**order, "expires_in": self.life}

    def secret(self) -> dict[str, str]:
        return {"Secret-Key": self.account.secret_key}

    def send(self, token: str) -> requests.Response:
        return self.attempts("GET", "/v1/data/wallets/balances", headers=self.header(token))

    def header(self, token: str) -> dict[str, str]:
        return {"Authorization": token}

    def attempts(self, method: str, path: str, **options: Any) -> requests.Response:
        for pause in (*self.pauses, None):
            answer, wait = None, pause
            try:
                answer = self.session.request(method, HOST + path, **options)
            except requests.RequestException as error:
                if pause is None:
                    raise Failed(str(error)) from None
            if pause is None or (answer is not None and not self.passes(answer)):
                break
            if answer is not None and "Retry-After" in answer.headers:
                wait = self.asked(answer.headers["Retry-After"])
            self.sleep(wait or 0.0)
        assert answer is not None
        return answer

    def passes(self, answer: requests.Response) -> bool:
        return answer.status_code == 429 or answer.status_code >= 500

    def asked(self, text: str) -> float:
        if text.isdigit():
            return float(text)
        return max(0.0, parsedate_to_datetime(text).timestamp() - self.now()) + 1

    def checked(self, answer: requests.Response) -> Any:
        if answer.status_code >= 400:
            raise Failed(f"status {answer.status_code}")
        return answer.json()["data"]
