"""Datasentinel: the token in use, sent in a header of its own."""

import pytest

from mockserver.verification.answer_check import media_type
from mockserver.verification.check_client import CheckClient, accepted
from mockserver.verification.mock_control import MockControl
from mockserver.verification.statements import statement
from mockserver.verification.token_check import MALFORMED, Forgery, each_forgery

from .datasentinel import HEALTH, LIFE, PAGE, SCRIPTS, User, refusal


@pytest.fixture
def user(client: CheckClient) -> User:
    """A user whose login is that of the target."""
    return User(client)


# The token in use


@statement(tag="P", source=SCRIPTS)
def test_health(client: CheckClient) -> None:
    """GET /ds-api/ needs no authentication: 200, status OK and a message."""
    body = client.get(HEALTH, expect=200).json()
    assert body["status"] == "OK"
    assert isinstance(body["message"], str)


@statement(tag="P", source=f"{SCRIPTS}; what it answers is our choice (X)")
def test_roles(user: User) -> None:
    """GET /ds-api/roles with the token in the header user-token answers 200 and a list."""
    answer = user.roles({"user-token": user.some_token()})
    accepted(answer)
    assert media_type(answer) == "application/json"
    assert isinstance(answer.json(), list)


@statement(tag="P", source=SCRIPTS)
def test_roles_without_token(user: User) -> None:
    """Without a token the roles are a 401 with the one key error."""
    refusal(user.roles({}, expect=401))


@statement(tag="P", source=SCRIPTS)
@each_forgery
def test_roles_with_forged_token(user: User, forge: Forgery) -> None:
    """With a token of another signature, algorithm or none the roles are a 401."""
    refusal(user.roles({"user-token": forge(user.some_token())}, expect=401))


@statement(tag="P", source=SCRIPTS)
def test_roles_with_malformed_token(user: User) -> None:
    """With what is no token the roles are a 401."""
    refusal(user.roles({"user-token": MALFORMED}, expect=401))


@statement(tag="P", source=f"{SCRIPTS}; that it ends after 24 hours: {PAGE} (S)")
def test_roles_with_expired_token(user: User, clock: MockControl) -> None:
    """With a token that has expired the roles are a 401."""
    token = user.token()
    clock.advance(LIFE - 1)
    user.roles({"user-token": token}, expect=200)
    clock.advance(1)
    refusal(user.roles({"user-token": token}, expect=401))


@statement(tag="P", source=SCRIPTS)
@pytest.mark.parametrize("header", ["Authorization", "api-token"])
def test_token_in_other_header(user: User, header: str) -> None:
    """The token is sent neither as Authorization: Bearer nor as the agent's api-token: a 401."""
    prefix = "Bearer " if header == "Authorization" else ""
    refusal(user.roles({header: prefix + user.some_token()}, expect=401))
