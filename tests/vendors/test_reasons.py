"""Why a vendor refused: the journal tells what the vendor does not."""

from collections.abc import Callable

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import ask, basic, bearer, fresh_engine
from tests.vendor_tokens import (
    APP_SECRET,
    BUY,
    DSTOR_KEY,
    DSTOR_LOGIN,
    EXCHANGE,
    KITEGATEWAY_KEY,
    KITEGATEWAY_SECRET,
    Customer,
    connect,
    dapi_token,
    datasentinel_token,
    dstor_token,
    each_vendor,
    exchange_fields,
    kitegateway_token,
    use,
)

ANOTHER_KEY = "Signature of another key, or a changed token."
ANOTHER = "The token's signature is not valid."
LOGIN, ACCOUNTS = "Wrong email or password", "POST /v2/data/identity/get"
USER = "A valid user and password are required."
KITE = "Invalid api_key or Secret-Key."
PREFIX = "The token must begin with 'JWT ' once."
CONNECTION = "The connectionID is not that of the accessCode."
SECRET = "The userSecret is not valid."


def reason(engine: Engine) -> str | None:
    return engine.state.journal.all()[-1].reason


def key(engine: Engine, key: str) -> Response:
    return ask(engine, "GET /v1/dev/temp-token", {"api-key": key})


def login(engine: Engine, **changed: str) -> Response:
    return ask(engine, "POST /v1/dev/temp-token", json={**DSTOR_LOGIN, **changed})


def user(engine: Engine, headers: dict[str, str]) -> Response:
    return ask(engine, "POST /ds-api/user-token", headers)


def kite(engine: Engine, secret: dict[str, str], **changed: str) -> Response:
    return ask(engine, "POST /v1/auth/token", secret, json={**KITEGATEWAY_KEY, **changed})


def exchanged(engine: Engine, **changed: str) -> Response:
    return ask(engine, EXCHANGE, json={**exchange_fields(connect(engine)), **changed})


def customer(engine: Engine, **changed: str) -> Response:
    mine = Customer(engine)
    return ask(engine, ACCOUNTS, mine.headers, json={**mine.secrets, **changed})


REFUSED: list[tuple[Callable[[Engine], Response], str, str]] = [
    (lambda mock: key(mock, "x" * 64), "The api-key is not valid", "No account has this api-key."),
    (lambda mock: login(mock, email="a"), LOGIN, "No account has this email."),
    (lambda mock: login(mock, password="b"), LOGIN, "password is not this account's."),
    (lambda mock: use(mock, "dstor", datasentinel_token(mock)), ANOTHER, ANOTHER_KEY),
    (lambda mock: user(mock, {}), USER, "The header Authorization was not sent."),
    (lambda mock: user(mock, basic("a", "myPassword")), USER, "No account has this user."),
    (lambda mock: user(mock, basic("myUser", "b")), USER, "password is not this account's."),
    (lambda mock: use(mock, "datasentinel", dstor_token(mock)), ANOTHER, ANOTHER_KEY),
    (lambda mock: kite(mock, KITEGATEWAY_SECRET, api_key="a"), KITE,
     "No account has this api_key."),
    (lambda mock: kite(mock, {"Secret-Key": "a"}), KITE, "Secret-Key is not this account's."),
    (lambda mock: kite(mock, {}), KITE, "Secret-Key was not sent."),
    (lambda mock: use(mock, "kitegateway", kitegateway_token(mock).removeprefix("JWT ")), PREFIX,
     f"{PREFIX[:-1]}: no prefix."),
    (lambda mock: use(mock, "kitegateway", f"JWT {kitegateway_token(mock)}"), PREFIX,
     f"{PREFIX[:-1]}: prefix twice."),
    (lambda mock: use(mock, "kitegateway", f"JWT {dstor_token(mock)}"), ANOTHER, ANOTHER_KEY),
    (lambda mock: exchanged(mock, accessCode="a"), "The accessCode is not valid.",
     "No login has this accessCode."),
    (lambda mock: exchanged(mock, connectionID="a"), CONNECTION, CONNECTION),
    (lambda mock: exchanged(mock, appSecret="a"), "The appSecret is not valid.",
     "No account has this appSecret."),
    (lambda mock: customer(mock, userSecret="a"), SECRET, SECRET),
    (lambda mock: ask(mock, ACCOUNTS, bearer(dstor_token(mock)), json=APP_SECRET), ANOTHER,
     ANOTHER_KEY),
]  # fmt: skip


@pytest.mark.parametrize(("refused", "said", "why"), REFUSED)
def test_the_vendor_says_its_own_and_the_journal_says_why(
    engine: Engine, refused: Callable[[Engine], Response], said: str, why: str
) -> None:
    response = refused(engine)
    assert response.status in (401, 404)
    assert said in response.body.decode()
    assert said == why or why not in response.body.decode()
    assert reason(engine) == why
    assert key(engine, DSTOR_KEY["api-key"]).status == 200
    assert reason(engine) is None


def test_a_code_was_used_at_a_moment_or_expired_so_long_ago_or_was_revoked(engine: Engine) -> None:
    used, late, revoked = (connect(engine) for _ in range(3))
    engine.state.clock.advance(minutes=2)
    dapi_token(engine, used)
    engine.state.registry.revoke(engine.state.registry.all()[1].id)
    engine.state.clock.advance(minutes=28, seconds=12)
    for each, said, why in [
        (used, "was used already", "The accessCode was used at 2026-01-01T00:02:00Z."),
        (late, "older than 30 minutes", "The accessCode expired 12 s ago."),
        (revoked, "not valid", "The accessCode was revoked."),
    ]:
        response = ask(engine, EXCHANGE, json=exchange_fields(each))
        assert said in response.body.decode()
        assert reason(engine) == why


@each_vendor
def test_a_token_expired_so_long_ago_or_is_one_of_another_key(engine: Engine, vendor: str) -> None:
    token, other = BUY[vendor](engine), fresh_engine()
    assert use(other, vendor, token).status == 401
    assert reason(other) == ANOTHER_KEY
    expires = engine.state.registry.all()[0].expires
    if expires is not None:  # Dapi's are permanent
        engine.state.clock.freeze(expires + 12)
        assert use(engine, vendor, token).status == 401
        assert reason(engine) == "The token expired 12 s ago."
