"""For each rule clients that break it, and no other, in different manners."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import time_machine

from mockserver import TokenMock
from mockserver.verdicts.rules import RULES
from tests.verdicts.kite_client import HOST, Client, Failed

DAPI = "https://api.dapi.com/v2"
DSTOR = "https://api.dstor.cloud/v1"
SENTINEL = "https://platform-server/ds-api"
Story = Callable[[TokenMock], object]
Line = Callable[[Client], object]


def exchange(mock: TokenMock, code: Any = None, **more: Any) -> requests.Response:
    login = code or mock.dapi.connect()
    body = {
        "appSecret": mock.dapi.account.app_secret,
        "accessCode": login.accessCode,
        "connectionID": login.connectionID,
    }
    return requests.post(f"{DAPI}/auth/ExchangeToken", json={**body, **more}, timeout=5)


def dapi(path: str, mock: TokenMock, token: str, login: Any, **options: Any) -> requests.Response:
    body = {"appSecret": mock.dapi.account.app_secret, "userSecret": login.userSecret}
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(f"{DAPI}/{path}", json=body, headers=headers, timeout=5, **options)


def sentinel_token(mock: TokenMock) -> str:
    account = mock.datasentinel.account
    answer = requests.post(f"{SENTINEL}/user-token", auth=(account.user, account.password))
    return str(answer.json()["user-token"])


def dstor_token(mock: TokenMock, **headers: str) -> requests.Response:
    key = {"api-key": mock.dstor.account.api_key}
    return requests.get(f"{DSTOR}/dev/temp-token", headers={**key, **headers})


def upload(headers: dict[str, str], **options: Any) -> requests.Response:
    body = {"chunks_number": 1, "folder_path": "/"}
    return requests.post(f"{DSTOR}/upload/get-token", json=body, headers=headers, **options)


def as_given(client: type[Client], *lines: Line) -> Story:
    """Return a story: the client makes a call, then each line happens, with a call after it."""

    def story(mock: TokenMock) -> None:
        one = client(mock)
        for line in (None, *lines):
            if line is not None:
                line(one)
            with suppress(Failed, ValueError, TypeError):
                one.call()

    return story


def bad(**methods: Any) -> type[Client]:
    return type("Bad", (Client,), methods)


def revoked(client: Client) -> None:
    client.mock.revoke(str(client.token))


def later(seconds: float) -> Line:
    return lambda client: client.mock.clock.advance(seconds=seconds)


def then(*lines: Line) -> Line:
    return lambda client: [line(client) for line in lines]


def failing(endpoint: Any, **how: Any) -> Line:
    return lambda client: client.mock.fail("kitegateway", endpoint=endpoint, **how)


def answering(endpoint: str, response: dict[str, Any], **more: Any) -> Line:
    stub = {"vendor": "kitegateway", "endpoint": endpoint, "response": response, **more}
    return lambda client: client.mock.stub(stub)


def nothing(_: Client) -> None:
    pass


STORIES: dict[str, list[Story]] = {}


def breaks(rule: str) -> Callable[[Story], Story]:
    def add(story: Story) -> Story:
        STORIES.setdefault(rule, []).append(story)
        return story

    return add


# What is sent where


@breaks("token-in-url")
def _(mock: TokenMock) -> None:
    token = dstor_token(mock).json()["access_token"]
    upload({}, params={"access_token": token})


@breaks("token-in-url")
def _(mock: TokenMock) -> None:
    token = sentinel_token(mock)
    requests.get(f"{SENTINEL}/roles?user-token={token}", headers={"user-token": token[:0] or "-"})


@breaks("secret-in-url")
def _(mock: TokenMock) -> None:
    account = mock.kitegateway.account
    requests.post(f"{HOST}/v1/auth/token?Secret-Key={account.secret_key}", json={})


@breaks("secret-in-url")
def _(mock: TokenMock) -> None:
    requests.get(f"{DSTOR}/dev/temp-token/{mock.dstor.account.api_key}")


@breaks("secret-in-url")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    requests.post(f"{DAPI}/auth/ExchangeToken?accessCode={login.accessCode}", json={})


@breaks("code-as-bearer")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    dapi("data/identity/get", mock, login.accessCode, login)


@breaks("code-as-bearer")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    token = exchange(mock, login).json()["accessToken"]
    dapi("data/identity/get", mock, token, login)
    dapi("data/accounts/get", mock, login.accessCode, login)


breaks("wrong-scheme")(as_given(bad(header=lambda _, token: {"Authorization": f"Bearer {token}"})))
breaks("wrong-scheme")(as_given(bad(header=lambda _, token: {"Authorization": token[4:]})))
breaks("wrong-scheme")(as_given(bad(header=lambda _, token: {"Authorization": f"JWT {token}"})))


@breaks("wrong-scheme")
def _(mock: TokenMock) -> None:
    headers = {"Authorization": f"Bearer {sentinel_token(mock)}"}
    requests.get(f"{SENTINEL}/roles", headers=headers)


@breaks("two-schemes")
def _(mock: TokenMock) -> None:
    token = sentinel_token(mock)
    headers = {"user-token": token, "Authorization": f"Bearer {token}"}
    requests.get(f"{SENTINEL}/roles", headers=headers)


breaks("two-schemes")(
    as_given(bad(header=lambda _, token: {"Authorization": token, "X-Access-Token": token}))
)


@breaks("wrong-vendor")
def _(mock: TokenMock) -> None:
    upload({"Authorization": f"Bearer {sentinel_token(mock)}"})


@breaks("wrong-vendor")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    token = dstor_token(mock).json()["access_token"]
    dapi("data/identity/get", mock, token, login)


@breaks("plain-http")
def _(mock: TokenMock) -> None:
    token = dstor_token(mock).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{DSTOR}/upload/get-token".replace("https", "http")
    requests.post(url, json={"chunks_number": 1, "folder_path": "/"}, headers=headers)


@breaks("plain-http")
def _(mock: TokenMock) -> None:
    account = mock.datasentinel.account
    requests.post("http://platform-server/ds-api/user-token", auth=(account.user, account.password))


def _redirect(vendor: str, endpoint: str, to: str, mock: TokenMock) -> None:
    response = {"status": 307, "headers": {"Location": to}}
    mock.stub({"vendor": vendor, "endpoint": endpoint, "response": response, "times": 1})


@breaks("redirect-leak")
def _(mock: TokenMock) -> None:
    # requests takes Authorization out, and leaves the vendor's own header in.
    token = sentinel_token(mock)
    _redirect("datasentinel", "roles", f"{mock.url}/elsewhere", mock)
    requests.get(f"{SENTINEL}/roles", headers={"user-token": token})


@breaks("redirect-leak")
def _(mock: TokenMock) -> None:
    _redirect("dstor", "temp_token", "https://api.testnet.dstor.cloud/v1/dev/temp-token", mock)
    dstor_token(mock)


# Purchases


@breaks("code-twice")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    exchange(mock, login)
    exchange(mock, login)


@breaks("code-twice")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    token = exchange(mock, login).json()["accessToken"]
    dapi("users/DelinkUser", mock, token, login)
    exchange(mock, login)


@breaks("code-late")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    mock.clock.advance(minutes=30)
    exchange(mock, login)


@breaks("code-late")
def _(mock: TokenMock) -> None:
    login = mock.dapi.connect()
    mock.clock.advance(minutes=25)
    exchange(mock, login)


def _lost(mock: TokenMock, times: int, fault: str, phase: str) -> Any:
    mock.fail("dapi", endpoint="exchange_token", fault=fault, phase=phase, times=1)  # type: ignore[call-overload]
    login = mock.dapi.connect()
    for _ in range(times):
        with suppress(requests.RequestException):
            exchange(mock, login)


breaks("lost-reply-loop")(lambda mock: _lost(mock, 2, "EMPTY_RESPONSE", "after"))
breaks("lost-reply-loop")(lambda mock: _lost(mock, 5, "CONNECTION_RESET_BY_PEER", "after"))
breaks("lost-reply-loop")(lambda mock: _lost(mock, 2, "EMPTY_RESPONSE", "before"))

breaks("no-cache")(as_given(bad(current=lambda self: self.buy() or self.token), nothing))
breaks("no-cache")(as_given(bad(margin=lambda self: 899.0 if self.token else 0.0), later(30)))


@breaks("no-cache")
def _(mock: TokenMock) -> None:
    for _ in range(2):
        headers = {"Authorization": f"Bearer {dstor_token(mock).json()['access_token']}"}
        upload(headers)


def _short(leeway: float, life: int) -> Story:
    def story(mock: TokenMock) -> None:
        client = Client(mock, life)
        client.leeway = leeway
        for _ in range(3):
            client.call()

    return story


breaks("leeway-too-long")(_short(300, 300))


@breaks("leeway-too-long")
def _(mock: TokenMock) -> None:
    client = Client(mock, 3600)
    client.leeway = 900
    client.call()
    client.call()
    mock.clock.advance(seconds=2800)
    client.life = 600
    client.call()
    client.call()


breaks("unit-error")(lambda mock: dstor_token(mock, **{"x-expiration": "3600"}))
breaks("unit-error")(lambda mock: dstor_token(mock, **{"x-expiration": "1893456000000"}))
breaks("unit-error")(lambda mock: suppressed(Client(mock, 900_000).call))
breaks("unit-error")(lambda mock: suppressed(Client(mock, "300").call))  # type: ignore[arg-type]
breaks("unit-error")(lambda mock: suppressed(Client(mock, 1_893_456_000).call))


def suppressed(call: Callable[[], object]) -> None:
    with suppress(Failed, ValueError, TypeError, KeyError):
        call()


# Use and renewal


def _never(self: Client) -> str:
    if self.token is None:
        self.buy()
    return str(self.token)


def _only_send(self: Client) -> Any:
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


def _by_the_machine(client: type[Client], seconds: float) -> Story:
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


def _renews_and_gives_up(self: Client) -> Any:
    answer = self.send(self.current())
    if answer.status_code == 401:
        self.buy()
    return self.checked(answer)


breaks("no-renewal-after-401")(as_given(bad(call=_renews_and_gives_up), revoked))


def _loops(times: int) -> Any:
    def call(self: Client) -> Any:
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
    def call(self: Client) -> Any:
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
    as_given(bad(renew=Client.buy), then(later(850), failing("create_token", status=500)))
)


def _forgets(self: Client) -> None:
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


def _retries(at_most: int, pause: float, *, heeds: bool = False) -> type[Client]:
    asked = Client.asked if heeds else lambda _self, _text: pause
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


def _reads_first(self: Client) -> Any:
    answer = self.send(self.current())
    if answer.json()["code"] != 200:
        self.buy()
        answer = self.send(self.current())
    return self.checked(answer)


breaks("odd-error-body")(as_given(bad(call=_reads_first), answering("balances", HTML, times=1)))


def _reads_body(self: Client) -> None:
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


def _broken(mock: TokenMock) -> set[str]:
    return {verdict.id for verdict in mock.verdicts() if verdict.state == "broken"}


def _each() -> Iterator[Any]:
    for rule, stories in STORIES.items():
        for number, story in enumerate(stories, 1):
            yield pytest.param(rule, story, id=f"{rule}-{number}")


@pytest.mark.parametrize(("rule", "story"), list(_each()))
def test_a_bad_client_breaks_one_rule_only(rule: str, story: Story) -> None:
    with TokenMock() as mock:
        story(mock)
        assert _broken(mock) == {rule}
        with pytest.raises(AssertionError, match=rule):
            mock.assert_verdicts()
        mock.assert_verdicts(ignore={rule: "a test"})  # type: ignore[dict-item]


def test_each_rule_is_broken_in_two_manners() -> None:
    elsewhere = {"stampede"}  # needs threads and a gate
    assert {rule.id for rule in RULES} - elsewhere == STORIES.keys()
    assert all(len(stories) > 1 for stories in STORIES.values())


def test_each_rule_has_a_section_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs/rules.md").read_text()
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == [rule.id for rule in RULES]
