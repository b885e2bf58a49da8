"""Dapi: any life of codes and tokens, step by step against a simple model, on every store."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from mockserver.emulator.namespaces import engine_factory
from mockserver.storage import is_shared, open_backend
from tests.engine_client import ask, bearer, content, fresh_engine, reset, value
from tests.store_urls import STORE_URLS
from tests.vendor_tokens import APP_SECRET, EXCHANGE, connect, exchange_fields, revoke

LIFE = 1800
ACCOUNTS = "POST /v2/data/accounts/get"
DELINK = "POST /v2/users/DelinkUser"
PRINTED = {
    "accessCode": "access_code_value",
    "connectionID": "connection_id_value",
    "userSecret": "user_secret_value",
}


@dataclass
class Code:
    """A code as a bank would remember it on paper."""

    login: dict[str, Any]
    made: float
    era: int
    used: bool = False
    revoked: bool = False


@dataclass
class Token:
    """A token, with the secret that belongs to it."""

    token: str
    secret: str
    era: int
    dead: bool = False


class LifeOfCodesAndTokens(RuleBasedStateMachine):
    """Every answer is the model's, after any steps, whichever of two workers is asked."""

    codes: Bundle[Code] = Bundle("codes")
    tokens: Bundle[Token] = Bundle("tokens")

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.engine = fresh_engine(backend=open_backend(url))
        self.other = self.engine
        self.change_places()
        self.era = 0  # counts the resets
        self.now = 0.0  # seconds that were waited for
        self.printed = Code(PRINTED, 0, 0)

    @rule()
    def change_places(self) -> None:
        """Another worker answers, which has begun anew: all that it knows is in the store."""
        if is_shared(self.url):
            self.engine = self.other
            self.other = engine_factory({}, backend=open_backend(self.url))("")

    @rule(target=codes, user=st.sampled_from(["dapi_user1", "dapi_user2"]))
    def connect(self, user: str) -> Code:
        return Code(dict(connect(self.engine, user=user)), self.now, self.era)

    @rule(target=codes)
    def read_the_page(self) -> Code:
        return self.printed

    @rule(target=tokens, code=codes, secret=st.booleans(), connection=st.booleans())
    def exchange(self, code: Code, secret: bool, connection: bool) -> Token:
        body = exchange_fields(code.login)
        body["appSecret"] += "" if secret else "x"
        body["connectionID"] += "" if connection else "x"
        expected = self.verdict(code, secret, connection)
        answer = content(ask(self.engine, EXCHANGE, json=body))
        assert answer.get("type", "OK") == expected
        if expected != "OK":
            return Token("never issued", "x", self.era, dead=True)
        code.used = True
        return Token(answer["accessToken"], code.login["userSecret"], self.era)

    def verdict(self, code: Code, secret: bool, connection: bool) -> str:
        rules = {
            "INVALID_APP_SECRET": not secret,
            "INVALID_ACCESS_CODE": code.era != self.era or code.revoked,
            "INVALID_CONNECTION": not connection,
            "USED_ACCESS_CODE": code.used,
            "EXPIRED_ACCESS_CODE": self.now - code.made >= LIFE,
        }
        return next((kind for kind, broken in rules.items() if broken), "OK")

    @rule(token=tokens, secret=st.booleans(), line=st.sampled_from([ACCOUNTS, ACCOUNTS, DELINK]))
    def call(self, token: Token, secret: bool, line: str) -> None:
        body = {**APP_SECRET, "userSecret": token.secret if secret else "wrong"}
        dead = token.dead or token.era != self.era
        expected = "INVALID_ACCESS_TOKEN" if dead else "OK" if secret else "INVALID_CONNECTION"
        answer = content(ask(self.engine, line, bearer(token.token), json=body))
        assert answer.get("type", "OK") == expected
        token.dead = dead or (secret and line == DELINK)

    @rule(token=tokens)
    def revoke(self, token: Token) -> None:
        revoke(self.engine, token.token)
        token.dead = True

    @rule(code=codes)
    def revoke_code(self, code: Code) -> None:
        if code.era == self.era:
            revoke(self.engine, code.login["accessCode"])
            code.revoked = True

    @rule(seconds=st.sampled_from([0.25, 1, 899.75, 900, 1799.75, 1800, 86_400]))
    def wait(self, seconds: float) -> None:
        value(self.engine, "POST /clock/advance", seconds=seconds)
        self.now += seconds

    @rule()
    def reset(self) -> None:
        reset(self.engine)
        self.era += 1
        self.printed.made, self.printed.era = self.now, self.era
        self.printed.used = self.printed.revoked = False


@pytest.mark.parametrize("name", STORE_URLS)
def test_the_life_of_codes_and_tokens(name: str, request: pytest.FixtureRequest) -> None:
    place: Callable[[pytest.FixtureRequest], str] = STORE_URLS[name]
    factory: Any = lambda: LifeOfCodesAndTokens(place(request))  # noqa: E731
    steps = settings(max_examples=60, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(factory, settings=steps)
