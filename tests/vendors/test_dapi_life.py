"""Dapi: any life of codes and tokens, step by step against a simple model."""

from dataclasses import dataclass
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule

from tests.asking import ask, bearer, content, fresh_engine, reset
from tests.buying import APP_SECRET, connect, exchange_fields

LIFE = 1800
ACCOUNTS = "POST /v2/data/accounts/get"
DELINK = "POST /v2/users/DelinkUser"
EXCHANGE = "POST /v2/auth/ExchangeToken"
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


@dataclass
class Token:
    """A token, with the secret that belongs to it."""

    token: str
    secret: str
    era: int
    dead: bool = False


class LifeOfCodesAndTokens(RuleBasedStateMachine):
    """Every answer is the model's, after any steps."""

    codes: Bundle[Code] = Bundle("codes")
    tokens: Bundle[Token] = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.engine = fresh_engine()
        self.era = 0  # counts the resets
        self.now = 0.0  # seconds that were waited for
        self.printed = Code(PRINTED, 0, 0)

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
            "INVALID_ACCESS_CODE": code.era != self.era,
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

    @rule(seconds=st.sampled_from([0.25, 1, 899.75, 900, 1799.75, 1800, 86_400]))
    def wait(self, seconds: float) -> None:
        self.engine.state.clock.advance(seconds=seconds)
        self.now += seconds

    @rule()
    def reset(self) -> None:
        reset(self.engine)
        self.era += 1
        self.printed.made, self.printed.era, self.printed.used = self.now, self.era, False


TestLifeOfCodesAndTokens = LifeOfCodesAndTokens.TestCase
TestLifeOfCodesAndTokens.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
