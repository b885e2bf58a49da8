"""Requests and purchases that break a rule; each story breaks only one rule."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import requests

from mockserver import TokenMock
from tests.verdicts.kite_client import HOST, Failed, KiteClient

DAPI = "https://api.dapi.com/v2"
DSTOR = "https://api.dstor.cloud/v1"
SENTINEL = "https://platform-server/ds-api"
Story = Callable[[TokenMock], object]
Line = Callable[[KiteClient], object]


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


def as_given(client: type[KiteClient], *lines: Line) -> Story:
    """Return a story: the client makes a call, and another one after each of `lines`."""

    def story(mock: TokenMock) -> None:
        one = client(mock)
        for line in (None, *lines):
            if line is not None:
                line(one)
            with suppress(Failed, ValueError, TypeError):
                one.call()

    return story


def bad(**methods: Any) -> type[KiteClient]:
    return type("Bad", (KiteClient,), methods)


def revoked(client: KiteClient) -> None:
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


def nothing(_: KiteClient) -> None:
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
        client = KiteClient(mock, life)
        client.leeway = leeway
        for _ in range(3):
            client.call()

    return story


breaks("leeway-too-long")(_short(300, 300))


@breaks("leeway-too-long")
def _(mock: TokenMock) -> None:
    client = KiteClient(mock, 3600)
    client.leeway = 900
    client.call()
    client.call()
    mock.clock.advance(seconds=2800)
    client.life = 600
    client.call()
    client.call()


breaks("unit-error")(lambda mock: dstor_token(mock, **{"x-expiration": "3600"}))
breaks("unit-error")(lambda mock: dstor_token(mock, **{"x-expiration": "1893456000000"}))
breaks("unit-error")(lambda mock: suppressed(KiteClient(mock, 900_000).call))
breaks("unit-error")(lambda mock: suppressed(KiteClient(mock, "300").call))  # type: ignore[arg-type]
breaks("unit-error")(lambda mock: suppressed(KiteClient(mock, 1_893_456_000).call))


def suppressed(call: Callable[[], object]) -> None:
    with suppress(Failed, ValueError, TypeError, KeyError):
        call()
