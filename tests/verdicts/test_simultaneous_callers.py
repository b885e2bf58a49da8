"""Callers that share a token, in every order that may occur: none of them is blamed.

Each order is played by threads, by an event loop that sends through a pool of threads, and over
connections: one for each request, as several processes do, and one for each caller.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from mockserver import ControlError, TokenMock, TokenServer, create_app
from tests.verdicts.test_good_clients import broken

Send = Callable[..., requests.Response]

ORDERS = {
    "one learns of a revocation after another": """
        A buys, A uses, B reads, token is revoked, A uses, B uses, A buys, A uses, B reads, B uses
    """,
    "a revoked token is sent after its renewal": """
        A buys, A uses, B reads, C reads, token is revoked, A uses, A buys, A uses, A uses, B uses,
        B reads, B uses, C uses, C reads, C uses
    """,
    "one learns of the end after another": """
        A buys, A uses, B reads, C reads, token has expired, A uses, B uses, A buys, A uses, C uses,
        B reads, B uses, C reads, C uses
    """,
    "a new token is refused to another caller first": """
        A buys, A uses, uses are refused, A uses, A buys, B reads, B uses, B buys, A uses, B uses
    """,
    "callers fail together": """
        A buys, A uses, B reads, C reads, D reads, uses fail, A uses, B uses, C uses, D uses
    """,
    "one is limited, another is new": """
        A buys, A uses, B reads, uses are limited, A uses, B uses
    """,
    "an error of one, a renewal by another": """
        A buys, A uses, B reads, token is revoked, B uses, uses fail, A uses, B buys, uses pass,
        B uses, A reads, A uses
    """,
    "the vendor refuses all": """
        A buys, token has expired, purchases are refused, B buys, C buys, D buys
    """,
    "the vendor sells nothing": """
        A buys, A uses, token is old, B reads, purchases fail, A buys, B uses, A uses, B buys,
        B uses
    """,
}
STUBS = {
    "uses are refused": ("balances", {"status": 401}),
    "uses fail": ("balances", {"status": 503}),
    "uses are limited": ("balances", {"status": 429, "headers": {"Retry-After": "9"}}),
    "purchases are refused": ("create_token", {"status": 401}),
    "purchases fail": ("create_token", {"status": 500}),
}


class Callers:
    """What the callers of an order hold, and what their cache has."""

    def __init__(self, mock: Any, url: str, send: Callable[[str], Send]) -> None:
        self.mock, self.url, self.send = mock, url, send
        self.cache = ""
        self.held: dict[str, str] = {}

    def play(self, order: str) -> None:
        for step in " ".join(order.split()).split(", "):
            caller, _, verb = step.partition(" ")
            if verb in ("buys", "reads", "uses"):
                getattr(self, verb)(caller)
            elif step in STUBS:
                endpoint, response = STUBS[step]
                stub = {"vendor": "kitegateway", "endpoint": endpoint, "response": response}
                self.mock.stub({**stub, "priority": 1})
            elif step == "uses pass":
                self.mock.stub({"vendor": "kitegateway", "endpoint": "balances", "priority": 1})
            elif step == "token is revoked":
                self.mock.revoke(self.cache)
            else:
                self.mock.clock.advance(seconds={"has expired": 901, "is old": 850}[verb])

    def buys(self, caller: str) -> None:
        account = self.mock.kitegateway.account
        body, secret = {"api_key": account.api_key}, {"Secret-Key": account.secret_key}
        answer = self.send(caller)("POST", f"{self.url}/auth/token", json=body, headers=secret)
        if answer.ok:
            self.cache = self.held[caller] = answer.json()["data"]["token"]

    def reads(self, caller: str) -> None:
        self.held[caller] = self.cache

    def uses(self, caller: str) -> None:
        header = {"Authorization": self.held[caller]}
        self.send(caller)("GET", f"{self.url}/data/wallets/balances", headers=header)


@pytest.fixture(params=["threads", "a pool of asyncio", "processes", "connections"])
def callers(request: pytest.FixtureRequest) -> Iterator[Callers]:
    with ExitStack() as stack:
        enter = stack.enter_context
        by_name: dict[str, Any] = {}
        if request.param in ("processes", "connections"):
            server = enter(TokenServer())
            url, here = f"{server.url}/kitegateway/v1", request.param == "processes"

            def send(caller: str) -> Send:
                session = by_name.setdefault(caller, requests.Session())
                return requests.request if here else session.request

            yield Callers(server, url, send)
            stack.callback(lambda: [each.close() for each in by_name.values()])
            return
        mock = enter(TokenMock())

        def send_in_thread(caller: str) -> Send:
            if request.param != "threads":
                return lambda *a, **o: asyncio.run(asyncio.to_thread(requests.request, *a, **o))
            pool = by_name.get(caller) or enter(ThreadPoolExecutor(1))
            by_name[caller] = pool
            return lambda *a, **o: pool.submit(requests.request, *a, **o).result()

        yield Callers(mock, "https://kitegateway.com/v1", send_in_thread)


@pytest.mark.parametrize("order", ORDERS)
def test_no_caller_is_blamed(order: str, callers: Callers) -> None:
    callers.play(ORDERS[order])
    assert broken(callers.mock) == []


def test_a_purchase_that_the_client_gave_up_is_bought_again(token_mock: TokenMock) -> None:
    account = token_mock.datasentinel.account
    url, login = "https://platform-server/ds-api/user-token", (account.user, account.password)
    token_mock.delay("datasentinel", endpoint="create_token", milliseconds=30_000, times=1)
    with pytest.raises(requests.ReadTimeout):
        requests.post(url, auth=login, timeout=0.3)
    requests.post(url, auth=login, timeout=5)
    assert broken(token_mock) == []


def test_two_callers_learn_that_a_login_has_ended() -> None:
    with TokenServer() as server:
        url, secret = f"{server.url}/dapi/v2", server.dapi.account.app_secret
        login = server.dapi.connect()
        code = {"accessCode": login.accessCode, "connectionID": login.connectionID}
        sold = requests.post(f"{url}/auth/ExchangeToken", json={"appSecret": secret, **code})
        header = {"Authorization": f"Bearer {sold.json()['accessToken']}"}
        body = {"appSecret": secret, "userSecret": login.userSecret}
        for path in ("users/DelinkUser", "data/identity/get", "data/accounts/get"):
            requests.post(f"{url}/{path}", json=body, headers=header)
        assert broken(server) == []
        told = [one.id for one in server.verdicts(one_caller=True) if one.state == "broken"]
        assert told == ["revoked-use"]


def test_one_caller_is_judged_on_new_connections() -> None:
    with TokenServer() as server:
        server.fail("datasentinel", endpoint="health", status=503)
        for _ in range(4):
            requests.get(f"{server.url}/datasentinel/ds-api/")
        server.assert_verdicts()
        with pytest.raises(AssertionError, match="retry-storm"):
            server.assert_verdicts(one_caller=True)
        asked = requests.get(f"{server.url}/__admin/verdicts?one_caller=true").json()["verdicts"]
        assert {"retry-at-once", "retry-storm"} <= {
            one["id"] for one in asked if one["state"] == "broken"
        }


def test_clients_of_a_wsgi_application_are_given_its_address() -> None:
    client = create_app().test_client()
    client.post("/datasentinel/ds-api/user-token", auth=("myUser", "myPassword"))
    verdicts = client.get("/__admin/verdicts").get_json()["verdicts"]
    assert [one["id"] for one in verdicts if one["state"] == "broken"] == []


def test_verdicts_that_are_off() -> None:
    with TokenMock(verdicts=False) as mock:
        requests.get("https://platform-server/ds-api/")
        with pytest.raises(ControlError, match="--no-verdicts"):
            mock.verdicts()
        assert requests.get(f"{mock.url}/__admin/console/verdicts").ok
        assert [entry.recorded for entry in mock.engine.state.journal.all()] == [()]
