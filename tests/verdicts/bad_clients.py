"""Clients that break a rule on use, renewal or retries; each story breaks only one rule."""

import json
from datetime import timedelta
from typing import Any

import time_machine

from mockserver import TokenMock
from tests.verdicts.bad_requests import (
    Story,
    answering,
    as_given,
    bad,
    breaks,
    dapi,
    dstor_token,
    exchange,
    failing,
    later,
    nothing,
    revoked,
    suppressed,
    then,
)
from tests.verdicts.kite_client import Failed, KiteClient

# Use and renewal


def _never(self: KiteClient) -> str:
    if self.token is None:
        self.buy()
    return str(self.token)


def _only_send(self: KiteClient) -> Any:
    return self.checked(self.send(self.current()))


breaks("expired-use")(as_given(bad(current=_never, call=_only_send), later(901)))
breaks("expired-use")(as_given(bad(current=_never, call=_only_send), later(900), nothing))


@breaks("expired-use")
def _(mock: TokenMock) -> None:
    # The first token is tried first in every call.
    client = bad(current=_never)(mock)
    client.call()
    first = client.token
    mock.clock.advance(seconds=1000)
    for _ in range(2):
        client.token = first
        client.call()


def _by_the_machine(client: type[KiteClient], seconds: float) -> Story:
    def story(mock: TokenMock) -> None:
        with time_machine.travel("2030-01-01T00:00:00Z", tick=False) as traveller:
            one = client(mock)
            one.call()
            traveller.shift(timedelta(seconds=seconds))
            one.call()

    return story


breaks("late-renewal")(_by_the_machine(bad(current=_never), 901))
breaks("late-renewal")(_by_the_machine(bad(margin=lambda _: -1.0), 900))

breaks("no-renewal-after-401")(as_given(bad(call=_only_send), revoked))
breaks("no-renewal-after-401")(
    as_given(bad(call=_only_send), failing("balances", status=401, times=1), nothing)
)


def _renews_and_gives_up(self: KiteClient) -> Any:
    answer = self.send(self.current())
    if answer.status_code == 401:
        self.buy()
    return self.checked(answer)


breaks("no-renewal-after-401")(as_given(bad(call=_renews_and_gives_up), revoked))


def _loops(times: int) -> Any:
    def call(self: KiteClient) -> Any:
        for _ in range(times):
            answer = self.send(self.current())
            if answer.status_code != 401:
                break
            self.buy()
        return self.checked(answer)

    return call


breaks("renewal-loop")(as_given(bad(call=_loops(3)), failing("balances", status=401)))
breaks("renewal-loop")(as_given(bad(call=_loops(6)), failing("balances", status=401, times=5)))


def _renews_on(*statuses: int) -> Any:
    def call(self: KiteClient) -> Any:
        answer = self.send(self.current())
        if answer.status_code in statuses:
            self.buy()
            answer = self.send(self.current())
        return self.checked(answer)

    return call


breaks("renewal-on-other-errors")(
    as_given(bad(call=_renews_on(403), pauses=()), failing("balances", status=403, times=1))
)
breaks("renewal-on-other-errors")(
    as_given(bad(call=_renews_on(500, 503), pauses=()), failing("balances", status=503, times=1))
)


@breaks("renewal-on-other-errors")
def _(mock: TokenMock) -> None:
    # The token is forgotten after any error, so that the next call buys one.
    client = bad(pauses=())(mock)
    client.call()
    mock.fail("kitegateway", endpoint="balances", status=429, times=1)
    suppressed(client.call)
    client.token = None
    client.call()


breaks("failed-renewal-fatal")(
    as_given(bad(renew=KiteClient.buy), then(later(850), failing("create_token", status=500)))
)


def _forgets(self: KiteClient) -> None:
    self.token = None
    self.buy()


breaks("failed-renewal-fatal")(
    as_given(
        bad(renew=_forgets, pauses=()),
        then(later(850), failing("create_token", fault="EMPTY_RESPONSE")),
    )
)


@breaks("revoked-use")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    token = exchange(mock, login).json()["accessToken"]
    dapi("users/DelinkUser", mock, token, login)
    dapi("data/identity/get", mock, token, login)


@breaks("revoked-use")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    token = exchange(mock, login).json()["accessToken"]
    mock.revoke(token)
    for _ in range(2):
        dapi("data/identity/get", mock, token, login)


# Retries


def _retries(at_most: int, pause: float, *, heeds: bool = False) -> type[KiteClient]:
    asked = KiteClient.asked if heeds else lambda _self, _text: pause
    return bad(pauses=(pause,) * (at_most - 1), asked=asked)


LIMITED = {"status": 429, "headers": {"Retry-After": "1"}, "jsonBody": {}}
breaks("retry-after-ignored")(as_given(_retries(2, 0.1), answering("balances", LIMITED, times=1)))
FAR = {"Retry-After": "Wed, 01 Jan 2070 00:00:00 GMT"}
BUSY = {"status": 503, "headers": FAR, "jsonBody": {}}
breaks("retry-after-ignored")(
    as_given(_retries(3, 0.1), then(later(890), answering("create_token", BUSY, times=1)))
)
breaks("retry-at-once")(as_given(_retries(3, 0), failing("balances", status=503, times=2)))
breaks("retry-at-once")(as_given(_retries(2, 0), failing("balances", status=429, times=1)))
breaks("retry-storm")(as_given(_retries(5, 0.06), failing("balances", status=503)))
breaks("retry-storm")(
    as_given(_retries(4, 0.06), then(later(901), failing("create_token", fault="EMPTY_RESPONSE")))
)


def _wrong_secret(times: int) -> Story:
    def story(mock: TokenMock) -> None:
        client = bad(secret=lambda _: {"Secret-Key": "wrong-secret"})(mock)
        for _ in range(times):
            suppressed(client.buy)

    return story


breaks("refused-request-repeated")(_wrong_secret(2))
breaks("refused-request-repeated")(
    lambda mock: [dstor_token(mock, **{"api-key": "short"}) for _ in range(3)]
)


@breaks("refused-request-repeated")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    for _ in range(2):
        exchange(mock, login, appSecret="another-app-secret")


HTML = {"status": 401, "headers": {"Content-Type": "text/html"}, "body": "<h1>no</h1>"}


def _reads_first(self: KiteClient) -> Any:
    answer = self.send(self.current())
    if answer.json()["code"] != 200:
        self.buy()
        answer = self.send(self.current())
    return self.checked(answer)


breaks("odd-error-body")(as_given(bad(call=_reads_first), answering("balances", HTML, times=1)))


def _reads_body(self: KiteClient) -> None:
    answer = self.attempts("POST", "/v1/auth/token", json=self.order(), headers=self.secret())
    if json.loads(answer.content)["status"] != "success":
        raise Failed
    self.token, self.expires = answer.json()["data"]["token"], answer.json()["data"]["expires"]


breaks("odd-error-body")(
    as_given(
        bad(buy=_reads_body, pauses=()),
        then(later(850), answering("create_token", {"status": 502, "body": ""})),
    )
)
